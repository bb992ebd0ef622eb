"""Sentences with their mentions marked, in the manner of EDS-NLP's tests.

    No <m obs='Pleural Effusion' value=0 cue='No'>effusion</m>.

`cue` may be left out, and is then not compared. What is not marked must not be found.
"""

import regex

from labeler import Labeler

_MARK = regex.compile(
    r"<m obs='(?P<obs>[^']+)' value=(?P<value>-?\d)(?: cue='(?P<cue>[^']*)')?>(?P<text>.*?)</m>",
    regex.DOTALL,
)
Marked = tuple[str, int, int, int, str | None]
"""Observation, value, start, end, cue."""


def read(annotated: str) -> tuple[str, list[Marked]]:
    """The plain text, and its marked mentions with offsets into it."""
    text, marked, at = "", [], 0
    for match in _MARK.finditer(annotated):
        text += annotated[at : match.start()]
        start = len(text)
        text += match["text"]
        marked.append((match["obs"], int(match["value"]), start, len(text), match["cue"]))
        at = match.end()
    text += annotated[at:]
    assert "<m" not in text, "a mark that cannot be read"
    return text, marked


def check(labeler: Labeler, annotated: str) -> None:
    """Assert that exactly the marked mentions are found, each with its value and its cue."""
    text, marked = read(annotated)
    found = [m for m in labeler.label(text).mentions if m.observation in labeler.observations]
    got = {(m.observation, m.value, m.start, m.end): m.cue for m in found}
    wanted = {key: cue for *key_list, cue in marked for key in [tuple(key_list)]}
    assert sorted(got) == sorted(wanted)
    for key, cue in wanted.items():
        if cue is not None:
            assert got[key] == cue, key
