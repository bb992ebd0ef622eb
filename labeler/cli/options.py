"""Options that several commands share, each said once."""

from pathlib import Path
from typing import Annotated

import typer

TextColumn = Annotated[
    str | None, typer.Option(metavar="COL", help="Column with the raw report text.")
]
Findings = Annotated[
    str | None, typer.Option(metavar="COL", help="Column with the findings, already split.")
]
Impression = Annotated[
    str | None, typer.Option(metavar="COL", help="Column with the impression, already split.")
]
IdColumns = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="COL", help="Id column; may be given twice. [default: found]"),
]
Keep = Annotated[
    str | None,
    typer.Option(
        metavar="all|COL,...", help="Columns of the input to carry along, joined by commas."
    ),
]
NoHeader = Annotated[
    bool, typer.Option("--no-header", help="A single column of reports, without its name.")
]
Encoding = Annotated[str, typer.Option(help="Encoding of the text files.")]
Policy = Annotated[
    str, typer.Option(help="findings+impression, impression-first, impression, findings or whole.")
]
LabelSet = Annotated[
    str,
    typer.Option(
        help="chexpert, chestxray14, vindr, chestxdet10, padchest, findings, or one of your own; "
        "several joined by commas."
    ),
]
Rules = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of rule files of your own.")
]

Language = Annotated[
    str,
    typer.Option(
        metavar="en|es|...",
        help="The language of the reports: a folder of rules, or auto (not for rules and spark).",
    ),
]


def keep_columns(keep: str | None) -> tuple[str, ...]:
    """The columns that `--keep` names."""
    return tuple(name.strip() for name in keep.split(",")) if keep else ()
