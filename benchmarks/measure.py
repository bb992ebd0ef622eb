"""Runs whole processes, one after the other, and tells their time and their peak memory."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Run:
    """Medians over repeated runs of a command.

    Attributes:
        seconds: from start to end of the process.
        cpu: processor seconds of the process and its children.
        megabytes: peak resident memory of its largest process.
    """

    seconds: float
    cpu: float
    megabytes: float


def run(command: Sequence[str], *, times: int = 1, env: dict[str, str] | None = None) -> Run:
    """Run a command some times.

    Raises:
        SystemExit: it fails; its last lines of output tell why.
    """
    runs = []
    for _ in range(times):
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
        )
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: {said.decode(errors='replace')[-2000:]}")
        runs.append(
            Run(
                time.perf_counter() - began,
                usage.ru_utime + usage.ru_stime,
                usage.ru_maxrss / (1024 if sys.platform != "darwin" else 2**20),
            )
        )
    return Run(*(median(getattr(one, name) for one in runs) for name in Run.__slots__))


def labeler(*arguments: str | Path) -> list[str]:
    """The command line of this Python's labeler."""
    return [sys.executable, "-m", "labeler", *map(str, arguments)]


def python(code: str, *arguments: str | Path) -> list[str]:
    """A command line of this Python."""
    return [sys.executable, "-c", code, *map(str, arguments)]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table as Markdown, so that it can go into the README as it is."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join(" --- " if i == 0 else " ---: " for i in range(len(head))) + "|")
    for row in rows:
        print("| " + " | ".join(map(_cell, row)) + " |")
    sys.stdout.flush()


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
