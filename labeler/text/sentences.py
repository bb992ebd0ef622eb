"""A section's text -> sentence spans, offsets kept.

Capitals decide nothing (whole reports are in capitals, others in none), and a line break inside a
paragraph is a blank: what ends a sentence is a full stop, a blank line, the next item of a list or
the next template heading ("Lungs:").
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import regex

from labeler.rules.phrases import expand
from labeler.rules.schema import SectionsFile

_BREAK = regex.compile(
    r"(?P<blank>\n[^\S\n]*\n\s*)"
    r"|(?P<item>(?:^|\n)[^\S\n]*(?:[-*•·–+>]|\(?\d{1,2}[.)]|\([a-z]\))(?=[\s\p{L}*])(?!\s*\d+\s*[cm]m\b)[^\S\n]*[-*•]?)"
    r"|(?P<stop>(?:[.!]+|(?<=[\p{L}\d)])\?)(?=[\s)\]\"'”’]|$)[)\]\"'”’]*)"
    r"|(?P<glued>(?:(?<=\p{L}{2})|(?<=\s))\.(?=\p{L}{3}|\p{L}{1,2}\s))"
    r"|(?P<number>(?<=\s)\(?\d{1,2}[.)](?=\s+\p{L}))"
    r"|(?P<rule>[_=*\-]{6,})"
)
# Nothing but words and numbers, in which no reading of `_BREAK` can begin.
_WORDS = (
    r"[A-Za-z][A-Za-z,;/'()%& ]*"
    r"(?:(?:-(?=[A-Za-z])|\d+(?:\.\d+)?(?![\d.)]))[A-Za-z,;/'()%& ]*)*"
)
_LAST_LETTERS = r"(?<=[A-Za-z]{4})|(?<= [A-Za-z]{2})|(?<= [A-Za-z]{3})"
_EASY = re.compile(rf"\s*({_WORDS}(?:{_LAST_LETTERS})\.)(?= |\Z)")
# What stands between two full stops with a blank behind, or is a text's end without one. A number
# ends a sentence if neither a number nor a unit follows, so a sentence must not begin with these.
_PIECE = re.compile(
    rf"(?![cm]ms?\b){_WORDS}(?:(?:{_LAST_LETTERS}|(?<=[ )])|(?<=[A-Za-z]/)\d+|(?<=\d/)\d+"
    r"|(?<=[A-Za-z] )\d+)\.+)?"
)
_GAP = regex.compile(r"(?<=\S)\s+(?=\S)")
_CANDIDATE = re.compile(
    r"(?P<plain>(?<=[A-Za-z]{4})\.(?=[ \n]))"
    r"|[\n.!?]|\A|(?<=\s)\(?\d{1,2}[.)]|[_=*\-]{6}"
)
_PLAIN_STOP = re.compile(r"(?<=[A-Za-z]{4})\.(?= )")
# Lines that may be more than the wrapped lines of a paragraph: blank ones, items of a list.
_STRUCTURE = re.compile(r"\n[^\S\n]*(?:\n|[-*•·–+>(\d_=])")
_LINE = regex.compile(r"\n[^\S\n]*(?=\S)")
# A line that ends so goes on in the next one: what begins there is no heading of a template line.
_UNFINISHED = regex.compile(
    r"(?:[,/&]|\b(?:the|a|an|and|or|of|in|at|with|to|for|from|by|on|both|this|these|is|are))[^\S\n]*$",
    regex.IGNORECASE,
)
_LONGEST = 1_500
"""Characters; a longer stretch without a full stop is no sentence, and is cut at its next blank."""
_OVERLONG = regex.compile(rf"[\s\S]{{{_LONGEST}}}(?:\S{{0,99}}\s)?")
_DECIMALS = regex.compile(r"\s+\d+\s*[cm]m\b", regex.IGNORECASE)
_UNIT = regex.compile(r"\s+[cm]ms?\b", regex.IGNORECASE)
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]+\Z|\d+\Z")


class Sentence(NamedTuple):
    """A sentence `text[start:end]`, and the template heading that it stands under.

    `heading` is the span of the organ that heads the line ("Heart" in `Heart: Normal size.`), empty
    where there is none; `first` tells the sentence right behind the heading from the later ones.
    """

    start: int
    end: int
    heading_start: int = 0
    heading_end: int = 0
    first: bool = True


class SentenceSplitter:
    """Splits text into sentences.

    Args:
        rules: `sections.yaml`: template headings, of which several may be joined ("Heart and
            mediastinum:"), and abbreviations.
    """

    def __init__(self, rules: SectionsFile) -> None:
        self._abbreviations = frozenset(rules.abbreviations)
        self._doubtful = frozenset(word[-4:] for word in rules.abbreviations)
        self._may_end = frozenset(rules.abbreviations_that_end)
        openers = "|".join(regex.escape(word) for word in rules.sentence_openers) or r"(?!)"
        self._opener = regex.compile(rf"\s*(?:$|\n\s*\n|(?:{openers})\b)", regex.IGNORECASE)
        answers = "|".join(regex.escape(o) for a in rules.answers for o in expand(a)) or r"(?!)"
        self._answer = regex.compile(rf"\s*(?:{answers})\s*(?:[.,;]|$)", regex.IGNORECASE)
        names = sorted({o for organ in rules.organs for o in expand(organ)}, key=len, reverse=True)
        self._dotted = any("." in name for name in names)
        if names:
            organ = "|".join(regex.escape(n).replace(r"\ ", r"\s+") for n in names)
            # bounded, so that a long list of organs costs no more than its length at each line
            joined = rf"(?P<organ>{organ})(?:\s*(?:/|,|&|\band\b|,\s*and\b)\s*(?&organ)){{0,8}}"
            self._heading = regex.compile(rf"\s*({joined})\s*:(?!\d)", regex.IGNORECASE)
        else:
            self._heading = regex.compile(r"(?!)")

    def split(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Sentence]:
        """Sentences of `text[start:end]`, offsets into `text`."""
        end = len(text) if end is None else end
        last = end
        while last > start and text[last - 1].isspace():
            last -= 1
        while start < last:
            # Most sentences are easy, and so are read first, in a tenth of the time.
            easy = _EASY.match(text, start, last)
            while easy and self._is_ordinary(text[easy.end() - 5 : easy.end() - 1]):
                if easy.end() - easy.start() > _LONGEST:
                    break
                yield Sentence(*easy.span(1))
                start = easy.end()
                easy = _EASY.match(text, start, last)
            if start < last:
                stop = self._sure_stop(text, start, last) or end
                yield from self._split_with_care(text, start, stop)
                start = stop

    def cut(self, text: str, start: int, end: int) -> list[str]:
        """`text[start:end]` cut at each full stop before a blank, which nearly always ends a sentence.

        If `is_sentence` says so of every piece they are what `split` gives, with line breaks folded
        to blanks. For a text where lines or colons may matter there is one piece, which is none.
        """
        body = text[start:end].strip()
        if ":" in body:
            return [body]
        if "\n" in body:
            if _STRUCTURE.search(body):
                return [body]
            body = " ".join(body.split())
        *pieces, last = body.split(". ")
        return [*[piece + "." for piece in pieces], last] if body else []

    def is_sentence(self, piece: str) -> bool:
        """Is a piece one sentence, where those before and behind it are, too?"""
        return bool(_PIECE.fullmatch(piece)) and self._is_ordinary(piece.rstrip(".")[-4:])

    def _sure_stop(self, text: str, start: int, end: int) -> int:
        """The end of the next sentence that ends whatever stands around it, or 0.

        Where a line break or a colon follows there is none: what stands there may be a list, or
        stand under a heading.
        """
        if text.find("\n", start, end) >= 0 or text.find(":", start, end) >= 0:
            return 0
        for stop in _PLAIN_STOP.finditer(text, start, end):
            at = stop.start()
            if at - 5 >= start and self._is_ordinary(text[at - 4 : at]):
                return at + 1
        return 0

    def _split_with_care(self, text: str, start: int, end: int) -> Iterator[Sentence]:
        cuts = sorted(self._cuts(text, start, end))
        heading = (0, 0)
        at = start
        for cut, resume, kind in [*cuts, (end, end, "end")]:
            while at < cut:
                body, stop = at, cut
                found = self._heading.match(text, at, cut) if ":" in text[at:cut] else None
                first = bool(found) or not heading[1]
                if found:
                    heading, body = found.span(1), found.end()
                    stop = self._before_next_heading(text, body, cut)
                for piece in _pieces(text, body, stop):
                    span = _strip(text, *piece)
                    if span[0] < span[1]:
                        yield Sentence(*span, *heading, first)
                        first = first and not heading[1]
                at = stop
            if kind in ("blank", "item", "rule"):
                heading = (0, 0)
            at = max(at, resume)

    def _before_next_heading(self, text: str, start: int, end: int) -> int:
        """Where a template line ends that the next follows on the same line, or `end`."""
        if ":" in text[start:end]:
            for match in _GAP.finditer(text, start, end):
                if not self._heading.match(text, match.end(), end):
                    continue
                if not self._unfinished(text, start, match.start()):
                    return int(match.start())
        return end

    def _cuts(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """(end of a sentence, start of the next, kind of break) for each break."""
        # `_BREAK` is tried only where one of its readings can begin, and not at all behind an
        # ordinary word: its seven readings at each letter took half the time of a known report.
        at = start
        search = _CANDIDATE.search
        while at < end:
            place = search(text, at, end)
            if place is None:
                break
            stop = place.start()
            at = stop + 1
            if place.lastgroup and stop - 5 >= start and self._is_ordinary(text[stop - 4 : stop]):
                yield at, at, "stop"
                continue
            match = _BREAK.match(text, stop, end)
            if match is not None:
                at = max(at, match.end())
                yield from self._cut(text, start, match)
        if ":" in text[start:end]:
            for match in _LINE.finditer(text, start, end):
                colon = text.find(":", match.end(), end)
                if colon < 0:
                    break
                if "." in text[match.end() : colon] and not self._dotted:
                    continue  # the heading would have to reach across it
                if self._unfinished(text, start, match.start()):
                    continue
                if self._heading.match(text, match.end(), end):
                    yield match.start(), match.end(), "line"

    def _cut(
        self, text: str, start: int, match: "regex.Match[str]"
    ) -> Iterator[tuple[int, int, str]]:
        kind = match.lastgroup or ""
        if kind == "stop" or kind == "glued":
            mark = text[match.start()]
            if mark == "?" and self._answer.match(text, match.end()):
                return  # "Effusion? None."
            if mark != "." or self._ends(text, start, match, kind):
                yield match.end(), match.end(), kind
        elif kind == "number":
            if self._counts(text, start, match):
                yield match.start(), match.end(), "item"
            elif not _UNIT.match(text, match.end()):
                yield match.end(), match.end(), "stop"
        # else it is a text with a blank line between all its lines
        elif kind != "blank" or not self._unfinished(text, start, match.start()):
            yield match.start(), match.end(), kind

    def _is_ordinary(self, letters: str) -> bool:
        """Are these, the last four letters of a word or all of a shorter one, no abbreviation's?"""
        return letters.lower().rpartition(" ")[2] not in self._doubtful

    @staticmethod
    def _unfinished(text: str, start: int, end: int) -> bool:
        """Does `text[start:end]` end in a word that must be followed by another?"""
        return bool(_UNFINISHED.search(text[max(start, end - 12) : end]))

    def _ends(self, text: str, start: int, stop: "regex.Match[str]", kind: str) -> bool:
        """Does this full stop end a sentence, or an abbreviation or a list number?"""
        tail = max(start, stop.start() - 12)
        word = _LAST_WORD.search(text[tail : stop.start()])
        if word is None:
            return True
        last = word.group().lower()
        begin = tail + word.start()
        if text[start:begin].rstrip().endswith("?"):
            return True  # "Effusion? No."
        if last.isdigit():
            line = text[max(start, text.rfind("\n", start, begin) + 1) : begin]
            before = text[start:begin].rstrip()
            if _DECIMALS.match(text, stop.end()):
                return False
            return bool(line.strip(" \t(-*•")) and not before.endswith((".", ":", ";", ")"))
        if kind == "glued":
            return last not in self._abbreviations or last in self._may_end
        if last in self._abbreviations or (len(last) == 1 and last not in ("s", "c", "t")):
            return last in self._may_end and bool(
                self._opener.match(text[stop.end() : stop.end() + 40])
            )
        return True

    @staticmethod
    def _counts(text: str, start: int, match: "regex.Match[str]") -> bool:
        """Is "2." or "2)" in running text the number of a list item?"""
        before = text[start : match.start()].rstrip()
        return not before or before[-1] in ".:;)" or text[match.end() - 1] == ")"


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence in pieces of bearable length, itself nearly always."""
    while end - start > _LONGEST:
        match = _OVERLONG.match(text, start, end)
        stop = match.end() if match else end
        yield start, stop
        start = stop
    yield start, end


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in "-*•·>"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
