"""Answers that stand before their names: "No: effusion, edema", "(No) effusion", "N effusion, Y edema"."""

from collections.abc import Iterator

import regex

from labeler.text.blocks import WORDY, Block, Span, answered, last_mark, plain, strip
from labeler.text.forms import MAX_NAME, FormWords

_BORDER = regex.compile(r"[.](?!\d)\s*|[;,|]\s*|\s+")
_REACH = 20 * MAX_NAME
"""Characters in which the other signs of a line are looked for: all of a line would take time with its square."""


class FrontReader:
    """Reads the answers of a line that come before their names.

    Args:
        words: the words of forms.
    """

    def __init__(self, words: FormWords) -> None:
        self.words = words

    def __call__(self, text: str, at: int, high: int) -> tuple[list[Block], int] | None:
        """The names of the answers from `at` on, each answer with all names up to the next, and where they end."""
        blocks: list[Block] = []
        match = self._opens(text, at, high)
        while match:
            colon = bool(match["colon"])
            end, further = self._end(text, match.end(), high, long=colon)
            names = list(self.items(text, match.end(), end))
            if not names or (not colon and not self._are_names(text, names)):
                break
            means = self._means(match["value"])
            blocks += [self._answered(text, match.span("value"), name, means) for name in names]
            at, match = end, further
        return (blocks, at) if blocks else None

    def opens(self, text: str, at: int, high: int) -> bool:
        """Does an answer with a name behind it begin there?"""
        return self._opens(text, at, high) is not None

    def heads_list(self, text: str, at: int, high: int) -> tuple[Span, str] | None:
        """An answer with a colon and nothing behind it: its names stand in the lines below."""
        first = self.words.first.match(text, at, high)
        if first and not WORDY.search(text, first.end(), high):
            return first.span("value"), self._means(first["value"])
        return None

    def listed(self, text: str, low: int, high: int, value: Span, means: str) -> Iterator[Block]:
        """The names of an item below such an answer."""
        for name in self.items(text, low, high):
            yield self._answered(text, value, name, means)

    def items(self, text: str, low: int, high: int) -> Iterator[Span]:
        """The names of a list."""
        at = low
        for joint in self.words.joint.finditer(text, low, high):
            if WORDY.search(text, at, joint.start()):
                yield strip(text, at, joint.start())
            at = joint.end()
        if WORDY.search(text, at, high):
            yield strip(text, at, high)

    def _opens(self, text: str, at: int, high: int) -> "regex.Match[str] | None":
        match = self.words.front.match(text, at, high)
        if match and not match["colon"] and last_mark(text, 0, at) == "?":
            return None  # "Any change? No - a stable effusion."
        if match and match["sign"]:
            near = min(high, match.end() + _REACH)
            other = self.words.other_sign[self.words.means(match["sign"])]
            if not other.search(text, match.end(), near):
                return None  # the bullets of a list
        return match

    def _end(
        self, text: str, low: int, high: int, *, long: bool
    ) -> tuple[int, "regex.Match[str] | None"]:
        """Where the names of an answer end, and the next answer, if there is one.

        Args:
            long: also beyond a comma behind which another statement may begin.
        """
        for border in _BORDER.finditer(text, low, high):
            mark = border.group()[0]
            match = self.words.front.match(text, border.end(), high)
            if match is None and mark in ",;|":
                match = self.words.front_mark.match(text, border.end(), high)
            if match and mark.isspace() and not match["colon"] and match["value"].islower():
                # "edema, possible - pneumonia" is no second answer, "effusion N - edema" is
                match = match if text[match.start()] in "[(" else None
            if not (long or mark.isspace() or match) and self.words.begins.match(
                text, border.end(), high
            ):
                return border.start(), None  # "Ø effusion, small pneumothorax"
            if match or mark == ".":
                return border.start(), match
        return high, None

    def _are_names(self, text: str, names: list[Span]) -> bool:
        """Are these names, and no sentences: "No - there is an effusion"?"""
        return all(
            end - start <= MAX_NAME and not self.words.telling.search(text, start, end)
            for start, end in names
        )

    def _answered(self, text: str, value: Span, name: Span, means: str) -> Block:
        """A name with an answer; one that is denied itself stays so: "Negative: no effusion"."""
        denied = means == "absent" and self.words.denied.match(text, *name)
        return answered(value, name, "present" if denied else means)

    def _means(self, answer: str) -> str:
        return self.words.first_meaning.get(plain(answer)) or self.words.means(answer)
