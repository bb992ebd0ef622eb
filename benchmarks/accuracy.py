"""Every accuracy figure of docs/accuracy.md: label each set, compare with its reference, print Markdown.

    python benchmarks/accuracy.py ../shared > docs/accuracy-tables.md

The folder holds the reference data (`openi/`, `fictional/`); the project's own sets are in `tests/reports`.
Everything runs through the command line, as a user would.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1] / "tests" / "reports"
TASKS = ("mention", "positive", "negation", "uncertainty")


def sets(shared: Path) -> list[tuple[str, Path, Path, str, str]]:
    """(title, texts, reference, section policy, ids kept) of every set."""
    openi, fictional = shared / "openi", shared / "fictional"
    texts = openi / "gold_reports_text.csv"
    raw = fictional / "reports.csv"
    return [
        ("Open-i, whole report", texts, openi / "gold_report.csv", "findings+impression", ""),
        ("Open-i, even uids", texts, openi / "gold_report.csv", "findings+impression", "even"),
        ("Open-i, odd uids", texts, openi / "gold_report.csv", "findings+impression", "odd"),
        ("Open-i, findings", texts, openi / "gold_findings.csv", "findings", ""),
        ("Open-i, impression", texts, openi / "gold_impression.csv", "impression", ""),
        ("fictional, report", raw, fictional / "gold_report.csv", "findings+impression", ""),
        (
            "fictional, impression first",
            raw,
            fictional / "gold_impression_first.csv",
            "impression-first",
            "",
        ),
        (
            "Open-i, second reading",
            openi / "reports.csv",
            TESTS / "openi_second_gold.csv",
            "findings+impression",
            "",
        ),
        *(
            (f"own: {name}", TESTS / f"{name}.csv", TESTS / f"{name}_gold.csv", policy, "")
            for name, policy in [
                ("icu_ward", "findings+impression"),
                ("outpatient", "findings+impression"),
                ("many_hands", "findings+impression"),
                ("more_hands", "findings+impression"),
                ("other_hands", "findings+impression"),
                ("outpatient_later", "findings+impression"),
                ("far_hands", "findings+impression"),
                ("hedging_hands", "findings+impression"),
                ("day_by_day", "findings+impression"),
                ("ward_and_clinic", "findings+impression"),
                ("forms_and_letters", "findings+impression"),
                ("rare_findings", "findings+impression"),
                ("ten_styles", "findings+impression"),
                ("mixed_sources", "findings+impression"),
            ]
        ),
    ]


def compare(
    texts: Path, reference: Path, policy: str, kept: str, folder: Path, draws: int
) -> dict[str, Any]:
    """The comparison of a set as `labeler compare --json` gives it."""
    labels, figures = folder / "labels.csv", folder / "figures.json"
    if kept:
        lines = reference.read_text(encoding="utf-8").splitlines()
        wanted = [line for line in lines[1:] if int(line.split(",")[0]) % 2 == (kept == "odd")]
        reference = folder / "reference.csv"
        reference.write_text("\n".join([lines[0], *wanted]) + "\n", encoding="utf-8")
    run("label", texts, "--output", labels, "--sections", policy, "--id", "uid")
    run("compare", labels, reference, "--on", "uid", "--json", figures, "--bootstrap", draws)
    found: dict[str, Any] = json.loads(figures.read_text(encoding="utf-8"))
    return found


def run(*words: object) -> None:
    """Run a `labeler` command, its own output aside."""
    command = [sys.executable, "-m", "labeler", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)


def cell(measure: dict[str, Any], *, interval: bool) -> str:
    """An F1 as text, with its bootstrap interval where asked."""
    f1 = measure["f1"]
    if f1["value"] is None:
        return "-"
    text = f"{f1['value']:.3f}"
    if interval and f1["low"] is not None:
        text += f" ({f1['low']:.3f}-{f1['high']:.3f})"
    return text


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path, help="folder of the reference data")
    parser.add_argument("--bootstrap", type=int, default=1000, help="draws of the intervals")
    args = parser.parse_args()
    for _, texts, reference, _, _ in sets(args.shared):
        for file in (texts, reference):
            if not file.is_file():
                sys.exit(f"{file}: no such file; docs/data.md says where the data comes from")
    rows, details = [], []
    with tempfile.TemporaryDirectory() as folder:
        for title, texts, reference, policy, kept in sets(args.shared):
            found = compare(texts, reference, policy, kept, Path(folder), args.bootstrap)
            micro, macro = found["averages"]["micro"], found["averages"]["macro"]
            cells = [cell(micro[task], interval=True) for task in TASKS]
            cells += [cell(macro[task], interval=False) for task in ("positive", "uncertainty")]
            rows.append(f"| {title} | {found['reports']} | " + " | ".join(cells) + " |")
            if title in ("Open-i, whole report", "fictional, report", "Open-i, second reading"):
                details.append((title, found["observations"]))
    head = ("reports", "n", *TASKS, "macro positive", "macro uncertainty")
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    print("\n".join(rows))
    for title, observations in details:
        print(f"\n**{title}**, F1 (95% interval), support in brackets\n")
        print("| observation | " + " | ".join(TASKS) + " |\n" + "|---" * 5 + "|")
        for name, row in observations.items():
            cells = [
                f"{cell(row['measures'][task], interval=True)} [{row['support'][task]}]"
                if task in row["measures"]
                else ""
                for task in TASKS
            ]
            print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
