"""How a labelled report shows in a notebook: its labels, and the sentences that they rest on."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

_WORDS = {1: ("positive", "#c5221f"), 0: ("negative", "#188038"), -1: ("uncertain", "#b06000")}
_ROW = "<tr><td>{name}</td><td style='color:{colour}'>{word}</td><td style='text-align:left'>"


def report_html(labels: Mapping[str, int | None], mentions: Iterable[Any]) -> str:
    """Return a table of the labels that are mentioned, as HTML with nothing from elsewhere.

    Args:
        labels: observation -> 1, 0, -1 or `None`.
        mentions: the report's `Mention`s; each sentence shows the mention bold and its cue underlined.
    """
    said: dict[str, list[Any]] = {}
    for mention in mentions:
        said.setdefault(mention.observation, []).append(mention)
    rows = []
    for name, value in labels.items():
        if value is None:
            continue
        word, colour = _WORDS[value]
        lines = "<br>".join(dict.fromkeys(map(_line, said.get(name, ()))))
        row = _ROW.format(name=escape(name), colour=colour, word=word)
        rows.append(f"{row}{lines}</td></tr>")
    silent = ", ".join(escape(name) for name, value in labels.items() if value is None)
    below = f"<caption style='caption-side:bottom'>not mentioned: {silent}</caption>"
    return f"<table>{below if silent else ''}{''.join(rows)}</table>"


def _line(mention: Any) -> str:
    """The sentence with its marks, the section and the rule."""
    marks = [(mention.start - mention.sentence_start, mention.text, "b")]
    if mention.cue_start >= 0:
        marks.append((mention.cue_start - mention.sentence_start, mention.cue, "u"))
    parts, done = [], 0
    for start, words, tag in sorted(marks):
        # a cue within the mention, or in the line's heading, is not marked
        if start < done or mention.sentence[start : start + len(words)] != words:
            continue
        parts += [escape(mention.sentence[done:start]), f"<{tag}>{escape(words)}</{tag}>"]
        done = start + len(words)
    parts.append(escape(mention.sentence[done:]))
    place = escape(f"{mention.section}, {mention.rule}")
    return f"<span title='{place}'>{''.join(parts)}</span>"
