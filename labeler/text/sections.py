"""A report's text -> named sections, offsets kept."""

import re
from collections.abc import Iterable
from functools import lru_cache

import regex

from labeler.rules.phrases import expand
from labeler.rules.text_schema import FormsFile, SectionsFile
from labeler.text.forms import alternatives
from labeler.text.headers import HeaderFinder, is_meant
from labeler.text.late_pattern import LatePattern
from labeler.text.plain import plain_text
from labeler.types import Section

FINDINGS, IMPRESSION, BOTH, BODY = "findings", "impression", "findings and impression", "body"
INDICATION, HISTORY = "indication", "history"

# Where a section that is left out ends though no header follows: at a blank line; in a report
# without findings or impression headers also behind a short line, which no word wrap has made.
_PARAGRAPH = re.compile(r"\s*\S[\s\S]*?(\n[^\S\n]*\n)")
_SHORT_LINE = re.compile(r"\s*\S[^\n]{0,58}(\n)(?=[^\n]*\S)")
# In a text on one line what is left out has no visible end: a comparison or technique is one
# sentence, a history ends where the radiologist begins to tell what is seen.
_SENTENCE_END = regex.compile(r"[.?!](\s+)(?=\p{L}{2})")
_CLINICAL_END = regex.compile(r"(?<!(?:^|[\s(])\p{L})[.?!]\s+|\s*\n\s*")
_ONE_SENTENCE = frozenset({"technique", "comparison", "examination"})
_RUNS_ON = frozenset({"history", "indication"})
_ASCII_WORD = re.compile(r"\b(?![xX]+\b)[A-Za-z]")
_WORD = regex.compile(r"\b(?!(?i:x+)\b)\p{L}+")


class SectionFinder:
    """Finds sections by the header spellings of `sections.yaml`; the names of `forms.yaml` open none."""

    def __init__(self, rules: SectionsFile, forms: FormsFile) -> None:
        self._names: dict[str, str] = {}
        for name, spellings in rules.headers.items():
            for spelling in (name, *(o for s in spellings for o in expand(s))):
                self._names.setdefault(_fold(spelling), name)
        for view in rules.views:
            for option in expand(view):
                self._names.setdefault(_fold(option), FINDINGS)
        self._view_words = frozenset(_fold(w) for w in rules.view_words)
        self._organs = frozenset(
            _fold(o) for name in (*forms.names, *forms.parts) for o in expand(name)
        )
        self._unfinished = LatePattern(
            rf"(?:[,/&]|(?<![\p{{L}}\d])(?:{alternatives(forms.unfinished)}))\s*$"
        )
        self._accents = rules.accents
        self._not_labelled = frozenset(rules.not_labelled)
        self._whole_lines = {FINDINGS, IMPRESSION, BOTH, BODY, *rules.not_labelled}
        options = alternatives(rules.telling)
        self._telling = LatePattern(rf"(?:[.?!]|_{{2,}}|\d)(\s+)(?=(?:{options})\b)")
        words = "|".join(map(regex.escape, rules.title_words)) or "(?!)"
        self._question = LatePattern(
            rf"\s*(?:(?:{words})\b[\s.,:\-–/()]*)*(?:\?|(?:{alternatives(rules.asking)})\b)[^\n.]{{2,60}}"
            rf"(?:[.?][^\S\n]*\n|[^\S\n]*\n(?!\s*(?-i:\p{{Ll}}))|[^\S\n]*\n(?=\s*(?:{options})\b))",
        )
        self._closing = frozenset(rules.closing)
        self._fuzzy = [
            (name, regex.compile(rf"(?b)(?:{name}){{e<={2 if len(name) > 7 else 1}}}"))
            for name in rules.misspelt
        ]
        self.name_of = lru_cache(maxsize=4096)(self._name_of)
        self._shape = lru_cache(maxsize=4096)(self._shape_of)
        self._doubtful = lru_cache(maxsize=4096)(self._doubtful_as)
        leading = [word for word in forms.unfinished if word not in forms.joints]
        # "negative findings:" is an answer to what follows, and no header
        answers = [o for group in forms.answers_first.values() for p in group for o in expand(p)]
        leading += [o.rpartition(" ")[0] for o in answers if self._names.get(o.split()[-1])]
        self._headers = HeaderFinder(
            self.name_of,
            self._bare_name_of,
            self._unfinished,
            LatePattern(rf"(?<![\p{{L}}\d])(?:{alternatives(leading)})\s*$"),
            [option for phrase in rules.anywhere for option in expand(phrase)],
            [option for phrase in rules.anywhere for option in expand(phrase)],
        )
        self._at_top = _folded(rules.clinical_at_top)
        self._unsure = _folded(rules.unsure)
        sure, beside, further = (
            alternatives(phrases).replace(r"\#", r"\d{1,3}")
            for phrases in (
                rules.clinical.sure,
                rules.clinical.beside_findings,
                rules.clinical.further,
            )
        )
        self._clinical = LatePattern(
            rf"\W*(?:(?P<sure>{sure})|(?P<beside>{beside}))(?![\p{{L}}\d])"
        )
        self._further = LatePattern(rf"\W*(?:{further})(?![\p{{L}}\d])")
        self._tells = LatePattern(rf"\s*(?:{options})\b")
        self._telling_line = LatePattern(rf"(?:[.?!]|\n|_{{2,}})(\s*)(?=(?:{options})\b)")

    def _name_of(self, header: str) -> str | None:
        """The section that a header's words open, `None` where they are no header."""
        folded = _fold(header)
        if folded in self._names:
            return self._names[folded]
        if folded in self._organs:
            return None
        words = [w for w in regex.split(r"[\s,/()\-]+", folded) if w]
        if words and all(w in self._view_words or w.isdigit() for w in words):
            return FINDINGS if any(not w.isdigit() for w in words) else None
        if len(words) == 1 and len(folded) >= 6:
            best: tuple[int, str] | None = None
            for name, pattern in self._fuzzy:
                if folded[0] not in name[:2]:
                    continue  # "depression"
                match = pattern.fullmatch(folded)
                if match and (best is None or sum(match.fuzzy_counts) < best[0]):
                    best = (sum(match.fuzzy_counts), name)
            if best:
                return self._names.get(best[1], best[1])
        return None

    def find(self, text: str) -> list[Section]:
        """All sections of a report in text order.

        What stands before any header, or in a paragraph of its own behind a section that is known
        to be something else (indication, technique, ...), is `body`.
        """
        text = plain_text(text, self._accents)
        one_line = "\n" not in text.strip()
        if ":" not in text and one_line and "- " not in text and not self._clinical.match(text):
            return _sections([(BODY, 0, len(text))], text)
        clear = self._by_content(text, self._headers(text))
        stated, last = self._shape(tuple([header[2] for header in clear]))
        asked = self._question.match(text)
        begin = asked.end() if asked and is_meant(text, asked.end() - 1, self._unfinished) else 0
        top = max(begin, clear[0][0]) if clear else len(text)
        told = begin or self._end_of_clinical(text, top, named=bool(clear))
        parts: list[tuple[str, int, int]] = [(INDICATION, 0, told), (BODY, told, top)]
        for i, (_, end, name) in enumerate(clear):
            stop = clear[i + 1][0] if i + 1 < len(clear) else len(text)
            if name in self._not_labelled:
                paragraph = None if one_line else _PARAGRAPH.match(text, end, stop)
                if paragraph and not text[paragraph.end(1) : stop].strip():
                    paragraph = None
                if not paragraph and not stated and i == last:
                    paragraph = _SHORT_LINE.match(text, end, stop)
                    if paragraph and not is_meant(text, paragraph.start(1), self._unfinished):
                        paragraph = None
                if not paragraph and not stated and one_line:
                    if name in _ONE_SENTENCE:
                        paragraph = _SENTENCE_END.search(text, end, stop)
                    if not paragraph and name in _ONE_SENTENCE | _RUNS_ON:
                        paragraph = self._telling.search(text, end, stop)
                if paragraph:
                    parts.append((name, end, paragraph.start(1)))
                    parts.append((BODY, paragraph.end(1), stop))
                    continue
            parts.append((name, end, stop))
        return _sections(parts, text)

    def _shape_of(self, names: tuple[str, ...]) -> tuple[bool, int]:
        """Are there findings under their header, and behind which header may there be some under none?"""
        context = [i for i, name in enumerate(names) if name in self._not_labelled]
        # "Clinical: ...", the findings without a header, "Advice: ..."
        opening = [i for i in context if names[i] not in self._closing]
        return FINDINGS in names or BOTH in names, max(opening or context, default=-1)

    def _by_content(
        self, text: str, headers: list[tuple[int, int, str]]
    ) -> list[tuple[int, int, str]]:
        """The headers, those of doubtful meaning by what their sections say and where they stand."""
        for i, (start, end, name) in enumerate(headers):
            doubtful = self._doubtful(text[start:end], name)
            if doubtful is None:
                continue
            stop = headers[i + 1][0] if i + 1 < len(headers) else len(text)
            if doubtful == BODY:
                if self._tells.match(text, end, stop):
                    headers[i] = (start, end, BODY)
            elif not any(n in (FINDINGS, IMPRESSION, BOTH) for _, _, n in headers[:i]):
                later = any(n in (FINDINGS, BOTH) for _, _, n in headers[i + 1 :])
                paragraph = _PARAGRAPH.match(text, end, stop)
                if later or (paragraph and text[paragraph.end(1) : stop].strip()):
                    headers[i] = (start, end, HISTORY)
        return headers

    def _doubtful_as(self, header: str, name: str) -> str | None:
        """The section that a header may open instead of the one that it is known for."""
        folded = _fold(header.rstrip(" :-–—"))
        if folded in self._unsure and name in self._not_labelled:
            return BODY
        return HISTORY if folded in self._at_top else None

    def _end_of_clinical(self, text: str, top: int, *, named: bool) -> int:
        """Where clinical text under no header ends, 0 where the text begins with none.

        Args:
            text: the report.
            top: where its first header stands.
            named: is there one?
        """
        opens = self._clinical.match(text, 0, top)
        if opens is None:
            return 0
        for border in _CLINICAL_END.finditer(text, opens.end(), top):
            at = border.end()
            if self._clinical.match(text, at, top) or self._further.match(text, at, top):
                continue
            tells = self._tells.match(text, at, top) or self._telling_line.search(text, at, top)
            wrapped = "\n" in border.group() and not border.group().strip(" \t\r\n")
            if wrapped and border.group().count("\n") < 2 and not self._tells.match(text, at, top):
                continue
            if tells or (opens["sure"] and text[at:top].strip()):
                return int(at)
        return top if opens["sure"] or named else 0

    def _bare_name_of(self, header: str) -> str | None:
        """A header without a colon: only words that nobody writes as a whole line of findings."""
        name, folded = self.name_of(header), _fold(header)
        sure = name in self._whole_lines
        sure = sure and folded in self._names and not folded.endswith((" to", " with"))
        return name if sure else None


def _fold(header: str) -> str:
    return " ".join(header.casefold().replace("(s)", "s").split()).strip(" .*#-")


def _folded(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(_fold(option) for phrase in phrases for option in expand(phrase))


def _sections(parts: Iterable[tuple[str, int, int]], text: str) -> list[Section]:
    return [
        Section(name, start, end)
        for name, start, end in parts
        if start < end and (_ASCII_WORD.search(text, start, end) or _WORD.search(text, start, end))
    ]
