"""What the layout step makes of a text: stretches of running text, and names with their values."""

from typing import NamedTuple

import regex

Span = tuple[int, int]
WORDY = regex.compile(r"[\p{L}\d]")
CLOSE = "\u2009"
"""Stands for a blank that parts words and no cells, however many follow each other."""
WIDE = rf"[^\S\n{CLOSE}]{{3,}}"
"""Blanks that may part the cells of a line, as a pattern; so may a tab."""


class Block(NamedTuple):
    """A stretch `text[start:end]` of running text, or of a name's value.

    `name_start`, `name_end` are the name's span, empty where there is none; `answer` what the value
    means if all of it is an answer, `""` if it is read as sentences; a value `also` given besides an
    answer asserts its name only where it names nothing itself; a `later` value does not.
    """

    start: int
    end: int
    name_start: int = 0
    name_end: int = 0
    answer: str = ""
    also: bool = False
    later: bool = False


def answered(value: Span, name: Span, means: str) -> Block:
    """A name with an answer."""
    return Block(value[0], value[1], name[0], name[1], means)


def worded(value: Span, name: Span, *, also: bool = False, later: bool = False) -> Block:
    """A name with a value that is read as sentences."""
    return Block(value[0], value[1], name[0], name[1], "", also, later)


def plain(words: str) -> str:
    """Words in small letters, blanks folded."""
    return " ".join(words.lower().split())


def trim(text: str, low: int, high: int) -> Span:
    """A span without blanks around it."""
    while low < high and text[low].isspace():
        low += 1
    while high > low and text[high - 1].isspace():
        high -= 1
    return low, high


def strip(text: str, low: int, high: int) -> Span:
    """A span without blanks and marks around it."""
    low, high = trim(text, low, high)
    while low < high and text[low] in ":;,.-–*•\"' \t\n":
        low += 1
    while high > low and text[high - 1] in ":;,.-–*\"' \t\n":
        high -= 1
    return low, high


def last_mark(text: str, start: int, end: int) -> str:
    """The last character of `text[start:end]` that is no blank, `""` where there is none."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return text[end - 1] if end > start else ""
