"""Boxes of a form, before or behind their words, in groups with a name or by themselves."""

from collections.abc import Iterator

import regex

from labeler.text.blocks import WIDE, WORDY, Block, Span, answered, plain, strip, worded
from labeler.text.forms import FormWords


class BoxReader:
    """Reads the boxes of a line.

    Args:
        words: the words of forms.
    """

    def __init__(self, words: FormWords) -> None:
        self.words = words

    def __call__(self, text: str, low: int, high: int) -> Iterator[Block]:
        """Boxes before or behind their words, with a name in front of them or none."""
        boxes = self.words.boxes(text, low, high)
        name: Span | None = None
        lead = text[low : boxes[0].start()].strip(" \t:-–|")
        behind = WORDY.search(text, boxes[-1].end(), high)
        if behind or (lead.endswith(":") or not lead):
            if WORDY.search(lead):
                name = self._name(text, low, boxes[0].start())
            stops = [box.start() for box in boxes[1:]] + [high]
            for box, stop in zip(boxes, stops, strict=True):
                ticked = plain(box.group()) in self.words.ticked
                option, name_behind = self._option(text, box.end(), stop)
                yield from self._chosen(text, option, name, ticked)
                name = name_behind or name
            return
        colon = regex.compile(r":").search(text, low, boxes[0].start())
        begin = low
        if colon:
            name, begin = self._name(text, low, colon.start()), colon.end()
        for box in boxes:
            ticked = plain(box.group()) in self.words.ticked
            option = strip(text, begin, box.start())
            yield from self._chosen(text, option, name, ticked)
            begin = box.end()

    def _name(self, text: str, low: int, high: int) -> Span:
        """The name that ends at `high`, without what stands before it in its line."""
        span = strip(text, low, high)
        last = max(
            (
                m.end()
                for m in regex.finditer(rf"[.;|]\s|{WIDE}", text, pos=span[0], endpos=span[1])
            ),
            default=span[0],
        )
        start, end = strip(text, last, span[1])
        while end > start and text[end - 1] in "? ":
            end -= 1
        return start, end

    def _option(self, text: str, low: int, high: int) -> tuple[Span, Span | None]:
        """The words of a box, and the name of the next group of boxes behind them."""
        span = strip(text, low, high)
        if text[:high].rstrip().endswith(":"):
            answer = self.words.answer.match(text, span[0], high) or regex.compile(r"\S+").match(
                text, span[0], high
            )
            if answer and answer.end() < span[1]:
                return strip(text, span[0], answer.end()), strip(text, answer.end(), high)
        border = regex.compile(rf"[;|\n]|{WIDE}").search(text, *span)
        if border and WORDY.search(text, border.end(), span[1]):
            return strip(text, span[0], border.start()), strip(text, border.end(), span[1])
        return span, None

    def _chosen(self, text: str, option: Span, name: Span | None, ticked: bool) -> Iterator[Block]:
        """What a box says: of its group's name, or of its own words."""
        if not WORDY.search(text, *option):
            return
        if name is None:
            yield answered(option, option, "present" if ticked else "absent")
            return
        whole = self.words.whole_answer.match(text, *option)
        if ticked and whole:
            yield answered(option, name, self.words.means(whole["value"]))
        elif ticked:
            yield worded(option, name)
        elif not whole:
            yield answered(option, option, "absent")
