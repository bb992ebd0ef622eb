"""Side, place and severity against Open-i's MeSH codes, observation by observation.

    python -m benchmarks.attributes REPORTS.csv EVIDENCE.csv

REPORTS.csv has the columns `uid` and `MeSH`; EVIDENCE.csv is `labeler label --evidence` of it. Only
pairs of report and observation count that the codes give the attribute to and that the evidence
has as positive or uncertain.
"""

import csv
import sys
from collections import defaultdict

HEADS = {
    "Opacity": "Lung Opacity", "Airspace Disease": "Lung Opacity", "Infiltrate": "Lung Opacity",
    "Density": "Lung Opacity", "Pulmonary Atelectasis": "Atelectasis",
    "Pleural Effusion": "Pleural Effusion", "Pneumothorax": "Pneumothorax",
    "Nodule": "Lung Lesion", "Mass": "Lung Lesion", "Fractures, Bone": "Fracture",
    "Consolidation": "Consolidation", "Pneumonia": "Pneumonia", "Cardiomegaly": "Cardiomegaly",
    "Pulmonary Edema": "Edema",
}  # fmt: skip
CODES = {
    "side": {"left": {"left"}, "right": {"right"}, "bilateral": {"left", "right"}},
    "location": {
        "base": {"lower"}, "lower lobe": {"lower"}, "upper lobe": {"upper"}, "apex": {"upper"},
        "middle lobe": {"middle"}, "lingula": {"lingula"}, "hilum": {"hilar"},
        "retrocardiac": {"retrocardiac"},
    },
    "severity": {
        "mild": {"mild"}, "small": {"mild"}, "moderate": {"moderate"}, "severe": {"severe"},
        "large": {"severe"},
    },
}  # fmt: skip
VALUES = {
    "side": CODES["side"],
    "location": {
        "lower": {"lower"}, "upper": {"upper"}, "apical": {"upper"}, "middle": {"middle"},
        "lingula": {"lingula"}, "hilar": {"hilar"}, "perihilar": {"hilar"},
        "retrocardiac": {"retrocardiac"},
    },
    "severity": {
        "minimal": {"mild"}, "mild": {"mild"}, "moderate": {"moderate"}, "severe": {"severe"},
    },
}  # fmt: skip


def main(reports: str, evidence: str) -> None:
    """Print a row an attribute and observation."""
    coded: dict[str, dict[tuple[str, str], set[str]]] = {a: defaultdict(set) for a in CODES}
    with open(reports, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for code in (row["MeSH"] or "").split(";"):
                head, *rest = [part.strip() for part in code.split("/")]
                for attribute, known in CODES.items() if head in HEADS else ():
                    for word in known.keys() & set(rest):
                        coded[attribute][row["uid"], HEADS[head]] |= known[word]
    said: dict[str, dict[tuple[str, str], set[str]]] = {a: defaultdict(set) for a in CODES}
    with open(evidence, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for attribute, known in VALUES.items() if float(row["value"]) else ():
                cell = said[attribute][row["id"], row["observation"]]
                for word in known.keys() & set(row[attribute].split("|")):
                    cell |= known[word]
    print(f"{'':10}{'observation':20}{'pairs':>7}{'precision':>11}{'recall':>8}{'F1':>7}")
    for attribute, pairs in coded.items():
        tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for key, wanted in pairs.items():
            if key not in said[attribute]:
                continue
            got = said[attribute][key]
            figures = 1, len(wanted & got), len(got - wanted), len(wanted - got)
            for name in (key[1], "all"):
                tally[name] = [a + b for a, b in zip(tally[name], figures, strict=True)]
        for name, (count, hit, over, missed) in sorted(tally.items(), key=lambda t: -t[1][0]):
            p, r = hit / max(1, hit + over), hit / max(1, hit + missed)
            f1 = 2 * p * r / (p + r) if p + r else 0.0
            print(f"{attribute:10}{name:20}{count:>7}{p:>11.3f}{r:>8.3f}{f1:>7.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
