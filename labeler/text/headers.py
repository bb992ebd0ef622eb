"""Finds the headers of a report: `FINDINGS:`, a bare `Impression` on a line of its own.

A header with a colon stands at the start of the text, of a line, or behind the end of a sentence;
without a colon it must have its line to itself. Reports are boilerplate here, so what stands before
a colon, and a short line, is looked at once and remembered.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

import regex

from labeler.text.late_pattern import LatePattern

Header = tuple[int, int, str]
"""Start of a header, end of its colon or line, section name."""
_InLine = tuple[Header | None, tuple[Header, ...], bool]
"""A line's header without a colon, those with one, and whether it may be half a header."""
_NOTHING: _InLine = (None, (), False)

_NAMED = regex.compile(
    r"(?:(?:^|\n)[^\S\n]*[*#]*|(?<=[.;:?!)]\s|\s\s))"
    r"(?P<name>\p{L}[\p{L}\d \t/,()&'.\-]{1,60}?)[*]*[^\S\n]*:"
)
_BARE = regex.compile(r"[^\S\n]*[*#]*(?P<name>\p{L}[\p{L} /]{1,30}?)[*]*[^\S\n]*[.]?$")
_DASH = re.compile(r"[-–—]\s")
_ENDED = (".", ":", ";", "?", "!")
_NEVER = LatePattern(r"(?!)")
_NARROW = 30
"""No report is wrapped at fewer characters; a break that leaves more room than that was meant."""
_LONGEST = 61
_BARE_LONGEST = 31
_WINDOW = 200


class HeaderFinder:
    """Finds headers.

    Args:
        name_of: gives the section that a header's words open, `None` where they are no header.
        bare_name_of: the same for a header without a colon.
        unfinished: matches the end of a line that goes on in the next.
        leading: matches the end of words that a header cannot follow ("for" before "comparison").
        anywhere: headers that are found inside a line, too.
        in_capitals: headers that need no colon where only they are in capitals.
    """

    def __init__(
        self,
        name_of: Callable[[str], str | None],
        bare_name_of: Callable[[str], str | None],
        unfinished: LatePattern = _NEVER,
        leading: LatePattern = _NEVER,
        anywhere: Iterable[str] = (),
        in_capitals: Iterable[str] = (),
    ) -> None:
        self._unfinished = unfinished
        self._leading = leading
        in_capitals = list(in_capitals)
        names = sorted({name.lower() for name in anywhere}, key=lambda name: (-len(name), name))
        self._halves = tuple({word for name in names for word in name.split()[:-1]})
        spelt = (
            "|".join(
                regex.escape(name)
                .replace(r"\ /\ ", r"\s*/\s*")
                .replace(r"\ \&\ ", r"\s*&\s*")
                .replace(r"\ ", r"\s+")
                for name in names
            )
            or "(?!)"
        )
        self._always = LatePattern(rf"(?<=[\s.;,!?)]|^)(?P<name>{spelt})[^\S\n]*:")
        self._dashed = LatePattern(
            rf"(?:(?<=^\s*)|(?<=[.;:?!]\s?))(?P<name>{spelt})[^\S\n]*[-–—]+(?=\s)"
        )
        capitals = "|".join(
            regex.escape(name.upper()).replace(r"\ ", r"\s+")
            for name in sorted({*in_capitals}, key=len, reverse=True)
        )
        self._capital = regex.compile(
            rf"(?<=[\s.;?!]|^)(?<!\p{{Lu}}\s)(?P<name>{capitals or '(?!)'})(?=\s+[^\s:\-–—/&])"
        )
        first = sorted({re.escape(name.upper().split()[0]) for name in in_capitals})
        self._any_capital = re.compile("|".join(first) or "(?!)")
        self._name_of = name_of
        self._bare_name_of = bare_name_of
        self._in_short_line = lru_cache(maxsize=20_000)(self._in_line)
        self._before_colon = lru_cache(maxsize=20_000)(self._find_before_colon)

    def __call__(self, text: str) -> list[Header]:
        """The headers of a text in order, none inside another."""
        found = self._all(text)
        stop = 0
        for start, end, _ in found:
            if start < stop:
                return _clear(found)
            stop = end
        return found

    def _all(self, text: str) -> list[Header]:
        out: list[Header] = []
        begin, over, room = 0, False, 0
        lines = text.split("\n")
        in_line, in_short_line = self._in_line, self._in_short_line
        for line in lines:
            if not line:
                begin += 1
                continue
            found = in_short_line(line) if len(line) <= _WINDOW else in_line(line)
            if found is not _NOTHING:
                bare, named, half = found
                if bare is not None:
                    room = room or _room(lines)
                    start, end, section = bare
                    if self._has_its_line(text, begin + start, begin + end, room):
                        out.append((begin + start, begin + end, section))
                for start, end, section in named:
                    out.append((begin + start, begin + end, section))
                over = over or half
            begin += len(line) + 1
        for match in self._always.finditer(text) if over else ():
            name = self._name_of(match["name"])
            if name is not None and "\n" in match["name"]:
                behind = match.end() + text.startswith("-", match.end())
                out.append((match.start(), behind, name))
        return out

    def _in_line(self, line: str) -> _InLine:
        """What a line holds, by itself; offsets count from its start."""
        bare = None
        if len(line) <= _BARE_LONGEST or len(_core(line)) <= _BARE_LONGEST:
            bare = self._find_bare(line)
        named: list[Header] = []
        previous, colon = -1, line.find(":")
        while colon >= 0:
            words, low = _before(line, previous, colon)
            for start, section, marks in self._before_colon(words, low > 0):
                behind = colon + 1
                if marks:
                    if len(line) >= behind + 2 and line[behind : behind + 2].isdecimal():
                        continue  # a time of day
                    while line[behind : behind + 1] in ("-", "*"):
                        behind += 1
                elif line.startswith("-", behind):
                    behind += 1
                named.append((low + start, behind, section))
            previous, colon = colon, line.find(":", colon + 1)
        # these patterns are slow at letters by which no header begins, and most lines hold none
        capitals = self._any_capital.search(line) is not None and line != line.upper()
        for match in self._capital.finditer(line) if capitals else ():
            opened = self._name_of(match["name"])
            if opened is not None and not self._leading.search(line, 0, match.start()):
                named.append((match.start(), match.end(), opened))
        half = bool(self._halves) and line.rstrip()[-_LONGEST:].lower().endswith(self._halves)
        dashed = ("-" in line or "–" in line) and _DASH.search(line) is not None
        for match in self._dashed.finditer(line) if dashed else ():
            opened = self._name_of(match["name"])
            if opened is not None:
                named.append((match.start(), match.end(), opened))
        return (bare, tuple(_clear(named)), half) if bare or named or half else _NOTHING

    def _find_before_colon(self, words: str, cut: bool) -> tuple[tuple[int, str, bool], ...]:
        """Headers that a colon ends: start, section, whether marks behind the colon belong to it.

        Args:
            words: what stands before the colon, in which starts count.
            cut: is it less than the whole line up to there?
        """
        # Where the line is cut, a letter stands for what was cut off: no header begins there.
        text = ("x" if cut else "\n") + words + ":"
        found: dict[tuple[int, str, bool], None] = {}
        for pattern, marks in ((_NAMED, True), (self._always, False)):
            for match in pattern.finditer(text, overlapped=marks):
                name = self._name_of(match["name"])
                if not marks and self._leading.search(text, 0, match.start()):
                    continue  # "three priors for comparison:"
                if match.end() == len(text) and name is not None:
                    found[match.start("name") - 1, name, marks] = None
        return tuple(found)

    def _find_bare(self, line: str) -> Header | None:
        match = _BARE.match(line)
        name = self._bare_name_of(match["name"]) if match else None
        return (match.start("name"), match.end(), name) if match and name is not None else None

    def _has_its_line(self, text: str, start: int, end: int, room: int) -> bool:
        """Was a short line meant as one, or did a word wrap leave it?

        A wrap breaks a line only where the next word has no room: that tells the two apart without
        capitals.

        Args:
            text: the report.
            start, end: the line.
            room: length of the report's longest line, from `_room`.
        """
        line = text.rfind("\n", 0, start)
        before = text[text.rfind("\n", 0, max(line, 0)) + 1 : max(line, 0)].rstrip()
        if not before:  # its indent stays: it takes room
            return True
        if self._unfinished.search(before):
            return False
        first = text[start:end].split(maxsplit=1)[0]
        if not before.endswith(_ENDED) and len(before) + 1 + len(first) > room:
            return False
        stop = text.find("\n", end + 1)
        behind = text[end : stop if stop >= 0 else len(text)].split(maxsplit=1)
        return not behind or end - line + len(behind[0]) <= room


def _clear(headers: list[Header]) -> list[Header]:
    """Headers in order, the longest of those that overlap."""
    headers.sort(key=lambda header: (header[0], -header[1]))
    clear: list[Header] = []
    stop = 0
    for header in headers:
        if header[0] >= stop:
            clear.append(header)
            stop = header[1]
    return clear


def _before(line: str, previous: int, colon: int) -> tuple[str, int]:
    """What stands before a colon, and where it begins: no header is longer or has a colon inside."""
    low = colon - _WINDOW
    if previous > 0 and previous >= low:
        return line[previous:colon], previous
    if low <= 0:
        return line[:colon], 0
    words = line[low:colon]
    if len(_core(words)) < 2 * _LONGEST:  # blanks and stars by the dozen: better look at it all
        return line[:colon], 0
    return words, low


def _room(lines: Iterable[str]) -> int:
    """The width at which a text is wrapped, if it is: the length of its longest line."""
    return max(_NARROW, max(map(len, lines)))


def _core(line: str) -> str:
    """A line without the blanks and marks that may stand around a header."""
    return line.strip().strip("*#.").strip().strip("*#")


def is_meant(text: str, at: int, unfinished: LatePattern) -> bool:
    """Was the line break at `at` meant, or made by a word wrap?

    Args:
        text: the report.
        at: where the line break is.
        unfinished: matches the end of a line that goes on in the next.
    """
    before = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    if before.endswith(_ENDED):
        return True
    behind = text[at : at + _WINDOW].split(maxsplit=1)
    room = _room(text.split("\n"))
    return not unfinished.search(before) and len(before) + 1 + len(behind[0]) <= room
