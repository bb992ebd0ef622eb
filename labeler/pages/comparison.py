"""The page of a comparison."""

from collections import Counter
from typing import Any

from labeler.comparison.compare import Comparison
from labeler.comparison.disagreements import KINDS, Disagreement, disagreements
from labeler.comparison.metrics import AVERAGES, METRICS, POLICIES
from labeler.comparison.results import headline, tasks_of
from labeler.explanation.evidence import Texts
from labeler.explanation.marks import Block, pieces
from labeler.pages.render import render

_MEASURES = {
    "mention": "Mention: the observation is spoken of at all",
    "positive": "Positive: stated present",
    "negation": "Negation: stated absent",
    "uncertainty": "Uncertainty: hedged",
    "ones": "Positive, uncertain counted as positive (U-Ones)",
    "zeros": "Positive, uncertain counted as negative (U-Zeros)",
    "ignore": "Positive, uncertain left out (U-Ignore)",
}
_CODES: tuple[int | None, ...] = (1, 0, -1, None)


def comparison_page(
    comparison: Comparison, result: dict[str, Any], texts: Texts, *, limit: int = 5000
) -> str:
    """Render a comparison as one self-contained page.

    Args:
        comparison: the figures.
        result: the same as `results.comparison_dict` gives it.
        texts: what to show of the reports; empty to leave them out.
        limit: how many disagreements to list; the page says how many it leaves out.
    """
    found = list(disagreements(comparison))
    listed = found[:limit]
    shown = dict.fromkeys(one.id for one in listed)
    tasks = tasks_of(result)
    return render(
        "comparison.html",
        title=f"{result['predicted']} compared with {result['reference']}",
        result=result,
        headline=headline(result),
        views=[_view(result, measure) for measure in (*tasks, *POLICIES)],
        policies=POLICIES,
        averages=AVERAGES,
        metrics=METRICS,
        heat=[
            _heat(name, part, unknown=comparison.empty == "unknown")
            for name, part in result["observations"].items()
        ],
        prevalence=[_prevalence(name, part) for name, part in result["observations"].items()],
        disagreements=listed,
        left_out=len(found) - len(listed),
        kinds=KINDS,
        kind_counts=Counter(one.kind for one in found),
        filters=_filters(listed),
        reports={name: _report(texts.blocks[name]) for name in shown if name in texts.blocks},
        texts=texts,
        codes=_CODES,
    )


def _view(result: dict[str, Any], measure: str) -> dict[str, Any]:
    """Return one measure's rows: observations, then averages."""
    rows = []
    difference = result.get("difference")
    for name, part in result["observations"].items():
        if measure in part["measures"]:
            rows.append(
                {
                    "name": name,
                    "support": part["support"][measure],
                    "metrics": part["measures"][measure],
                    "difference": difference["observations"][name]["measures"][measure]["f1"]
                    if difference
                    else None,
                    "average": False,
                }
            )
    for name in AVERAGES:
        rows.append(
            {
                "name": name,
                "support": None,
                "metrics": result["averages"][name][measure],
                "difference": difference["averages"][name][measure]["f1"] if difference else None,
                "average": True,
            }
        )
    return {"measure": measure, "title": _MEASURES[measure], "rows": rows}


def _heat(name: str, part: dict[str, Any], *, unknown: bool) -> dict[str, Any]:
    """Return a confusion's cells, each with its shade: its share of the reference's class, 0 to 9.

    A cell is `same`, `differ`, or `open` where nothing can differ: the reference does not know, or
    it is negative and the prediction has no mention.
    """
    confusion = part["confusion"]
    totals = [sum(row[column] for row in confusion) for column in range(4)]
    rows = []
    for row, counts in enumerate(confusion):
        cells = []
        for column, count in enumerate(counts):
            nothing = unknown and (column == 3 or (row == 3 and column == 1))
            kind = "open" if nothing else "same" if row == column else "differ"
            shade = max(1, round(9 * count / totals[column])) if count and kind != "open" else 0
            cells.append({"count": count, "kind": kind, "shade": shade, "code": _CODES[column]})
        rows.append({"code": _CODES[row], "cells": cells})
    return {"name": name, "rows": rows}


def _prevalence(name: str, part: dict[str, Any]) -> dict[str, Any]:
    """Return the shares of the four classes on both sides."""
    sides = []
    for side in ("reference", "predicted"):
        counts = list(part["counts"][side].values())
        total = sum(counts)
        at, bars = 0.0, []
        for code in (1, -1, 0, None):
            count = counts[_CODES.index(code)]
            share = count / total
            bars.append({"code": code, "count": count, "share": share, "start": at})
            at += share
        sides.append({"side": side, "bars": bars})
    return {"name": name, "sides": sides}


def _filters(listed: list[Disagreement]) -> dict[str, Any]:
    return {
        "observations": Counter(one.observation for one in listed),
        "kinds": Counter(one.kind for one in listed),
    }


def _report(blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    return [
        {
            "name": block.name,
            "pieces": pieces(block.text, block.mentions),
            "mentions": block.mentions,
        }
        for block in blocks
    ]
