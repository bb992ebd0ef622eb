"""A section's text -> the names and values of its forms, its lines, and running text between them.

The step between sections and sentences. "Effusion: no", "Effusion (-)", a table's row, a ticked box or a
question with its answer become a name with an answer; "Heart: mildly enlarged." a name with words that are
read as sentences about it. Everything else is running text. Offsets stay those of the text.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import regex

from labeler.rules.text_schema import FormsFile
from labeler.text.blocks import CLOSE, WIDE, WORDY, Block, Span, answered, last_mark, trim, worded
from labeler.text.boxes import BoxReader
from labeler.text.forms import MAX_NAME, FormWords
from labeler.text.fronts import FrontReader
from labeler.text.lines import LONG_LINE, LineReader
from labeler.text.table_rows import TableReader, cells_of

_LEAD = regex.compile(
    r"(?:[\s{\"'*#>•·▪◦●,;]|[-–—+]+(?=\s*[\p{L}\[(☐☑☒]))*(?:\(?\d{1,2}[.)](?=\s*[\p{L}\[(☐☑☒])\s*)?[\s\"'*]*"
)
_BOUNDARY = regex.compile(rf"[.!?](?=\s)\s*|[;|,]\s*|{WIDE}|[{{\"]\s*|(?<!\p{{L}})'\s*")
_SPACED = regex.compile(
    rf"^[^\S\n]*+(?P<cell>\S++)(?:(?P<gap>[^\S\n]*?(?:\t|{WIDE})[^\S\n]*+)(?P<cell>\S++))++[^\S\n]*+$",
    regex.MULTILINE,
)
_SIMPLE = re.compile(
    r"[A-Za-z](?:[A-Za-z\d ,;/()']|(?<=[A-Za-z\d])-(?=[A-Za-z\d])|(?<!\.)\.(?!\.))*"
)
_REMEMBERED = 20_000
_BULLET = regex.compile(r"\s*(?:[-–*+>#•·▪◦●]|\(?\d{1,2}[.)])")


class Layout:
    """Finds the lines, names and values of a text.

    Args:
        forms: `forms.yaml`.
    """

    def __init__(self, forms: FormsFile) -> None:
        self.words = FormWords(forms)
        self._lines = LineReader(self.words)
        self._fronts = FrontReader(self.words)
        self._boxes = BoxReader(self.words)
        self._table = TableReader(self.words)
        self._facts = lru_cache(maxsize=_REMEMBERED)(self._facts_of)
        self._said = lru_cache(maxsize=_REMEMBERED)(self._said_by)

    def may_hold_more(self, text: str) -> bool:
        """May a text without line breaks be more than running text?"""
        return self.words.is_signed(text, 0, len(text))

    def is_running(self, text: str) -> bool:
        """Is a text without line breaks running text, whatever sentences stand before and behind it?"""
        if not self.may_hold_more(text):
            return True
        # a mark as in "since 1/13" answers nothing; one that stands apart may belong to a form's other marks
        if not _SIMPLE.fullmatch(text) or "   " in text or " / " in text:
            return False
        return [*self.blocks(text, 0, len(text))] == [Block(0, len(text))]

    def is_filled(self, text: str, start: int, end: int) -> bool:
        """Is a text one line, if nothing but its breaks may make more of it than prose?"""
        return self._lines.is_filled(text, start, end) or self.is_one_line(text, start, end)

    def is_one_line(self, text: str, start: int, end: int) -> bool:
        """Is a text one line as it was meant?"""
        lines = iter(self._lines(text, start, end))
        return next(lines, None) is None or next(lines, None) is None

    def blocks(self, text: str, start: int, end: int) -> Iterator[Block]:
        """What `text[start:end]` consists of, in order."""
        text = self._closed(text, start, end)
        header: list[str] | None = None
        heading: tuple[Span, str] | None = None
        outer: Span | None = None
        lines = list(self._lines(text, start, end))
        for i, (low, high) in enumerate(lines):
            while high > low and text[high - 1].isspace():
                high -= 1
            lead, signed = self._look(text, low, high)
            at = low + lead
            if heading and _BULLET.match(text, low, high) and not self._field(text, at, high):
                yield from self._fronts.listed(text, at, high, *heading)  # an item below "Absent:"
                continue
            heading = None
            if i + 1 < len(lines) and self._is_outer(text, at, high, *lines[i + 1]):
                outer, header = (at, high), None
                continue
            if not signed:
                header = None
                yield Block(low, high)
                continue
            heading = self._fronts.heads_list(text, at, high)
            if heading:
                continue
            tabbed = self._tabbed(text, low, high, header)
            cells = tabbed or cells_of(text, low, high)
            if tabbed or (cells and self._table.is_row(text, cells)):
                columns = self._table.header(text, cells)
                if columns is not None:
                    header = columns
                else:
                    yield from self._table.row(text, cells, header)
                continue
            header = None
            if outer and self._part(text, at, high):
                yield from self._value(text, at, high, outer)
                continue
            outer = None
            alone = self.words.colon.match(text, at, high)
            if alone and not text[alone.end() : high].strip():
                outer = alone.span("name")
                continue
            yield from self._read(text, low, high)

    # ------------------------------------------------------------------------------------ lines

    def _look(self, text: str, low: int, high: int) -> tuple[int, bool]:
        """How far in the words of a line begin, and may it be more than prose?

        Lines repeat as sentences do, and what a line is by itself is remembered. It depends on the line alone, but
        for the question that it may answer.
        """
        if high - low > LONG_LINE or not text[low : low + 1].isspace():
            return self._lead(text, low, high) - low, self.words.is_signed(text, low, high)
        return self._facts(text[low:high], last_mark(text, 0, low) == "?")

    def _facts_of(self, line: str, asked: bool) -> tuple[int, bool]:
        text = f"?{line}" if asked else line
        lead = self._lead(text, int(asked), len(text)) - asked
        return lead, self.words.is_signed(line, 0, len(line))

    def _read(self, text: str, low: int, high: int) -> Iterable[Block]:
        """The names and values of a line that is no row of a table, remembered as well."""
        if high - low > LONG_LINE or not text[low : low + 1].isspace():
            yield from self._said_in(text, low, high)
            return
        for block in self._said(text[low:high], last_mark(text, 0, low) == "?"):
            name, end = (low + block[2], low + block[3]) if block[3] else (0, 0)
            yield Block(low + block[0], low + block[1], name, end, *block[4:])

    def _said_by(self, line: str, asked: bool) -> list[Block]:
        if not asked:
            return list(self._said_in(line, 0, len(line)))
        out = []
        for block in self._said_in(f"?{line}", 1, len(line) + 1):
            name, end = (block[2] - 1, block[3] - 1) if block[3] else (0, 0)
            out.append(Block(block[0] - 1, block[1] - 1, name, end, *block[4:]))
        return out

    def _said_in(self, text: str, low: int, high: int) -> Iterator[Block]:
        if self.words.boxes(text, low, high):
            yield from self._boxes(text, self._lead(text, low, high), high)
        else:
            yield from self._line(text, low, high)

    def _closed(self, text: str, start: int, end: int) -> str:
        """The text with other blanks, as many, in lines that are spaced out.

        Where all words of a line have wide blanks between them, these part nothing, unless the words are
        names with their answers in turn.
        """
        if "\t" not in text and "   " not in text:
            return text
        headed = False
        pieces, done = [], 0
        for line in _SPACED.finditer(text, start, end):
            headed = headed or bool(self._tabbed(text, line.start(), line.end(), None))
            if headed and "\t" in line.group():
                continue  # a row of a table
            answers = line.spans("cell")[1::2]
            sure = answers[:-1] if len(answers) > 2 else answers  # "... Edema   mild"
            if len(line.spans("cell")) % 2 or not all(
                self.words.whole_answer.match(text, *span) for span in sure
            ):
                for low, high in line.spans("gap"):
                    pieces += [text[done:low], CLOSE * (high - low)]
                    done = high
        return "".join([*pieces, text[done:]])

    def _is_outer(self, text: str, at: int, high: int, low: int, end: int) -> bool:
        """Is a line a name, and the next one, further to the right, a part of it with a value?"""
        if not high - at <= MAX_NAME or not self._look(text, low, end)[1]:
            return False
        begin = self._lead(text, low, end)
        inner = begin - text.rfind("\n", 0, begin) > at - text.rfind("\n", 0, at)
        part = self.words.part.match(text, begin, end) if inner else None
        return bool(part and part["sep"] and self.words.listed.fullmatch(text, at, high))

    def _tabbed(self, text: str, low: int, high: int, header: list[str] | None) -> list[Span]:
        """The cells of a line with tabs, if it heads a table or stands below such a line."""
        cells = cells_of(text, low, high, "\t")
        return cells if header or (cells and self._table.header(text, cells)) else []

    def _lead(self, text: str, low: int, high: int) -> int:
        """Where the words of a line begin, behind blanks, bullets and numbers."""
        low = trim(text, low, high)[0]
        if low < high and not text[low].isalpha() and self._fronts.opens(text, low, high):
            return low  # a mark, and no bullet
        match = _LEAD.match(text, low, high)
        low = match.end() if match else low
        asks = self.words.asks.match(text, low, high)
        return asks.end() if asks else low

    def _line(self, text: str, low: int, high: int) -> Iterator[Block]:
        """The names and values of a line, and what stands between them."""
        pending = low
        at = self._lead(text, low, high)
        fresh, cells = True, True
        name = (0, 0)
        while at < high:
            found = self._field(text, at, high, fresh, cells)
            if found:
                blocks, stop = found
                yield from self._rest(text, pending, at, name)
                yield from blocks
                name = self._lasting(text, blocks)
                pending = at = stop
                at = self._lead(text, at, high)
                pending = at if not WORDY.search(text, pending, at) else pending
                fresh, cells = True, True
                continue
            border = _BOUNDARY.search(text, at, high)
            if border is None:
                break
            at = max(border.end(), at + 1)
            at = self._lead(text, at, high) if at < high else at
            fresh = text[border.start()] != ","
            cells = bool(border.group().strip())  # blanks inside prose part no cells
        yield from self._rest(text, pending, high, name)

    def _rest(self, text: str, low: int, high: int, name: Span) -> Iterator[Block]:
        """What stands between two pairs, or behind the last: the name before may go on there."""
        if low >= high or not WORDY.search(text, low, high):
            return
        if not name[1]:
            yield from self._parted(text, low, high)
            return
        begin = trim(text, low, high)[0]
        if last_mark(text, 0, begin) in (",", ";"):
            further = self.words.placed.match(text, begin, high)
            if further:  # "none on the right, small on the left"
                yield worded((low, further.end()), name, also=True)
                yield from self._rest(text, further.end(), high, name)
                return
        yield worded((low, high), name, later=True)

    def _parted(self, text: str, low: int, high: int) -> Iterator[Block]:
        """Running text cut at the slashes that part statements: "No pneumothorax / Small effusion"."""
        words, several = self.words, False
        for slash in words.parting_slash.finditer(text, low, high):
            several = several or bool(
                words.denied.search(text, low, slash.start())
                or words.denied.match(text, slash.end(), high)
            )
            if several:  # "thickening / minimal effusion" may be the one or the other
                yield Block(low, slash.start())
                low = slash.end()
        yield Block(low, high)

    def _lasting(self, text: str, blocks: list[Block]) -> Span:
        """The name that what follows on the line still refers to, as of a structure."""
        if not blocks:
            return 0, 0
        name = blocks[-1].name_start, blocks[-1].name_end
        return name if self.words.listed.fullmatch(text, *name) else (0, 0)

    def _field(
        self, text: str, at: int, high: int, fresh: bool = True, cells: bool = True
    ) -> tuple[list[Block], int] | None:
        """A name with its value at `at`, and where it ends.

        Args:
            fresh: may a statement begin there?
            cells: may the cell of a table begin there?
        """
        words = self.words
        fronts = self._fronts(text, at, high) if fresh else None
        if fronts:
            return fronts
        match = words.pair(text, at, high, bare=fresh, cells=cells)
        if match:
            name, value = match.span("name"), match.span("value")
            if text.startswith(".", value[1]):
                value = value[0], value[1] + 1
            answer = answered(value, name, words.means(match["value"]))
            return [answer], max(match.end(), name[1])
        match = words.colon.match(text, at, high)
        if match is None and fresh:
            match = words.parted_name.match(text, at, high) or words.apart.match(text, at, high)
        if match and WORDY.search(text, match.end(), high):
            stop = self._value_end(text, match.end(), high)
            return list(self._value(text, match.end(), stop, match.span("name"))), stop
        return None

    def _value_end(self, text: str, at: int, high: int) -> int:
        """Where a value ends: before the next name, or with its line."""
        start = at
        for gap in regex.finditer(r"(?<=\S)[\s]+(?=\S)|[;,|](?=\S)", text, pos=at, endpos=high):
            behind = gap.end()
            if gap.start() < start:
                continue
            colon = self.words.colon.match(text, behind, high)
            pair = text[gap.start() - 1] in ".;,|" and self.words.pair(
                text, behind, high, bare=False
            )
            if (colon or pair) and not self.words.unfinished.search(
                text, max(start, gap.start() - 30), gap.start()
            ):
                if pair and self._part(text, behind, high):
                    continue
                return int(behind)
        return high

    def _value(self, text: str, low: int, high: int, name: Span) -> Iterator[Block]:
        """A value that is no answer as a whole: parts with values of their own, answers, sentences."""
        low = self._lead(text, low, high)
        part = self._part(text, low, high)
        if part:
            while part:
                begin = part.end()
                stop = self._next_part(text, begin, high)
                yield from self._answer_or_words(text, begin, stop, name)
                part = self._part(text, stop, high)
                low = stop
            return
        answer = self.words.answer.match(text, low, high)
        if answer:
            yield answered(answer.span("value"), name, self.words.means(answer["value"]))
            yield from self._rest(text, answer.end(), high, name)
            return
        if WORDY.search(text, low, high):
            stop = self._next_part(text, low, high)
            yield worded((low, stop), name)
            if stop < high:  # "Effusion: small on the left, right: none"
                yield from self._value(text, stop, high, name)

    def _answer_or_words(self, text: str, low: int, high: int, name: Span) -> Iterator[Block]:
        whole = self.words.whole_answer.match(text, low, high)
        if whole and whole.end() >= len(text[:high].rstrip()):
            yield answered(whole.span("value"), name, self.words.means(whole["value"]))
        elif WORDY.search(text, low, high):
            yield worded((low, high), name, also=True)

    def _part(self, text: str, at: int, high: int) -> "regex.Match[str] | None":
        """A part that has a value of its own: with a colon, or with an answer behind it."""
        match = self.words.part.match(text, at, high)
        if match and (match["sep"] or self.words.answer.match(text, match.end(), high)):
            return match
        return None

    def _next_part(self, text: str, at: int, high: int) -> int:
        for border in regex.finditer(r"[.;,]\s*|\s{2,}|\n", text, pos=at, endpos=high):
            if self._part(text, border.end(), high):
                return int(border.end())
        for border in regex.finditer(r"\s+", text, pos=at, endpos=high):
            match = self.words.part.match(text, border.end(), high)
            if match and match["sep"]:
                return int(border.end())
        return high
