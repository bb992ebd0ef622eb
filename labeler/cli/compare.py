"""`labeler compare`: two label tables, finding by finding."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.choices import EmptyReference


def compare(
    predicted: Annotated[Path, typer.Argument(help="Labels to judge, a label table.")],
    reference: Annotated[Path, typer.Argument(help="Labels to judge by, a label table.")],
    on: Annotated[
        str | None,
        typer.Option("--on", help="The id column; PREDICTED=REFERENCE where the names differ."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="A second prediction: gives paired differences.")
    ] = None,
    empty: Annotated[
        EmptyReference,
        typer.Option(
            help="An empty reference cell means not-mentioned (labels from reports), unknown "
            "(labels from images), or auto: the former if any cell is uncertain."
        ),
    ] = EmptyReference.auto,
    bootstrap: Annotated[
        int, typer.Option(help="Resamples for the 95% intervals; 0 for none.")
    ] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Column of REFERENCE (a patient, a study) whose rows are alike: the bootstrap draws "
            "these, not rows.",
        ),
    ] = None,
    id_pattern: Annotated[
        str | None,
        typer.Option(help=r"Regular expression for the part of the ids to compare, like '(\d+)'."),
    ] = None,
    observations: Annotated[
        str | None, typer.Option(help="Label columns, joined by commas, if others than usual.")
    ] = None,
    count_silent: Annotated[
        bool,
        typer.Option(
            "--count-silent", help="Also count observations that the reference never has."
        ),
    ] = False,
    label_set: Annotated[
        str | None,
        typer.Option(
            help="Compare the labels of this label set (vindr, chestxdet10, padchest, ...); by "
            "default the set that most columns of both files are of."
        ),
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="Rule folder of the label sets.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures.")] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write a row an observation and measure.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write one self-contained page.")
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="Evidence file of `labeler label`, for the page.")
    ] = None,
    reports: Annotated[
        Path | None, typer.Option(help="The reports' file, for their text in the page.")
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(help="Text column(s) of --reports, joined by commas, if not obvious."),
    ] = None,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Keep the reports' text out of the page.")
    ] = False,
    limit: Annotated[
        int,
        typer.Option(help="Disagreements to list in the page at most; it says how many are left."),
    ] = 5000,
    by_side: Annotated[
        bool,
        typer.Option(
            "--by-side",
            help="PREDICTED is an evidence file, REFERENCE a file of boxes (NIH, ChestX-Det10, "
            "VinDr-CXR): does the report's side meet the box's?",
        ),
    ] = False,
    image_width: Annotated[
        float | None,
        typer.Option(metavar="PIXELS", help="With --by-side: the images' width, if not known."),
    ] = None,
) -> None:
    """Compare labels with reference labels, finding by finding.

    Precision, recall, F1, specificity, kappa and Matthews correlation of mention, negation,
    uncertainty and positive, and with uncertain cells as ones, zeros or ignored; 95% bootstrap
    intervals.
    Ids on one side only are counted and listed.

    Examples:

        labeler compare labels.csv radiologist.csv --on study_id

        labeler compare labels.csv mesh.csv --html page.html --evidence ev.csv --reports corpus.csv

        labeler compare vindr.csv vindr28.csv

        labeler compare new.csv gold.csv --against old.csv --json figures.json

        labeler compare evidence.csv BBox_List_2017.csv --by-side --id-pattern '(\\d+_\\d+)'
    """
    if by_side:
        _compare_sides(predicted, reference, on, id_pattern, image_width, json_file)
        return
    import json

    from labeler.comparison.compare import compare as run
    from labeler.comparison.label_sets import label_set_of
    from labeler.comparison.results import comparison_dict, comparison_rows
    from labeler.comparison.terminal import comparison_notes, comparison_tables, print_table
    from labeler.errors import InputError
    from labeler.rules.load import load_rules
    from labeler.tables.files import check_place, read_frame, write_text
    from labeler.tables.labels import read_clusters, read_label_table
    from labeler.tables.names import fold_name
    from labeler.writers.frame import check_name, write_frame

    check_place(
        json_file, csv_file, html, inputs=[predicted, reference, against, evidence, reports]
    )
    check_name(csv_file)
    if html is None and (evidence is not None or reports is not None):
        raise InputError("--evidence and --reports are for the page: add --html FILE")
    wanted = [name.strip() for name in observations.split(",")] if observations else None
    among: Sequence[str] | None = load_rules(label_set, rules).columns if label_set else None
    if among is None and wanted is None:
        # the columns tell: those of a data set's own names are compared as such
        theirs_too = {fold_name(name) for name in read_frame(reference).columns}
        both = [c for c in read_frame(predicted).columns if fold_name(c) in theirs_too]
        if (found := label_set_of(both, rules)) is not None:
            name, among = found
            typer.echo(f"comparing the labels of {name}", err=True)
    ours, equals, theirs = (on or "").partition("=")
    ids = (ours or None, (theirs if equals else ours) or None)

    def read(path: Path, id_name: str | None):  # type: ignore[no-untyped-def]
        return read_label_table(
            path, on=id_name, observations=wanted, among=among, id_pattern=id_pattern
        )

    comparison = run(
        read(predicted, ids[0]),
        read(reference, ids[1]),
        other=read(against, ids[0]) if against else None,
        empty=empty,
        draws=bootstrap,
        seed=seed,
        count_silent=count_silent,
        clusters=read_clusters(reference, cluster) if cluster is not None else None,
    )
    result = comparison_dict(comparison)
    for table in comparison_tables(result):
        print_table(table)
    for note in comparison_notes(result):
        typer.echo(note, err=True)
    if json_file is not None:
        write_text(json_file, json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    if csv_file is not None:
        import pandas as pd

        write_frame(pd.DataFrame(comparison_rows(result)), csv_file)
    if html is not None:
        from labeler.explanation.evidence import read_texts
        from labeler.pages import comparison_page

        texts = read_texts(
            comparison,
            None if no_text else evidence,
            None if no_text else reports,
            on=ids[0],
            columns=text,
            id_pattern=id_pattern,
        )
        write_text(html, comparison_page(comparison, result, texts, limit=limit), private=True)


def _compare_sides(
    evidence: Path,
    boxes: Path,
    on: str | None,
    id_pattern: str | None,
    width: float | None,
    json_file: Path | None,
) -> None:
    """Print by label how often the side of a report meets that of the boxes."""
    import json

    from labeler.comparison.sides import compare_sides, read_report_sides
    from labeler.references.box_sides import read_box_sides
    from labeler.tables.files import check_place, write_text

    check_place(json_file, inputs=[evidence, boxes])
    figures = compare_sides(
        read_report_sides(evidence, on, id_pattern), read_box_sides(boxes, width), id_pattern
    )
    columns = ("boxes", "stated", "sided", "meet", "same")
    typer.echo(f"{'':28}" + "".join(f"{name:>9}" for name in columns))
    for row in figures:
        typer.echo(f"{row['label']:28}" + "".join(f"{row[name]:>9,}" for name in columns))
    if json_file is not None:
        write_text(json_file, json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
