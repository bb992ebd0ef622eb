"""Headers are looked for near colons and on short lines only: nothing is missed by that."""

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.text.headers import HeaderFinder

# The definition, tried at each letter: a header behind a line's start, a sentence's end or two
# blanks; or one of the names that are headers wherever a blank stands before them.
NAMED = regex.compile(
    r"(?:(?:^|\n)[^\S\n]*[*#]*|(?<=[.;:?!)]\s|\s\s))"
    r"(?P<name>\p{L}[\p{L}\d \t/,()&'.\-]{1,60}?)[*]*[^\S\n]*:(?!\d\d)[\-*]*"
)
ANYWHERE = (
    "findings", "finding", "findings and impression", "impression", "impressions", "conclusion", "indication",
    "comparison", "technique", "recommendations",
)  # fmt: skip
ALWAYS = regex.compile(
    rf"(?<=[\s.;,!?)]|^)(?P<name>{'|'.join(sorted(ANYWHERE, key=len, reverse=True)).replace(' ', chr(92) + 's+')})"
    r"[^\S\n]*:-?",
    regex.IGNORECASE,
)
PARTS = (
    "FINDINGS", "findings", "Impression", "AND", "/", "&", ":", ":", ": ", " ", "  ", "\n", "\n\n", "*",
    "**", "#", ":--", ". ", ";", "the heart is", "Lungs", "PA AND LATERAL", "Technique", "12:30", "x",
    "\t", "\xa0", "\r\n", "(", ")", " " * 70, "a " * 40, "*" * 70, "INDICATION",
)  # fmt: skip


def name_of(header: str) -> str | None:
    """Every header opens a section of its own, but for the short ones."""
    return header if len(header) > 1 else None


def by_definition(text: str) -> list[tuple[int, int, str]]:
    found = [
        (match.start("name"), match.end(), match["name"])
        for match in (*NAMED.finditer(text, overlapped=True), *ALWAYS.finditer(text))
        if name_of(match["name"]) is not None
    ]
    clear: list[tuple[int, int, str]] = []
    for header in sorted(found, key=lambda h: (h[0], -h[1])):
        if not clear or header[0] >= clear[-1][1]:
            clear.append(header)
    return clear


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
def test_headers_with_a_colon_are_those_of_the_definition(text: str) -> None:
    assert HeaderFinder(name_of, lambda _: None, anywhere=ANYWHERE)(text) == by_definition(text)
