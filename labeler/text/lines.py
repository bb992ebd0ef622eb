"""Which line breaks of a text were meant, and which a word wrap made.

A wrap breaks a line only where the next word has no room. One break that leaves more room than that shows
a paragraph of short lines; a text without any is running text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from labeler.text.forms import FormWords

NARROW = 30
"""No report is wrapped at fewer characters; a break that leaves more room than that was meant."""
LONG_LINE = 300
"""Characters; what a longer line holds is not remembered."""
_WIDE = 60
"""Longer lines are those of running text."""
_ITEM = regex.compile(
    r"[^\S\n]*(?:[-*•·–+>▪◦■●]|\(?\d{1,2}[.)]|\([a-z]\))(?=[\s\p{L}*])[^\S\n]*[-*•]?[^\S\n]*"
)
_ENDED = (".", "!", "?", ";")
_PAIR_MARKS = regex.compile(r"(?:[\s.;,|/\"'>#•*?]|[-–+](?=\s))+|\(?\d{1,2}[.)]\s*")
_PROSE, _BARE, _PARTED = range(3)
_WORD = regex.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line `text[start:end]` without blanks around it, and how it stands."""

    start: int
    end: int
    indent: int
    width: int
    after_blank: bool
    item: bool
    hanging: bool
    """Does it stand below an item of a list, further to the right?"""


class LineReader:
    """Joins wrapped lines.

    Args:
        words: the words of forms.
    """

    def __init__(self, words: FormWords) -> None:
        self._words = words
        self._pairs = lru_cache(maxsize=20_000)(self._pairs_of)

    def __call__(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Stretches of `text[start:end]` that each were one line as it was meant, in order.

        A stretch begins with the line break before it.
        """
        if text.find("\n", start, end) < 0:
            yield start, end
            return
        lines = list(self._physical(text, start, end))
        at = start
        for i in self._breaks(text, lines):
            # the break belongs to the line that it begins
            cut = lines[i - 1].end
            yield at, cut
            at = cut
        yield at, end

    def is_filled(self, text: str, start: int, end: int) -> bool:
        """Is `text[start:end]` sure to be one line, where nothing but its breaks may make more of it than prose?

        So it is where a word wrap filled all lines, none begins with a mark, and none ends in an answer. It is
        told without a look at each word, for most reports are such paragraphs.
        """
        lines = text[start:end].rstrip().split("\n")
        header = start - text.rfind("\n", 0, start) - 1  # takes room in the first line
        widths = [len(line.rstrip()) for line in lines]
        widths[0] += header
        room = max(widths)
        if room < _WIDE:
            return False
        before = -1
        for i, line in enumerate(lines):
            line = line.strip()
            words = line.split()
            if not words:
                if before >= 0:
                    return False
                continue
            if "\t" in line or "   " in line:
                return False  # cells
            if before >= 0:
                first = words[0]
                if widths[before] + 1 + len(first) <= room or not first[0].isalnum():
                    return False
                if first[0].isdigit() and first[-1] in ".)":
                    return False  # the number of a list's item
            if i < len(lines) - 1 and self._may_answer(words):
                return False
            before = i
        return True

    def _may_answer(self, words: list[str]) -> bool:
        """May a line of these words end in an answer or a mark that it would not end in amid the words behind it?"""
        last = words[-1].rstrip(".,;")
        if "," in last or ";" in last or last.endswith("+"):
            return True
        # "No" may also begin a sentence: what it would answer has no full stop
        begins = len(words) > 1 and words[-2].endswith(".")
        return not begins and words[-1].lower() in self._words.alone

    def _breaks(self, text: str, lines: list[_Line]) -> Iterator[int]:
        """Indices of the lines before which a break was meant."""
        room = max([NARROW, *[line.width for line in lines]])
        upper = any(text[line.start].isupper() for line in lines)
        plain = room < _WIDE
        fits = [
            plain or i == 0 or self._fits(text, lines[i - 1], line, room)
            for i, line in enumerate(lines)
        ]
        short = plain and any(
            self._fits(text, lines[i - 1], lines[i], room) and self._open(text, lines, i, upper)
            for i in range(1, len(lines))
        )
        form = self._form_breaks(text, lines, room)
        for i in range(1, len(lines)):
            line, before = lines[i], lines[i - 1]
            if i in form or line.item or "|" in text[line.start : line.end]:
                yield i
            elif self._heads(text, line):
                if not self._goes_on(text, before, line):
                    yield i
            elif line.after_blank:
                if not self._words.unfinished.search(text, before.start, before.end):
                    yield i
            elif fits[i] and self._open(text, lines, i, upper):
                wide = self._fits(text, before, line, room)
                if wide or (plain and (short or self._opens(text, line))):
                    yield i

    def _form_breaks(self, text: str, lines: list[_Line], room: int) -> set[int]:
        """Indices of the lines that follow a form's line, whatever word that ends in.

        "Effusion no" above "Edema yes" is a form; "effusion but no" above "edema" is not, nor is
        "Heart: no" where the next word had no room.
        """
        out: set[int] = set()
        pairs = []
        for line in lines:
            # lines repeat as sentences do, but for long ones
            pairs_of = self._pairs if line.end - line.start <= LONG_LINE else self._pairs_of
            pairs.append(pairs_of(text[line.start : line.end]))
        for i in range(1, len(lines)):
            asked = text[lines[i - 1].end - 1] == "?"
            if asked and self._words.whole_answer.match(text, lines[i].start, lines[i].end):
                pairs[i] = _PARTED  # below its question
        for i in range(1, len(lines)):
            if not pairs[i - 1]:
                continue
            sure = pairs[i - 1] == _PARTED or i - 1 in out
            if (pairs[i] and text[lines[i - 1].end - 1] != "?") or (
                sure and self._fits(text, lines[i - 1], lines[i], room)
            ):
                out.add(i)
        return out

    def _pairs_of(self, line: str) -> int:
        """Is a line nothing but names with answers, and has each a mark between the two?"""
        words = self._words
        if not words.sign.search(line):
            return _PROSE
        at, kind, end = 0, _PARTED, len(line)
        while at < end:
            mark = _PAIR_MARKS.match(line, at)
            at = mark.end() if mark else at
            asks = words.asks.match(line, at)
            at = asks.end() if asks else at
            match = words.pair(line, at, end) if at < end else None
            if match is None:
                return kind if at >= end else _PROSE
            if not line[match.end("name") : match.start("value")].strip():
                kind = _BARE
            at = match.end()
        return kind

    def _open(self, text: str, lines: list[_Line], i: int, upper: bool) -> bool:
        """May a statement end with the line before, and a new one begin here?"""
        before, line = lines[i - 1], lines[i]
        if text[before.end - 1] in _ENDED or text[before.end - 1] == ":":
            return False  # a full stop ends the sentence by itself
        if self._goes_on(text, before, line):
            return False
        if line.hanging:
            return False
        return not (upper and text[line.start].islower())

    def _goes_on(self, text: str, before: _Line, line: _Line) -> bool:
        return bool(
            self._words.unfinished.search(text, max(before.start, before.end - 30), before.end)
            or self._words.continuing.match(text, line.start, line.end)
        )

    def _heads(self, text: str, line: _Line) -> bool:
        """Does a line begin with a name and its value?"""
        words = self._words
        if not words.sign.search(text, line.start, line.end):
            return False
        return bool(
            words.asks.match(text, line.start, line.end)
            or words.colon.match(text, line.start, line.end)
            or words.parted_name.match(text, line.start, line.end)
            or words.pair(text, line.start, line.end)
            or words.box.match(text, line.start, line.end)
            or words.front.match(text, line.start, line.end)
        )

    def _opens(self, text: str, line: _Line) -> bool:
        """Does a line begin as statements do, and not with the end of the one before: "small left", "effusion."?"""
        opener = self._words.opener.match(text, line.start, line.end)
        behind = text[opener.end() : line.end].lstrip() if opener is not None else ""
        return bool(behind) and behind[0] not in ".;,"

    @staticmethod
    def _fits(text: str, before: _Line, line: _Line, room: int) -> bool:
        """Would the first word of a line have had room in the line before?"""
        word = _WORD.match(text, line.start, line.end)
        return before.width + 1 + (len(word.group()) if word else 0) <= room

    def _physical(self, text: str, start: int, end: int) -> Iterator[_Line]:
        """The lines that are not blank."""
        blank = False
        above = -1  # indent of the item that a line may belong to
        at = start
        header = start - text.rfind("\n", 0, start) - 1  # takes room in the first line
        while at < end:
            stop = text.find("\n", at, end)
            stop = end if stop < 0 else stop
            line = text[at:stop]
            bare = line.strip()
            if bare:
                indent = len(line) - len(line.lstrip())
                mark = _ITEM.match(text, at, stop)
                # "up to\n2. 5 cm" is no list
                item = bool(mark) and not self._words.decimals.match(text, at + line.find(".") + 1)
                hanging = 0 <= above < indent and not (item or blank)
                above = indent if item else above if hanging else -1
                begin, end_of_line = at + indent, at + indent + len(bare)
                width = header + end_of_line - at
                yield _Line(begin, end_of_line, indent, width, blank, item, hanging)
            header = 0
            blank = not bare
            at = stop + 1
