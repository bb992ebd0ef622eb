"""Runs whole processes, one after the other, and tells their time and their peak memory."""

import contextlib
import ctypes
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
        cpu: processor seconds of the process and those that it started.
        megabytes: peak resident memory of its largest process.
    """

    seconds: float
    cpu: float
    megabytes: float


def run(command: Sequence[str], *, times: int = 1, env: dict[str, str] | None = None) -> Run:
    """Run a command some times; see `run_in_turn`."""
    return run_in_turn([command], times=times, env=env)[0]


def run_in_turn(
    commands: Sequence[Sequence[str]], *, times: int = 1, env: dict[str, str] | None = None
) -> list[Run]:
    """Run some commands one after the other, and that some times, so that a busy hour slows all of them down.

    Raises:
        SystemExit: one fails; its last lines of output tell why.
    """
    rounds = [[_once(command, env or {}) for command in commands] for _ in range(times)]
    return [
        Run(*(median(getattr(one, name) for one in runs) for name in Run.__slots__))
        for runs in zip(*rounds, strict=True)
    ]


def _once(command: Sequence[str], env: dict[str, str]) -> Run:
    adopts = _adopt_orphans()
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **env},
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {said.decode(errors='replace')[-2000:]}")
    usages = [usage]
    with contextlib.suppress(ChildProcessError):
        while adopts:
            usages.append(os.wait3(0)[2])
    return Run(
        seconds,
        sum(one.ru_utime + one.ru_stime for one in usages),
        max(one.ru_maxrss for one in usages) / (1024 if sys.platform != "darwin" else 2**20),
    )


def _adopt_orphans() -> bool:
    """Have what a command leaves behind become this process' own, where the system can: its time counts, too.

    Worker processes are children of a server that their command does not wait for.
    """
    if sys.platform != "linux":
        return False
    become_subreaper = 36  # PR_SET_CHILD_SUBREAPER, prctl(2)
    return ctypes.CDLL(None).prctl(become_subreaper, 1, 0, 0, 0) == 0


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
