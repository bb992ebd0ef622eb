"""`labeler encode`: labels ready for training."""

from pathlib import Path
from typing import Annotated

import typer

from labeler.cli.choices import EmptyCode, Uncertain


def encode(
    labels: Annotated[Path, typer.Argument(help="A label table.")],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="Table to write: .csv, .parquet, .jsonl or .xlsx."),
    ],
    uncertain: Annotated[
        Uncertain, typer.Option(help="What uncertain cells become; multiclass is 2.")
    ],
    empty: Annotated[
        EmptyCode,
        typer.Option(
            "--empty",
            "--blank",
            help="What empty cells become; auto: zeros for labels from reports (not mentioned), "
            "ignore for labels from images (not known).",
        ),
    ] = EmptyCode.auto,
    exceptions: Annotated[
        list[str] | None,
        typer.Option("--except", help="Another policy for one observation: NAME=POLICY."),
    ] = None,
    on: Annotated[str | None, typer.Option("--on", "--id", help="The id column.")] = None,
    no_finding: Annotated[
        bool, typer.Option("--no-finding/--drop-no-finding", help="Keep the No Finding column.")
    ] = True,
) -> None:
    """Prepare labels for training by the CheXpert paper's policies.

    `ones` and `zeros` take an uncertain cell for positive or negative, `multiclass` makes it a
    third class, `ignore` leaves it empty for the loss to skip. An empty cell (not mentioned)
    of labels from reports becomes 0, as in the paper; one of labels from images is not known, and stays
    empty. `--empty` says it. Labels are from reports where some are uncertain and some are not given.

    Examples:

        labeler encode labels.csv --uncertain ones --output train.csv

        labeler encode labels.csv --uncertain ones --except Consolidation=zeros -o train.parquet
    """
    from labeler.comparison.compare import meaning_of_empty
    from labeler.errors import InputError
    from labeler.tables.encode import encode as run
    from labeler.tables.files import check_place
    from labeler.tables.labels import read_label_table
    from labeler.writers.frame import check_name, write_frame

    check_place(output, inputs=[labels])
    check_name(output)
    table = read_label_table(labels, on=on)
    if empty == "auto":
        told = meaning_of_empty(table.values, "auto") == "not-mentioned"
        empty = EmptyCode.zeros if told else EmptyCode.ignore
    policies = {}
    for text in exceptions or []:
        name, equals, policy = text.partition("=")
        if not equals:
            raise InputError(f"--except: {text!r} must be NAME=POLICY, like Consolidation=zeros")
        policies[name.strip()] = policy.strip()
    result = run(
        table, uncertain=uncertain, empty=empty, exceptions=policies, no_finding=no_finding
    )
    write_frame(result.frame, output)
    typer.echo(
        f"{output}: {len(result.frame)} rows; {result.uncertain} uncertain cells: {uncertain}"
        + "".join(f", {name}: {policy}" for name, policy in policies.items())
        + f"; {result.empty} empty cells: {empty}; {result.ignored} cells left empty to be ignored",
        err=True,
    )
