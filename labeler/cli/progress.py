"""The progress bar that commands with long work share."""

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labeler.corpus.label import Progress


@contextlib.contextmanager
def progress_bar() -> "Iterator[Progress | None]":
    """Show a bar on a terminal; in a pipe nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.fields[reports]:,} reports"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None, reports=0)
        yield lambda done, total, reports: bar.update(
            task, completed=done, total=total, reports=reports
        )
