"""The page of a labelled corpus."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from labeler.explanation.corpus_view import CorpusView, ShownReport
from labeler.explanation.marks import pieces
from labeler.pages.render import VALUE_CLASSES, render

_TOP = 25


def corpus_page(view: CorpusView, title: str) -> str:
    """Render a labelled corpus as one self-contained page.

    Args:
        view: the figures and the reports to show.
        title: what the page is about, the input's name.
    """
    return render(
        "corpus.html",
        title=title,
        view=view,
        labelled=view.reports - view.without_text,
        prevalence=[_prevalence(name, of, view.reports) for name, of in view.counts.items()],
        sections=_ranked(view.sections),
        mentions=_ranked(view.mentions)[:_TOP],
        cues=_ranked(view.cues)[:_TOP],
        rows=[_row(report) for report in view.shown],
        reasons=sorted({reason for report in view.shown for reason in report.doubt.reasons}),
        section_names=sorted({b.name for r in view.shown for b in r.blocks if b.name}),
    )


def _ranked(counter: Counter[Any]) -> list[tuple[Any, int]]:
    """Most frequent first; equal counts in the order of their names."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))


def _prevalence(name: str, counts: Sequence[int], total: int) -> dict[str, Any]:
    positive, negative, uncertain = counts
    bars, at = [], 0.0
    silent = total - positive - negative - uncertain
    for code, count in ((1, positive), (-1, uncertain), (0, negative), (None, silent)):
        share = count / total if total else 0.0
        bars.append({"code": code, "count": count, "share": share, "start": at})
        at += share
    return {"name": name, "bars": bars}


def _row(report: ShownReport) -> dict[str, Any]:
    """A report with what it can be filtered by: `observation/value/section` of each mention."""
    says = {
        f"{mark.observation}/{VALUE_CLASSES[mark.value]}/{block.name}"
        for block in report.blocks
        for mark in block.mentions
    }
    # No Finding is made by the silence of all sections together.
    said = {one.split("/")[0] for one in says}
    says |= {
        f"{name}/{VALUE_CLASSES[value]}/"
        for name, value in report.labels.items()
        if value is not None and name not in said
    }
    return {
        "id": report.id,
        "says": sorted(says),
        "doubt": report.doubt.doubt,
        "reasons": report.doubt.reasons,
        "positive": [name for name, value in report.labels.items() if value == 1],
        "uncertain": [name for name, value in report.labels.items() if value == -1],
        "blocks": [
            {
                "name": block.name or "not labelled",
                "pieces": pieces(block.text, block.mentions),
                "mentions": block.mentions,
            }
            for block in report.blocks
        ],
    }
