"""`labeler reference`: a published label set as a 14-column table."""

from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.choices import Absent, By, Consensus, Kind, UnknownNames


def reference(
    kind: Annotated[
        Kind,
        typer.Argument(metavar="KIND", help=f"What the files are: {', '.join(Kind)}."),
    ],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="The set's files, as published.")
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="Table to write: .csv, .parquet, .jsonl or .xlsx."),
    ],
    consensus: Annotated[
        Consensus,
        typer.Option(help="How several readers of an image agree; none keeps a row a reader."),
    ] = Consensus.majority,
    absent: Annotated[
        Absent | None,
        typer.Option(help="What a name means that is not listed."),
    ] = None,
    by: Annotated[
        By,
        typer.Option(
            help="What a row is; study is for chexpert, chexpert-plus, brax, mimic-lt, padchest."
        ),
    ] = By.image,
    unknown_names: Annotated[
        UnknownNames, typer.Option(help="What to do about names that the crosswalk lacks.")
    ] = UnknownNames.error,
    native: Annotated[
        bool,
        typer.Option(
            "--native",
            help="Keep the set's own names (vindr, nih, chestxdet10, padchest), as --label-set has them.",
        ),
    ] = False,
    rules: Annotated[
        Path | None, typer.Option(help="Rule folder with your own crosswalks/.")
    ] = None,
) -> None:
    """Turn a published label set into a table of the 14 observations.

    The crosswalks in `rules/crosswalks/` say which of the set's names means what, and why. A cell
    stays empty where the set cannot say: NIH's files never say "negative", so that a name that is
    not listed is 0 only with `--absent negative`.

    Examples:

        labeler reference vindr image_labels_train.csv --consensus majority --output vindr.csv

        labeler reference nih Data_Entry_2017_v2020.csv --absent negative --output nih.csv

        labeler reference vindr image_labels_train.csv --native --output vindr28.csv

        labeler reference openi reports.csv --output mesh.csv

        labeler reference readings labels-A.csv labels-B.csv --output gold.csv
    """
    from labeler.references import read_reference
    from labeler.tables.files import check_place
    from labeler.tables.names import BLANK
    from labeler.writers.frame import check_name, write_frame

    check_place(output, inputs=files)
    check_name(output)
    result = read_reference(
        kind,
        files,
        consensus_rule=consensus,
        absent=absent,
        by=by,
        unknown_names=unknown_names,
        native=native,
        rules=rules,
    )
    write_frame(result.frame, output)
    typer.echo(f"{output}: {len(result.frame)} rows", err=True)
    for note in result.notes:
        typer.echo(note, err=True)
    codes = result.frame[list(result.labels)].astype("Int16").fillna(BLANK)
    for name in result.labels:
        counts = codes[name].value_counts()
        positive, negative, uncertain = (int(counts.get(value, 0)) for value in (1, 0, -1))
        typer.echo(
            f"  {name:27} {positive:7} positive {negative:7} negative {uncertain:7} uncertain",
            err=True,
        )
