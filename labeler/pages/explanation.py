"""The page that explains one report, marked up with displaCy."""

import html
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from spacy.displacy.render import SpanRenderer

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
# displaCy adds a blank after every token without a mark; this records where, so that it can be removed.
_END = "\ue000"
_CUE = "cue"


def explanation_page(explanation: Explanation, key: str = "") -> str:
    """Render an explanation as one self-contained page.

    Args:
        explanation: the report with its reasons.
        key: the report's id, `""` for none.
    """
    numbers = {reason.mark: reason.number for reason in explanation.reasons}
    colors = {_label(mark): VALUE_CLASSES[mark.value] for mark in numbers}
    renderer = SpanRenderer({"colors": {**colors, _CUE: "cuemark"}, "template": _TEMPLATE})
    return render(
        "explanation.html",
        title=f"Report {key} explained" if key else "A report explained",
        key=key,
        blocks=[
            {"name": block.name, "markup": displacy_markup(block, numbers, renderer)}
            for block in explanation.blocks
        ],
        labels=explanation.labels,
        hidden=[reason for reason in explanation.reasons if reason.hidden],
    )


def displacy_markup(block: Block, numbers: Mapping[Marked, int], renderer: SpanRenderer) -> Markup:
    """A block's text with its mentions and cues, by displaCy.

    A mention's tag has its number, and the cue that decided it has the same one; both lead to the
    reason below (`#mN`).

    Args:
        block: the text and its mentions.
        numbers: mention -> its number in the report.
        renderer: displaCy's, with a colour for the label of each mention.
    """
    parts = pieces(block.text, block.mentions)
    cues: dict[tuple[int, int], list[Marked]] = defaultdict(list)
    spans: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)

    def add(start: int, end: int, label: str, tied: list[int]) -> None:
        kb_id = ", ".join(map(str, tied))
        spans[start].append((end, {"label": label, "kb_id": kb_id, "kb_url": f"#m{tied[0]}"}))

    for mark in block.mentions:
        add(mark.start, mark.end, _label(mark), [numbers[mark]])
        if mark.cue_start >= 0:
            cues[mark.cue_start, mark.cue_end].append(mark)
    for (start, end), marks in cues.items():
        add(start, end, _CUE, [numbers[mark] for mark in marks])
    # displaCy asks every span about every token: it gets a stretch at a time, between the places
    # that no span crosses.
    markup: list[str] = []
    tokens: list[str] = []
    inside: list[tuple[int, int, dict[str, Any]]] = []
    ends: dict[int, int] = {}
    at = crossed = 0
    for part in parts:
        if at >= crossed:
            markup.append(_stretch(renderer, tokens, inside, ends))
            tokens, inside, ends = [], [], {}
        for end, span in spans.get(at, ()):
            inside.append((len(tokens), end, span))
            crossed = max(crossed, end)
        tokens.append(part.text + _END)
        at += len(part.text)
        ends[at] = len(tokens)
    markup.append(_stretch(renderer, tokens, inside, ends))
    return Markup(f'<div class="spans">{"".join(markup)}</div>')


def _label(mark: Marked) -> str:
    return f"{html.escape(mark.observation)} {VALUE_SIGNS[mark.value]}"


def _stretch(
    renderer: SpanRenderer,
    tokens: list[str],
    inside: list[tuple[int, int, dict[str, Any]]],
    ends: Mapping[int, int],
) -> str:
    """The markup of some tokens, without the element around it.

    Args:
        renderer: displaCy's.
        tokens: each with `_END`.
        inside: for each span its first token, the offset of its end, and what displaCy is to say of it.
        ends: offset -> the number of tokens before it.
    """
    if not tokens:
        return ""
    spans = [{"start_token": first, "end_token": ends[end], **span} for first, end, span in inside]
    markup = _STYLE.sub("", renderer.render_spans(tokens, spans, None))
    markup = markup.replace(f"{_END} ", "").replace(_END, "")
    return markup[markup.index(">") + 1 : markup.rindex("<")]
