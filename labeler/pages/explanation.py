"""The page that explains one report, marked up with displaCy."""

import html
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from spacy import displacy

from labeler.explanation.explain import Explanation
from labeler.explanation.marks import Block, Marked, pieces
from labeler.pages.render import VALUE_CLASSES, VALUE_SIGNS, render

# displaCy's own templates style every element inline, which the page's security policy forbids; the
# colour goes in as the name of a class.
_TEMPLATE = {
    "span": '<span class="token">{text}{span_slices}{span_starts}</span>',
    "slice": '<span class="slice {bg}"></span>',
    "start": '<span class="name {bg}">{label}{kb_link}</span>',
}
_STYLE = re.compile(r' style="[^"]*"')
# displaCy puts a blank behind every token without a mark; this says where, so that it can go.
_END = "\ue000"


def explanation_page(explanation: Explanation, key: str = "") -> str:
    """Render an explanation as one self-contained page.

    Args:
        explanation: the report with its reasons.
        key: the report's id, `""` for none.
    """
    numbers = {reason.mark: reason.number for reason in explanation.reasons}
    return render(
        "explanation.html",
        title=f"Report {key} explained" if key else "A report explained",
        key=key,
        blocks=[
            {"name": block.name, "markup": displacy_markup(block, numbers)}
            for block in explanation.blocks
        ],
        labels=explanation.labels,
        hidden=[reason for reason in explanation.reasons if reason.hidden],
    )


def displacy_markup(block: Block, numbers: Mapping[Marked, int]) -> Markup:
    """A block's text with its mentions and cues, by displaCy.

    A mention's tag has its number, and the cue that decided it has the same one; both lead to the
    reason below (`#mN`).

    Args:
        block: the text and its mentions.
        numbers: mention -> its number in the report.
    """
    parts = pieces(block.text, block.mentions)
    cues: dict[tuple[int, int], list[Marked]] = defaultdict(list)
    spans: list[dict[str, Any]] = []
    colors: dict[str, str] = {}
    ends: list[int] = []
    at = 0
    for part in parts:
        at += len(part.text)
        ends.append(at)
    starts = [0, *ends[:-1]]

    def add(start: int, end: int, label: str, color: str, tied: list[int]) -> None:
        colors[label] = color
        spans.append(
            {
                "start_token": starts.index(start),
                "end_token": ends.index(end) + 1,
                "label": label,
                "kb_id": ", ".join(map(str, tied)),
                "kb_url": f"#m{tied[0]}",
            }
        )

    for mark in block.mentions:
        label = f"{html.escape(mark.observation)} {VALUE_SIGNS[mark.value]}"
        add(mark.start, mark.end, label, VALUE_CLASSES[mark.value], [numbers[mark]])
        if mark.cue_start >= 0:
            cues[mark.cue_start, mark.cue_end].append(mark)
    for (start, end), marks in cues.items():
        add(start, end, "cue", "cuemark", [numbers[mark] for mark in marks])
    markup = displacy.render(
        {"tokens": [part.text + _END for part in parts], "spans": spans},
        style="span",
        manual=True,
        jupyter=False,
        options={"colors": colors, "template": _TEMPLATE},
    )
    markup = _STYLE.sub("", markup).replace(f"{_END} ", "").replace(_END, "")
    return Markup(markup)
