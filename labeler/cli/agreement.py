"""`labeler agreement`: readers of the same images against each other."""

from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.choices import EmptyReference


def agreement(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="One table with several rows an image, or one table a reader."
        ),
    ],
    on: Annotated[str | None, typer.Option("--on", "--id", help="The id column.")] = None,
    reader: Annotated[
        str | None, typer.Option(help="The column that names the reader (reader, rad_id).")
    ] = None,
    empty: Annotated[
        EmptyReference,
        typer.Option(
            help="An empty cell is a gap (unknown), a rating of its own (not-mentioned), or auto: "
            "the latter if any cell is uncertain."
        ),
    ] = EmptyReference.auto,
    observations: Annotated[
        str | None, typer.Option(help="Label columns, joined by commas, if others than usual.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Column (a patient, a study) whose images are alike: the intervals draw these.",
        ),
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page.")] = None,
) -> None:
    """Measure how far readers of the same images agree.

    Per observation: prevalence, percent agreement, Cohen's kappa (mean over pairs of readers),
    Fleiss' kappa, and Krippendorff's alpha, which takes any number of readers and gaps.

    Examples:

        labeler reference vindr image_labels_train.csv --consensus none --output readings.csv

        labeler agreement readings.csv --html agreement.html

        labeler agreement reader1.csv reader2.csv
    """
    import json

    import pandas as pd

    from labeler.comparison.agreement import agreement as run
    from labeler.comparison.agreement import readings
    from labeler.comparison.compare import meaning_of_empty
    from labeler.comparison.results import agreement_dict
    from labeler.comparison.terminal import agreement_table, print_table
    from labeler.tables.files import check_place, write_text
    from labeler.tables.labels import read_clusters, read_readings

    check_place(json_file, html, inputs=files)
    wanted = [name.strip() for name in observations.split(",")] if observations else None
    table, names = read_readings(files, on=on, reader=reader, observations=wanted)
    meaning = meaning_of_empty(table.values, empty)
    given = readings(table.ids, names, table.values, table.observations)
    groups = None
    if cluster is not None:
        rows = pd.Series([name for file in files for name in read_clusters(file, cluster)])
        first = pd.Series(table.ids).drop_duplicates().index
        groups = pd.factorize(rows.iloc[first])[0]
    found = run(given, empty=meaning, clusters=groups)
    result = agreement_dict(found, images=len(given.images), readers=given.readers, empty=meaning)
    print_table(agreement_table(result))
    if json_file is not None:
        write_text(json_file, json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    if html is not None:
        from labeler.pages import agreement_page

        write_text(html, agreement_page(result))
