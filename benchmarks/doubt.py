"""Fits and judges the weights of `doubt.yaml`: `python benchmarks/doubt.py LABELLED.jsonl`.

Each line of the file is `[set, id, report, wrong]`: the report is a text, or its texts by section; `wrong` lists the
labels that some version of the labeler got wrong by the reference. The weights are fitted by a logistic regression on
half of the reports (by a digest of set and id) and judged on the other half.
"""

import json
import sys
import zlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from labeler import Labeler
from labeler.engine.doubt import REASONS


def main(path: str) -> None:
    labeler = Labeler()  # its reviewer does not keep it alive
    reviewer = labeler.reviewer
    rows, wrong, halves, shipped = [], [], [], []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, key, report, labels = json.loads(line)
            found = reviewer.raw(report) if isinstance(report, str) else reviewer.split(report)
            rows.append([float(reason in found.reasons) for reason in REASONS])
            wrong.append(bool(labels))
            shipped.append(found.doubt)
            halves.append(zlib.crc32(f"{name}/{key}".encode()) % 2)
    x, y, half = np.array(rows), np.array(wrong), np.array(halves)
    fit, rest = half == 0, half == 1
    model = LogisticRegression(C=1.0).fit(x[fit], y[fit])
    print(f"reports {len(y)}, wrong {y.sum()}; fitted on {fit.sum()}, judged on {rest.sum()}")
    print(f"intercept: {model.intercept_[0]:.2f}")
    for reason, weight, share in zip(REASONS, model.coef_[0], x.mean(axis=0), strict=True):
        print(f"  {reason}: {weight:.2f}  # {100 * share:.1f}% of the reports")
    doubt = model.predict_proba(x[rest])[:, 1]
    truth = y[rest]
    shipped = np.array(shipped)[rest]
    print(f"area under the ROC curve, weights of doubt.yaml: {roc_auc_score(truth, shipped):.3f}")
    print(f"area under the ROC curve {roc_auc_score(truth, doubt):.3f}")
    order = np.argsort(-shipped, kind="stable")
    for share in (0.05, 0.1, 0.2, 0.3, 0.5):
        caught = truth[order[: round(share * len(order))]].sum() / truth.sum()
        print(
            f"among the {100 * share:.0f}% most doubtful: {100 * caught:.0f}% of the wrong reports"
        )


if __name__ == "__main__":
    main(sys.argv[1])
