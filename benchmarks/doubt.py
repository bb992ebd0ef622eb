"""Fits and judges the weights of `doubt.yaml`: `python benchmarks/doubt.py ../shared`.

It reads reports whose right labels are known, in three ways in which labels come out wrong:

- with *weakened rules*, which forgot a third of their rarer phrases and some cues (`benchmarks/weakened.py`): text
  that the rules do not know;
- *damaged*: a quarter of the reports with lost punctuation or misread letters, and Spanish reports read by the
  English rules;
- *as they are*, with today's rules: few are wrong, and half of these are open to debate.

A logistic regression is fitted on the first two. A report is judged by weights that were fitted on the reports of
other sets, with other phrases forgotten. `--judge REPORTS GOLD` adds a set that is judged by the weights of
`doubt.yaml` alone.
"""

import argparse
import csv
import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args
from unittest import mock

import numpy as np
from accuracy import sets
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from weakened import weakened_labeler

from labeler import Labeler
from labeler.engine.doubt import REASONS, Doubter
from labeler.rules.schema import DoubtBackground

BACKGROUND = get_args(DoubtBackground)
SIGNS = (*REASONS, *BACKGROUND)
FIT_SEEDS, JUDGE_SEEDS, CHANCE, GRAMMAR = (1, 3, 5, 7), (2, 4, 6, 8), 0.2, 0.06
SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
FOLDS = 5

Report = str | dict[str, str]


class Case(NamedTuple):
    """A report and its right labels."""

    set: str
    id: str
    report: Report
    gold: dict[str, int | None]


class Judged(NamedTuple):
    """Labelled cases: signs in the order of `SIGNS`, counts as logarithms; is a label wrong; the doubt."""

    folds: np.ndarray
    signs: np.ndarray
    wrong: np.ndarray
    doubt: np.ndarray


def read(name: str, texts: Path, reference: Path) -> Iterator[Case]:
    """The cases of a set."""
    with open(reference, newline="", encoding="utf-8") as file:
        gold = {row.pop("uid"): row for row in csv.DictReader(file)}
    with open(texts, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values = gold.get(row["uid"])
            if values is None:
                continue
            report: Report = {part: row[part] for part in ("findings", "impression") if part in row}
            labels = {key: int(float(v)) if v.strip() else None for key, v in values.items()}
            yield Case(name, row["uid"], report or row["report"], labels)


def reference_cases(shared: Path) -> list[Case]:
    """The cases of all English sets, each report once."""
    out, seen = [], set()
    for title, texts, reference, policy, part in sets(shared):
        if policy != "findings+impression" or part or reference in seen:
            continue
        seen.add(reference)
        out += read(title, texts, reference)
    return out


def parts(report: Report) -> list[str]:
    """A report's texts."""
    return [report] if isinstance(report, str) else list(report.values())


def damaged(cases: list[Case]) -> Iterator[Case]:
    """A quarter of the cases, with lost punctuation or misread letters."""
    chance = random.Random(5)

    def misread(text: str) -> str:
        words = text.split(" ")
        for i, word in enumerate(words):
            if len(word) > 4 and chance.random() < 0.2:
                at = chance.randrange(1, len(word) - 1)
                words[i] = word[:at] + chance.choice("rnlc1") + word[at + 1 :]
        return " ".join(words)

    def unpunctuated(text: str) -> str:
        return re.sub(r"[.,;]\s", " ", text)

    for case in cases:
        if chance.random() < 0.25:
            change = chance.choice((misread, unpunctuated))
            if isinstance(case.report, str):
                yield case._replace(report=change(case.report))
            else:
                yield case._replace(report={k: change(v) for k, v in case.report.items()})


def judge(labeler: Labeler, cases: list[Case]) -> Judged:
    """Label cases."""
    reviewer = labeler.reviewer
    weigh = Doubter.weigh
    seen: list[Any] = []

    def noted(doubter: Doubter, counts: Any, background: Any) -> Any:
        return weigh(doubter, counts, background), {**counts, **background}

    with mock.patch.object(Doubter, "weigh", noted):
        for case in cases:
            given = case.report
            seen.append(reviewer.raw(given) if isinstance(given, str) else reviewer.split(given))
    wrong = []
    for case in cases:
        given = case.report
        made = labeler.label(given) if isinstance(given, str) else labeler.label_sections(given)
        wrong.append(any(case.gold[name] != value for name, value in made.labels.items()))
    return Judged(
        np.array([zlib.crc32(case.set.encode()) % FOLDS for case in cases]),
        np.array([[np.log2(1 + signs[sign]) for sign in SIGNS] for _, signs in seen]),
        np.array(wrong),
        np.array([found.doubt for found, _ in seen]),
    )


def joined(every: list[Judged]) -> Judged:
    """All of them as one."""
    return Judged(*map(np.concatenate, zip(*every, strict=True)))


def fit(known: Judged, used: np.ndarray) -> tuple[float, np.ndarray]:
    """Intercept and weights; a reason never speaks for right labels."""
    columns = list(range(len(SIGNS)))
    x, y = known.signs[used], known.wrong[used]
    while True:
        model = LogisticRegression(C=0.3, max_iter=2000).fit(x[:, columns], y)
        low = [
            column
            for column, weight in zip(columns, model.coef_[0], strict=True)
            if weight < 0 and column < len(REASONS)
        ]
        if not low:
            break
        columns = [column for column in columns if column not in low]
    weights = np.zeros(len(SIGNS))
    weights[columns] = model.coef_[0]
    return float(model.intercept_[0]), weights


def curve(title: str, wrong: np.ndarray, doubt: np.ndarray) -> None:
    """Print a line of the table."""
    order = np.argsort(-doubt, kind="stable")
    cells = [f"{roc_auc_score(wrong, doubt):.2f}"]
    for share in SHARES:
        caught = wrong[order[: round(share * len(order))]].sum() / wrong.sum()
        cells.append(f"{100 * caught:.0f}%")
    print(f"| {title} | {len(wrong)} | {wrong.sum()} | " + " | ".join(cells) + " |")


def main() -> None:
    """Print weights and tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path, help="folder of the reference data")
    parser.add_argument("--judge", nargs=2, action="append", default=[], type=Path)
    args = parser.parse_args()
    cases = reference_cases(args.shared)
    texts = [parts(case.report) for case in cases]
    labeler = Labeler()
    weak = {
        seed: judge(weakened_labeler(texts, seed, CHANCE, GRAMMAR), cases)
        for seed in (*FIT_SEEDS, *JUDGE_SEEDS)
    }
    spanish = args.shared / "spanish"
    broken = [*damaged(cases), *read("spanish", spanish / "reports.csv", spanish / "gold.csv")]
    hurt, plain = judge(labeler, broken), judge(labeler, cases)
    known = joined([*(weak[seed] for seed in FIT_SEEDS), hurt])
    intercept, weights = fit(known, np.ones(len(known.wrong), bool))
    print(f"intercept: {intercept:.2f}\nweights and background:")
    shares = known.signs.astype(bool).mean(axis=0)
    for sign, weight, share in zip(SIGNS, weights, shares, strict=True):
        print(f"  {sign}: {weight:.2f}  # in {100 * share:.1f}% of the reports")
    print("\n| | reports | wrong | area | " + " | ".join(f"{100 * s:.0f}%" for s in SHARES) + " |")
    print("|---|" + "---:|" * (3 + len(SHARES)))
    others = [fit(known, known.folds != fold) for fold in range(FOLDS)]
    judged = {
        "weakened rules": joined([weak[seed] for seed in JUDGE_SEEDS]),
        "damaged": hurt,
        "as they are": plain,
    }
    for title, found in judged.items():
        fits = [others[fold] for fold in found.folds]
        odds = [a + row @ w for (a, w), row in zip(fits, found.signs, strict=True)]
        curve(title, found.wrong, np.array(odds))
    for title, found in judged.items():
        curve(f"{title}, weights of doubt.yaml", found.wrong, found.doubt)
    for reports, gold in args.judge:
        found = judge(labeler, list(read("", reports, gold)))
        curve(f"{reports}, weights of doubt.yaml", found.wrong, found.doubt)


if __name__ == "__main__":
    main()
