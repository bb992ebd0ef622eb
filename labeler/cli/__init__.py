"""The command line: one module a command, each a thin skin over the Python API."""

import sys

import typer

from labeler.cli import agreement, compare, encode, explain, label, reference, rules, sections
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
app.command(epilog=explain.EPILOG)(explain.explain)
app.add_typer(rules.app, name="rules", help="Check, read and try the rules.")


@app.callback()
def _commands() -> None:
    # Without a callback typer would make a lone command the program itself.
    pass


def main() -> None:
    """Run the command line; a user's mistake ends in one line on standard error, no traceback."""
    try:
        app()
    except LabelerError as error:
        typer.echo(f"labeler: {error}", err=True)
        sys.exit(error.exit_code)


# Each module registers its command on `app`.
from labeler.cli import label as _label  # noqa: E402, F401
from labeler.cli import sections as _sections  # noqa: E402, F401
