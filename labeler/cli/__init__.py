"""The command line: one module a command, each a thin skin over the Python API."""

import sys

import typer

from labeler.cli import agreement, compare, encode, reference
from labeler.errors import LabelerError

app = typer.Typer(
    name="labeler",
    help="Observation labels from chest X-ray reports, by rules that can be read and changed.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

app.command()(reference.reference)
app.command()(agreement.agreement)
app.command()(compare.compare)
app.command()(encode.encode)


def main() -> None:
    """Run the command line; a user's mistake ends in one line on standard error, not a traceback."""
    try:
        app()
    except LabelerError as error:
        typer.echo(f"labeler: {error}", err=True)
        sys.exit(error.exit_code)
