"""A section's text -> sentence spans, offsets kept.

Capitals decide nothing (whole reports are in capitals, others in none), and a line break that a word
wrap made is a blank: what ends a sentence is a full stop, a blank line, the next item of a list, a line
that was meant as one, or the next name of a form ("Lungs:"). Lines and forms are found by the layout step.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex

from labeler.rules.text_schema import FormsFile, SectionsFile
from labeler.text.blocks import Block, last_mark
from labeler.text.forms import alternatives
from labeler.text.layout import Layout
from labeler.text.lines import LONG_LINE

_BREAK = regex.compile(
    r"(?P<blank>\n[^\S\n]*\n\s*)"
    r"|(?P<item>(?:^|\n)[^\S\n]*(?:[-*•·–+>]|\(?\d{1,2}[.)]|\([a-z]\))(?=[\s\p{L}*])[^\S\n]*[-*•]?)"
    r"|(?P<stop>(?:(?<![.!])[.!]++|(?<=[\p{L}\d)])\?)(?=[\s)\]>\"'”’]|$)[)\]>\xad\"'”’]*)"
    r"|(?P<enumerated>(?<=\p{L}{2})\.\(?\d{1,2}[.)](?=\s*\p{L}))"
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
    rf"{_WORDS}(?:(?:{_LAST_LETTERS}|(?<=[ )])|(?<=[A-Za-z]/)\d+|(?<=\d/)\d+"
    r"|(?<=[A-Za-z] )\d+)\.+)?"
)
_CANDIDATE = re.compile(
    r"(?P<plain>(?<=[A-Za-z]{4})\.(?=[ \n]))"
    r"|[\n.!?]|\A|(?<=\s)\(?\d{1,2}[.)]|[_=*\-]{6}"
)
# How a sentence begins that is read alike wherever it stands: "No effusion", "2 images", "2. No effusion".
_OPENS = re.compile(r"\s*(?:\(?\d{1,2}[.)] |\d+ ?)?[A-Za-z]")
# A number right behind a header's colon is none of a list.
_GLUED = re.compile(r"\S[(\d]")
_CELL = re.compile(r"\S(?: *\t|   )\s*\S")
_NUMBER = re.compile(r"\d{1,2}\.")
_SURE_END = re.compile(r"[A-Za-z]{4}\.\Z")
_PLAIN_STOP = re.compile(r"(?<=[A-Za-z]{4})\.(?= )")
# Lines that may be more than the wrapped lines of a paragraph: blank ones, items of a list.
_STRUCTURE = re.compile(r"\n[^\S\n]*(?:\n|[-*•·–+>_=]|\d{1,2}[.)](?!\d)|\((?:\W|\d|_|[a-zA-Z]\)))")
_LAST_COMMA = re.compile(r"[\s\S]*,(?=\s)")
_LAST_BLANK = re.compile(r"[\s\S]*\s")
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]+\Z|\d+\Z")


_REMEMBERED = 20_000

FURTHER = "further"
"""In place of an answer: words that are given besides one ("none on the right, small on the left")."""


class Sentence(NamedTuple):
    """A sentence `text[start:end]`, and the name of a form that it is a value of.

    `heading` is the span of the name ("Heart" in `Heart: Normal size.`), empty where there is none; `first`
    tells the sentence right behind the name from the later ones. `answer` is what the sentence means if it is an
    answer (`present`, `absent`, `uncertain`, `normal`, `unsaid`), else `""` or `FURTHER`. `cut` tells that it is a
    piece of a stretch that was too long to be read whole.
    """

    start: int
    end: int
    heading_start: int = 0
    heading_end: int = 0
    first: bool = True
    answer: str = ""
    cut: bool = False


class SentenceSplitter:
    """Splits text into sentences.

    Args:
        rules: `sections.yaml`: abbreviations.
        forms: `forms.yaml`: names of forms and their answers.
    """

    def __init__(self, rules: SectionsFile, forms: FormsFile) -> None:
        self._layout = Layout(forms)
        words = self._layout.words
        self._unfinished_words, self._unit, self._decimals = (
            words.unfinished,
            words.unit,
            words.decimals,
        )
        self._longest = rules.longest_sentence
        self._of_line = lru_cache(maxsize=_REMEMBERED)(self._sentences_of)
        self._abbreviations = frozenset(rules.abbreviations)
        self._doubtful = frozenset(word[-4:] for word in rules.abbreviations)
        self._letters = frozenset(rules.letters_that_end)
        self._may_end = frozenset(rules.abbreviations_that_end)
        openers = "|".join(regex.escape(word) for word in rules.sentence_openers) or r"(?!)"
        self._goes_on = re.compile(rf"(?:{alternatives(rules.continuations)})\b", re.IGNORECASE)
        self._opener = regex.compile(rf"\s*(?:$|\n\s*\n|(?:{openers})\b)", regex.IGNORECASE)

    def split(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Sentence]:
        """Sentences of `text[start:end]`, offsets into `text`."""
        end = len(text) if end is None else end
        if text.find("\n", start, end) < 0 and not self._layout.may_hold_more(text[start:end]):
            yield from self._running(text, start, end)
            return
        for block in self._layout.blocks(text, start, end):
            if not block.name_end:
                yield from self._line(text, block.start, block.end)
            elif block.answer:
                yield Sentence(*block[:4], True, block.answer)
            else:
                yield from self._value(text, block)

    def _line(self, text: str, start: int, end: int) -> Iterator[Sentence]:
        """The sentences of a line that is running text, remembered: lines repeat as sentences do."""
        if text[start : start + 1] != "\n" or end - start > LONG_LINE:
            yield from self._running(text, start, end)
            return
        for sentence in self._of_line(text[start:end]):
            yield sentence._replace(start=start + sentence.start, end=start + sentence.end)

    def _sentences_of(self, line: str) -> list[Sentence]:
        return list(self._running(line, 0, len(line)))

    def _value(self, text: str, block: Block) -> Iterator[Sentence]:
        """The sentences of a name's value."""
        first = not block.later
        for sentence in self._running(text, block.start, block.end):
            further = FURTHER if block.also else ""
            yield Sentence(
                *sentence[:2], block.name_start, block.name_end, first, further, sentence.cut
            )
            first = False

    def _running(self, text: str, start: int, end: int) -> Iterator[Sentence]:
        """The sentences of running text; one that begins with a pronoun stays with the one before it."""
        before: Sentence | None = None
        for sentence in self._parted(text, start, end):
            if before is not None and (
                self._goes_on.match(text, sentence.start, sentence.end)
                and text[before.end : sentence.start].isspace()
                and sentence.end - before.start <= self._longest
            ):
                before = before._replace(end=sentence.end)
                continue
            if before is not None:
                yield before
            before = sentence
        if before is not None:
            yield before

    def _parted(self, text: str, start: int, end: int) -> Iterator[Sentence]:
        """Running text cut at the ends of its sentences."""
        last = end
        while last > start and text[last - 1].isspace():
            last -= 1
        while start < last:
            # Most sentences are easy, and so are read first, in a tenth of the time.
            easy = _EASY.match(text, start, last)
            while easy and self._is_ordinary(text[easy.end() - 5 : easy.end() - 1]):
                if easy.end() - easy.start() > self._longest:
                    break
                yield Sentence(*easy.span(1))
                start = easy.end()
                easy = _EASY.match(text, start, last)
            if start < last:
                stop = self._sure_stop(text, start, last) or end
                yield from self._split_with_care(text, start, stop)
                start = stop

    def cut(self, text: str, start: int, end: int) -> list[str] | None:
        """`text[start:end]` cut at each full stop before a blank, which nearly always ends a sentence.

        If `is_sentence` says so of every piece they are what `split` gives, with line breaks folded
        to blanks. `None` for a text where lines or colons may matter.
        """
        body = text[start:end].strip()
        if ":" in body or (start and _GLUED.match(text, start - 1)):
            return None
        if "\n" in body:
            if _STRUCTURE.search(body) or not self._layout.is_filled(text, start, end):
                return None
            body = " ".join(body.split())
        *pieces, last = body.split(". ")
        return [*[piece + "." for piece in pieces], last] if body else []

    def is_sentence(self, piece: str) -> bool:
        """Is a piece one sentence, where those before and behind it are, too?"""
        return (
            len(piece) <= self._longest  # a longer one is cut into several
            and bool(_PIECE.fullmatch(piece))
            and self._is_ordinary(piece.rstrip(".")[-4:])
            and not self._unit.match(" " + piece[:8])
            and not self._goes_on.match(piece)
            and not self._layout.may_hold_more(piece)
        )

    def are_parted(self, pieces: Sequence[str], i: int) -> bool:
        """Are a piece and the one before it parted whatever they are, by a full stop behind an ordinary word?"""
        piece, behind = pieces[i - 1], pieces[i]
        if _NUMBER.fullmatch(behind) and i + 1 < len(pieces):
            behind = f"{behind} {pieces[i + 1]}"
        return (
            len(piece) > 5
            and _SURE_END.match(piece, len(piece) - 5) is not None
            and self._is_ordinary(piece[-5:-1])
            and _OPENS.match(behind) is not None
            and not self._goes_on.match(behind.lstrip())
        )

    def is_one_line(self, text: str, start: int, end: int) -> bool:
        """Is a text that `cut` has cut one line without cells, though pieces of it may be no whole sentences?"""
        body = text[start:end].strip()
        return "\n" not in body or (
            _CELL.search(body) is None and self._layout.is_one_line(text, start, end)
        )

    def is_passage(self, passage: str) -> bool:
        """Does `split` make the same of some pieces, joined by blanks, as where they stand?

        They must be parted from the pieces before and behind them.
        """
        return (
            len(passage) <= self._longest // 2  # line breaks may have been folded
            and _OPENS.match(passage) is not None
            and self._layout.is_running(passage.strip())
        )

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
        at = start
        for cut, resume, _ in [*sorted(self._cuts(text, start, end)), (end, end, "end")]:
            if at < cut:
                for piece in _pieces(text, at, cut, self._longest):
                    span = _strip(text, *piece)
                    if span[0] < span[1]:
                        yield Sentence(*span, cut=cut - at > self._longest)
            at = max(at, cut, resume)

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

    def _cut(
        self, text: str, start: int, match: "regex.Match[str]"
    ) -> Iterator[tuple[int, int, str]]:
        kind = match.lastgroup or ""
        if kind == "stop" or kind == "glued":
            mark = text[match.start()]
            if mark != "." or self._ends(text, start, match, kind):
                yield match.end(), match.end(), kind
        elif kind == "number":
            if self._counts(text, start, match):
                yield match.start(), match.end(), "item"
            elif not self._unit.match(text, match.end()):
                yield match.end(), match.end(), "stop"
        # else it is a text with a blank line between all its lines
        elif kind == "enumerated":
            if self._ends(text, start, match, "glued"):
                yield match.start() + 1, match.end(), "item"
        elif kind == "item" and self._decimals.match(text, match.end()):
            return
        elif kind != "blank" or not self._unfinished(text, start, match.start()):
            yield match.start(), match.end(), kind

    def _is_ordinary(self, letters: str) -> bool:
        """Are these, the last four letters of a word or all of a shorter one, no abbreviation's?"""
        return letters.lower().rpartition(" ")[2] not in self._doubtful

    def _unfinished(self, text: str, start: int, end: int) -> bool:
        """Does `text[start:end]` end in a word that must be followed by another?"""
        return bool(self._unfinished_words.search(text[max(start, end - 20) : end]))

    def _ends(self, text: str, start: int, stop: "regex.Match[str]", kind: str) -> bool:
        """Does this full stop end a sentence, or an abbreviation or a list number?"""
        tail = max(start, stop.start() - 12)
        word = _LAST_WORD.search(text[tail : stop.start()])
        if word is None:
            return True
        last = word.group().lower()
        begin = tail + word.start()
        before = last_mark(text, start, begin)
        if before == "?":
            return True  # "Effusion? No."
        if last.isdigit():
            if self._decimals.match(text, stop.end()):
                return False
            at = begin
            while at > start and text[at - 1] in " \t(-*•":
                at -= 1
            alone = at == start or text[at - 1] == "\n"
            return not alone and before not in (".", ":", ";", ")")
        if kind == "glued":
            return last not in self._abbreviations or last in self._may_end
        if last in self._abbreviations or (len(last) == 1 and last not in self._letters):
            return last in self._may_end and bool(
                self._opener.match(text[stop.end() : stop.end() + 40])
            )
        return True

    @staticmethod
    def _counts(text: str, start: int, match: "regex.Match[str]") -> bool:
        """Is "2." or "2)" in running text the number of a list item?"""
        before = last_mark(text, start, match.start())
        return not before or before in ".:;)" or text[match.end() - 1] == ")"


def _pieces(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    """A sentence in pieces no longer than `longest`, cut at a comma, else at a blank; itself nearly always."""
    while end - start > longest:
        most = start + longest
        cut = _LAST_COMMA.match(text, start, most) or _LAST_BLANK.match(text, start, most)
        stop = cut.end() if cut and cut.end() > start + longest // 2 else most
        yield start, stop
        start = stop
    yield start, end


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in "-*•·>"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
