"""Watches the memory of a long run."""

import csv
import subprocess
import time
from pathlib import Path


def watch(
    command: list[str], count: int, output: Path, every: float = 1.0
) -> tuple[list[list[object]], str]:
    """Run a command and look at its memory (Linux: /proc) until it ends.

    Returns:
        Rows of (seconds since the start, MB), some twenty of them, and what the output holds.
    """
    seen: list[list[object]] = []
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        for line in status.read_text().splitlines():
            if line.startswith("VmRSS"):
                seen.append([time.perf_counter() - began, int(line.split()[1]) / 1024])
        time.sleep(every)
    if process.returncode:
        raise SystemExit(f"the run failed with status {process.returncode}")
    with open(output, newline="", encoding="utf-8") as handle:
        rows = sum(1 for _ in csv.reader(handle)) - 1
    quarter = len(seen) // 4
    early = max(row[1] for row in seen[quarter : 2 * quarter] or seen)
    late = max(row[1] for row in seen[3 * quarter :])
    step = max(1, len(seen) // 20)
    return seen[::step], (
        f"\nrows in {count:,}, rows out {rows:,}; peak memory of the last quarter of the run is "
        f"{late / early:.2f} times that of the second"
    )
