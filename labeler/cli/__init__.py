"""The command line: one module a command, each a thin skin over the Python API."""

import os
import sys
import traceback

import typer

from labeler.cli import (
    agreement,
    annotate,
    compare,
    encode,
    explain,
    label,
    reference,
    rules,
    sections,
)
from labeler.cli.command import Command
from labeler.errors import LabelerError

app = typer.Typer(
    name="labeler",
    help="Observation labels from chest X-ray reports, by rules that can be read and changed.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

app.command(cls=Command, epilog=label.EPILOG)(label.label)
app.command(cls=Command, epilog=sections.EPILOG)(sections.sections)
app.command(cls=Command)(reference.reference)
app.command(cls=Command)(agreement.agreement)
app.command(cls=Command, epilog=annotate.EPILOG)(annotate.annotate)
app.command(cls=Command)(compare.compare)
app.command(cls=Command)(encode.encode)
app.command(cls=Command, epilog=explain.EPILOG)(explain.explain)
app.add_typer(rules.app, name="rules", help="Check, read and try the rules.")


def main() -> None:
    """Run the command line; a user's mistake ends in one line on standard error, no traceback."""
    from labeler.writers.stdout import tolerate_closed_pipe

    tolerate_closed_pipe()
    try:
        app()
    except LabelerError as error:
        typer.echo(f"labeler: {error}", err=True)
        sys.exit(error.exit_code)
    except Exception as error:
        # A bug. Its message may quote a report, so that only its place is printed.
        if os.environ.get("LABELER_DEBUG"):
            raise
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {frame.name}, {frame.filename}:{frame.lineno}"
        typer.echo(
            f"labeler: internal error, {place}: please report it; with LABELER_DEBUG=1 set, the "
            "whole traceback is shown, which may quote reports",
            err=True,
        )
        sys.exit(1)
