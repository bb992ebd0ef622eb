"""`labeler rules`: check, read and try the rules."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")

_CHECK = """
**Examples**

`labeler rules check`

`labeler rules check my-rules/`
"""


@app.command(epilog=_CHECK)
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            help="Rule folder. [default: the one of the package]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Load every rule file of a folder and run its examples; exit status 1 where one fails."""
    from labeler.rules.check import check_rules

    outcome = check_rules(folder)
    for failure in outcome.failures:
        typer.echo(str(failure))
    for file in outcome.skipped:
        typer.echo(f"{file}: examples not run: no label set here has their observations", err=True)
    held = len(outcome.examples) - len(outcome.failures)
    typer.echo(
        f"{', '.join(outcome.label_sets)}: {held} of {len(outcome.examples)} examples hold",
        err=True,
    )
    if outcome.failures:
        raise typer.Exit(1)
