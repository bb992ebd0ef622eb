"""The command line: one module a command, each a thin skin over the Python API."""

import atexit
import gc
import os
import sys
import traceback
from typing import Annotated

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
from labeler.version import __version__, is_compiled

app = typer.Typer(
    name="labeler",
    help="Observation labels from chest X-ray reports, by rules that can be read and changed.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"labeler {__version__}{' (compiled)' if is_compiled() else ''}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Observation labels from chest X-ray reports, by rules that can be read and changed."""


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

    # At its end the process looks for garbage several times among all that it holds, as long as a fifth of a start.
    atexit.register(gc.freeze)
    _open_closed_streams()
    tolerate_closed_pipe()
    try:
        app()
    except LabelerError as error:
        typer.echo(f"labeler: {error}", err=True)
        sys.exit(error.exit_code)
    except MemoryError:
        typer.echo(
            "labeler: the memory does not suffice: give less at a time, or fewer --workers",
            err=True,
        )
        sys.exit(1)
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


def _open_closed_streams() -> None:
    """Open what was closed before the start, so that no output file takes its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
