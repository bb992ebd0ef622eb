"""Scores findings and label sets on reports of our own that a reader labelled by finding.

    python benchmarks/findings_by_readers.py tests/reports/uncommon_findings

reads `..._by_finding_gold.csv` (uid, finding, value) and `..._vindr_gold.csv`, `..._chestxdet10_gold.csv` (a column
a label) beside the reports. A finding that stands beside a kind of itself is left out on both sides ("fracture"
beside "rib_fracture"), so that only what is named is counted; a finding that the reader's file never has (the rules
got it later) counts as what it is a kind of. Positives alone are scored; `--errors` lists the
reports and findings that differ.
"""

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

from labeler import Labeler
from labeler.mentions.matcher import lineage
from labeler.rules.load import load_rules

Said = dict[str, set[str]]
LABEL_SETS = ("vindr", "chestxdet10")
REST = ("Other lesion", "Other diseases", "Other disease")
"""What a set calls all that it has no name for; not scored."""


def rows(path: str) -> list[dict[str, str]]:
    """The rows of a table."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def finest(findings: set[str], parents: dict[str, tuple[str, ...]]) -> set[str]:
    """The findings without those that another of them is a kind of."""
    return findings - {above for one in findings for above in lineage(one, parents)[1:]}


def as_listed(
    findings: set[str], listed: set[str], parents: dict[str, tuple[str, ...]]
) -> set[str]:
    """The findings, for one that the reader never names that which it is a kind of."""
    out: set[str] = set()
    for one in findings:
        kinds = parents[one] if one not in listed else ()
        out |= as_listed({*kinds}, listed, parents) if kinds else {one}
    return out


def by_finding(stem: str) -> tuple[Said, Said]:
    """What the reader and the labeler call positive in each report, as findings."""
    parents = load_rules("findings").parents()
    labeler = Labeler("findings")
    gold: Said = defaultdict(set)
    listed = set()
    for row in rows(f"{stem}_by_finding_gold.csv"):
        listed.add(row["finding"])
        if row["value"] == "1":
            gold[row["uid"]].add(row["finding"])
    made: Said = {}
    for row in rows(f"{stem}.csv"):
        report = labeler.label(row["report"])
        found = {name for m in report.mentions if m.value == 1 for name in m.finding.split("|")}
        said = {f for f in found if report.labels[f] == 1}
        made[row["uid"]] = finest(as_listed(said, listed, parents), parents)
    return {uid: finest(gold[uid], parents) for uid in made}, made


def by_label(stem: str, name: str) -> tuple[Said, Said]:
    """The same, as the labels of a set."""
    labeler = Labeler(name)
    text = {row["uid"]: row["report"] for row in rows(f"{stem}.csv")}
    gold: Said = {}
    made: Said = {}
    for row in rows(f"{stem}_{name}_gold.csv"):
        uid = row.pop("uid")
        scored = {label for label in row if label not in REST}
        gold[uid] = {label for label in scored if row[label] == "1"}
        labels = labeler.label(text[uid]).labels
        made[uid] = {label for label, value in labels.items() if value == 1 and label in scored}
    return gold, made


def counts(gold: Said, made: Said) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Both, the labeler alone, the reader alone: how often for each name."""
    both, extra, missed = Counter[str](), Counter[str](), Counter[str]()
    for uid, names in made.items():
        both.update(gold[uid] & names)
        extra.update(names - gold[uid])
        missed.update(gold[uid] - names)
    return both, extra, missed


def f1(both: int, extra: int, missed: int) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    precision = both / (both + extra) if both + extra else 0.0
    recall = both / (both + missed) if both + missed else 0.0
    return precision, recall, 2 * both / (2 * both + extra + missed) if both else 0.0


def micro(gold: Said, made: Said) -> tuple[float, float, float]:
    """Micro precision, recall and F1 over all names."""
    both, extra, missed = (sum(counter.values()) for counter in counts(gold, made))
    return f1(both, extra, missed)


def main(stem: str, errors: bool) -> None:
    """Print the figures of a set."""
    scored = {"findings": by_finding(stem)}
    scored |= {n: by_label(stem, n) for n in LABEL_SETS if Path(f"{stem}_{n}_gold.csv").exists()}
    print("| label set | precision | recall | micro F1 |\n|---|--:|--:|--:|")
    for name, (gold, made) in scored.items():
        print(f"| {name} |", " | ".join(f"{x:.3f}" for x in micro(gold, made)), "|")
    for name, (gold, made) in scored.items():
        both, extra, missed = counts(gold, made)
        print(f"\n| {name} | both | labeler alone | reader alone | F1 |\n|---|--:|--:|--:|--:|")
        for one in sorted(both | extra | missed):
            n = both[one], extra[one], missed[one]
            print(f"| {one} | {n[0]} | {n[1]} | {n[2]} | {f1(*n)[2]:.3f} |")
        if errors:
            for uid in made:
                for sign, names in (("+", made[uid] - gold[uid]), ("-", gold[uid] - made[uid])):
                    for one in sorted(names):
                        print(uid, sign, one)


if __name__ == "__main__":
    main(sys.argv[1].removesuffix(".csv"), "--errors" in sys.argv)
