"""`python -m benchmarks startup|reports|scale|growth|peers|hostile|spark|soak|fuzz [--data DIR]`."""

import argparse
import math
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks import corpus
from benchmarks.measure import labeler, python, run, run_in_turn, table

FLOOR = """
import sys, numpy as np, pandas as pd
frame = pd.read_csv(sys.argv[1])
for i in range(14):
    frame[f"label {i}"] = np.nan
frame.to_csv(sys.argv[2], index=False)
"""


def made(data: Path, count: int) -> Path:
    """A generated corpus, made once."""
    path = data / f"{count}.csv"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        sentences = corpus.write_corpus(path, count)
        (data / f"{count}.txt").write_text(f"{sentences.drawn} {sentences.distinct}")
    return path


def drawn(data: Path, count: int) -> tuple[int, int]:
    """Sentences of a generated corpus, and distinct ones."""
    made(data, count)
    first, second = (data / f"{count}.txt").read_text().split()
    return int(first), int(second)


def startup(data: Path, times: int) -> None:
    ten = data / "ten.csv"
    ten.write_text("".join(made(data, 10).read_text()))
    command = labeler("label", ten, "--output", data / "ten_labels.csv")
    commands = {
        "python -c 'import spacy'": python("import spacy"),
        "labeler --help": labeler("--help"),
        "labeler label, 10 reports": command,
        "the same, rules not remembered": ["env", "LABELER_CACHE=off", *command],
    }
    # As installed packages, whose modules lie there compiled, wherever this runs.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(data / "pycache")}
    runs = run_in_turn(list(commands.values()), times=2 * times + 1, env=compiled)
    rows = [
        [name, one.seconds, one.cpu, one.cpu / runs[0].cpu, one.megabytes]
        for name, one in zip(commands, runs, strict=True)
    ]
    table("startup", ["command", "seconds", "cpu s", "cpu: times import spacy", "MB"], rows)


def reports(data: Path, times: int) -> None:
    source, count = corpus.openi_reports(), 0
    if not source.is_file():
        raise SystemExit(
            f"{source}: no such file; LABELER_SHARED names the folder above openi/, and docs/data.md "
            "says where the data comes from"
        )
    count = sum(1 for _ in __import__("csv").reader(source.open(encoding="utf-8"))) - 1
    rows = []
    for name, cache in (("remembering", "200000"), ("remembering nothing", "0")):
        one = run(
            labeler("label", source, "--output", data / "openi.csv", "--cache", cache), times=times
        )
        rows.append([name, count, one.seconds, count / one.seconds, one.megabytes])
    table(
        "reports: Open-i, cold process, one worker",
        ["sentences", "reports", "seconds", "reports/s", "MB"],
        rows,
    )


def scale(data: Path, times: int, count: int = corpus.MIMIC_CXR) -> None:
    source = made(data, count)
    total, distinct = drawn(data, count)
    small = drawn(data, count // 10)
    slope = math.log(distinct / small[1]) / math.log(total / small[0])
    print(
        f"{count:,} reports, {total:,} sentences, {distinct:,} distinct ({1 - distinct / total:.0%} "
        f"of the look-ups known); distinct grow as n^{slope:.2f}"
    )
    commands = {"floor: pandas reads and writes": python(FLOOR, source, data / "floor.csv")}
    for workers in ("1", "2"):
        commands[f"labeler, --workers {workers}"] = labeler(
            "label", source, "--output", data / "scale.csv", "--workers", workers
        )
    floor, alone, two = runs = run_in_turn(list(commands.values()), times=times)
    rows = [
        [name, one.seconds, one.cpu, count / one.seconds, one.cpu / floor.cpu, one.megabytes]
        for name, one in zip(commands, runs, strict=True)
    ]
    print(
        f"2 workers are {alone.seconds / two.seconds:.2f} times as fast as 1; by processor time, with two "
        f"cores of their own, at most {2 * alone.cpu / two.cpu:.2f} times"
    )
    table("scale", ["run", "seconds", "cpu s", "reports/s", "cpu: times the floor", "MB"], rows)


def growth(data: Path, times: int, largest: int = 1_000_000) -> None:
    rows = []
    for count in (10_000, 30_000, 100_000, 300_000, 1_000_000):
        if count <= max(largest, 10_000):
            source = made(data, count)
            one = run(labeler("label", source, "--output", data / "growth.csv"), times=1)
            rows.append([count, one.seconds, one.cpu, 1e6 * one.cpu / count, one.megabytes])
    table("growth", ["reports", "seconds", "cpu s", "cpu us a report", "MB"], rows)


def peers(data: Path, times: int) -> None:
    from benchmarks.plain import compare

    corpora: list[tuple[str, Path, int | None]] = []
    if corpus.openi_reports().is_file():
        corpora.append(("reports", corpus.openi_reports(), None))
    corpora.append(("scale", made(data, corpus.MIMIC_CXR), 1_500))
    # In a process of its own: the peak memory of a child starts at that of its parent.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        rows = [pool.submit(compare, *one).result() for one in corpora]
    table(
        "peers: the plain composition (blank, sentencizer, EntityRuler, negspacy), in process",
        ["corpus", "reports", "plain reports/s", "labeler reports/s", "ratio"],
        rows,
    )

    if corpus.openi_reports().is_file():
        from benchmarks.peers import compare as compare_peers

        table(
            "peers: the first 1,000 Open-i reports, processor time after loading",
            ["peer", "ms a report", "times the plain composition"],
            compare_peers(corpus.openi_reports(), 1_000, times),
        )


def hostile(data: Path, times: int) -> None:
    from benchmarks.hostile import measure

    table("hostile: inputs made to be slow", ["case", "words", "cpu s", "growth", ""], measure())


def spark(data: Path, times: int, count: int = 200_000) -> None:
    import pandas as pd

    folder = data / f"{count}_parts"
    if not folder.exists():
        folder.mkdir()
        frame = pd.read_csv(made(data, count))
        for i in range(8):  # a file with one group of rows would be one task
            part = frame.iloc[i * count // 8 : (i + 1) * count // 8]
            part.to_parquet(folder / f"part-{i}.parquet", index=False)
    rows = []
    for name, options in (
        ("labeler, 1 worker", []),
        ("labeler, 2 workers", ["--workers", "2"]),
        ("--engine spark, local[2]", ["--workers", "2", "--engine", "spark"]),
    ):
        output = data / ("spark_labels" + ".parquet" * ("spark" not in options))
        shutil.rmtree(output, ignore_errors=True)
        source = folder if "spark" in options else f"{folder}/*.parquet"
        one = run(labeler("label", source, "--output", output, *options), times=1)
        rows.append([name, one.seconds, one.cpu, count / one.seconds])
    ten = data / "ten.parquet"
    pd.read_csv(made(data, 10)).to_parquet(ten, index=False)
    output = data / "spark_ten"
    shutil.rmtree(output, ignore_errors=True)
    one = run(labeler("label", ten, "--output", output, "--workers", "2", "--engine", "spark"))
    rows.append(["--engine spark, 10 reports", one.seconds, one.cpu, 10 / one.seconds])
    table(f"spark: {count:,} reports", ["run", "seconds", "cpu s", "reports/s"], rows)


def soak(data: Path, times: int, count: int = 1_000_000) -> None:
    from benchmarks.soak import watch

    source = made(data, count)
    rows, ends = watch(
        labeler("label", source, "--output", data / "soak.csv"), count, data / "soak.csv"
    )
    table(f"soak: {count:,} reports, one worker", ["seconds", "MB"], rows)
    print(ends)


def fuzz(data: Path, times: int, count: int = 10_000) -> None:
    from benchmarks.fuzz import run as try_files

    with tempfile.TemporaryDirectory() as folder:
        tally = try_files(Path(folder), 0, count)
    table("fuzz: damaged files", ["read", "refused"], [[tally["read"], tally["refused"]]])


def main() -> None:
    known = {
        f.__name__: f for f in (startup, reports, scale, growth, peers, hostile, spark, soak, fuzz)
    }
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="+", choices=known)
    parser.add_argument(
        "--data", type=Path, default=Path(tempfile.gettempdir()) / "labeler-benchmarks"
    )
    parser.add_argument("--times", type=int, default=3, help="runs whose median is taken")
    parser.add_argument(
        "--count", type=int, help="reports, for scale, growth, spark, soak; files, for fuzz"
    )
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    for name in given.names:
        sized = name in ("scale", "growth", "spark", "soak", "fuzz") and given.count
        known[name](given.data, given.times, *([given.count] if sized else []))


if __name__ == "__main__":
    main()
