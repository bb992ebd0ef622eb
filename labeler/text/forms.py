"""The words and marks of `forms.yaml`, compiled: answers, boxes, names, and what parts a name from its value."""

import re
from collections.abc import Iterable
from itertools import groupby

import regex

from labeler.rules.phrases import expand
from labeler.rules.text_schema import FormsFile
from labeler.text.blocks import CLOSE, WIDE, plain
from labeler.text.late_pattern import LatePattern

_GAP = regex.compile(rf"\t|{WIDE}")
_ROW = re.compile(r"[,;]\S{1,12}\s*$")
_SIGN_BEHIND = re.compile(r"\+(?:[\s.,;]|$)|\s[-–−](?:[\s.,;]|$)")
MAX_NAME = 60
"""Characters; what is longer is no name of a form's line."""


def alternatives(phrases: Iterable[str]) -> str:
    """A pattern for any of some phrases, the longest first; it matches nothing where there are none.

    What phrases have in common at their beginnings is tried once, so that hundreds cost as little as one.
    """
    options = {option.lower() for phrase in phrases for option in expand(phrase) if option}
    return _branches(sorted(options)) if options else "(?!)"


def _branches(options: list[str]) -> str:
    """A pattern for any of some sorted texts, the longest first."""
    if len(options) == 1:
        return r"\s+".join(map(regex.escape, options[0].split(" ")))
    ends = "" in options
    out = []
    for first, group in groupby((option for option in options if option), lambda o: o[0]):
        sign = r"\s+" if first == " " else regex.escape(first)
        out.append(sign + _branches([option[1:] for option in group]))
    if not out:
        return ""
    joined = out[0] if len(out) == 1 and not ends else f"(?:{'|'.join(out)})"
    return f"{joined}?" if ends else joined


def _signs(signs: Iterable[str]) -> str:
    return "|".join(map(regex.escape, sorted(set(signs), key=lambda s: (-len(s), s)))) or "(?!)"


def _ends(signs: Iterable[str]) -> str:
    """A pattern for what follows the first character of some signs."""
    ends = sorted({sign[1:] for sign in signs}, key=len, reverse=True)
    return "|".join(map(re.escape, ends))


class FormWords:
    """The rules of `forms.yaml`, ready to match.

    Args:
        forms: the file.
    """

    def __init__(self, forms: FormsFile) -> None:
        self.meaning: dict[str, str] = {}
        for means, answers in forms.answers.items():
            for phrase in (*answers.words, *answers.alone):
                self.meaning |= dict.fromkeys(map(str.lower, expand(phrase)), means)
        for means, group in forms.marks.items():
            self.meaning |= dict.fromkeys(map(str.lower, group), means)
        self.first_meaning = {
            option.lower(): means
            for means, phrases in forms.answers_first.items()
            for phrase in phrases
            for option in expand(phrase)
        }
        words = alternatives(p for a in forms.answers.values() for p in (*a.words, *a.alone))
        alone = alternatives(p for a in forms.answers.values() for p in a.alone)
        bare = [o for a in forms.answers.values() for phrase in a.alone for o in expand(phrase)]
        bare += [mark for group in forms.marks.values() for mark in group]
        self.alone = frozenset(answer.lower().split()[-1] for answer in bare)
        """The last words of answers that may stand behind a name without a mark between the two."""
        marks = _signs(mark for group in forms.marks.values() for mark in group)
        marks = rf"(?:{marks})(?!/[-+–])"  # "atelectasis +/- effusion" answers nothing
        self.ticked = frozenset(map(plain, forms.boxes.ticked))
        self._bullets = frozenset(forms.boxes.bullets)
        boxes = _signs((*forms.boxes.ticked, *forms.boxes.empty))
        listed = alternatives(forms.names)
        joints = "|".join(
            regex.escape(joint) if not joint[0].isalpha() else rf"\b{regex.escape(joint)}\b"
            for joint in forms.joints
        )
        openers = alternatives(forms.name_openers)
        # The names stand there once, for an alternation this large takes long to compile: from the second
        # name on a joint stands before it, the first begins where no word does.
        joint = rf"\s*(?:(?:{joints})\s*){{1,2}}"
        joined = rf"(?!{joint})(?:(?:(?<![\p{{L}}\d])|{joint})(?:{listed})){{1,9}}"
        named = rf"(?:(?:{openers})\s+){{0,2}}{joined}(?![\p{{L}}\d])"
        # written out wherever they are used: a call of a defined group costs ten times its match
        name, words = named, rf"(?:{words})(?![\p{{L}}\d])"
        short = rf"\p{{L}}[^.;:|=?\n\t,\[\](){{}}\"{_box_marks(forms)}]{{0,{MAX_NAME}}}?(?<=[\p{{L}}\d])"
        value = rf"(?P<value>{words}|{marks})(?:\s*,?\s+(?P<tail>{alternatives(forms.tails)}))?"
        asked = rf"\?[\s:–—>-]*(?:(?:{alternatives(forms.answering)})\s*[:.]\s*)?"
        choice = rf"(?:\s*[\[(]\s*(?:{alternatives(forms.choices)})\s*[\])])?"
        parted = (
            rf"{choice}(?:[\"']?\s*(?::-?(?!\d\d)=?|=|{asked}|\t|(?:\.\s?){{3,}}|…|_{{3,}})\s*"
            rf"|\s+(?:[-–—]{{1,2}}|->|→)\s+|{WIDE}(?=\S))[\"']?"
        )
        told = rf"[\[(]\s*(?:{words}|{marks})\s*[\])]"
        follows = rf"\s+(?:{short}\s*(?:[:=]\s*[\"\[(]?{words}|{told})|{name}\s*(?::|\.{{3}}))"
        # a full stop behind an answer, but no decimal point and no "no. 5"; a list's number may follow
        stop = r"\.(?:(?<=\p{L}\.)(?=\d{1,2}[.)]\s*\p{L})|(?!\d)(?!\s+\d+(?![\d.)])))"
        # which line breaks are meant is known by then: those left are blanks
        end = rf"[^\S\n]*[\"']?(?:$|[;|/}}\]!]|,(?!\d)|{stop}|(?={follows})|(?={WIDE}|\s[-–—]\s))"
        # "any" would be a doubt in the name
        asks = rf"(?:(?:{alternatives(forms.question_openers)})\s+)?"
        either = rf"{asks}(?P<name>{name}|{short})"
        plus_or_minus = _signs(
            m for group in forms.marks.values() for m in group if not m.strip("+-–−")
        )
        opened = r"(?P<opened>[\[(]\s*)"
        self.parted_pair = LatePattern(
            rf"{either}(?:{parted}{opened}??|\s*{opened}){value}(?(opened)\s*[\])]){end}"
        )
        # a row of a file: "Edema,no"
        self.row_pair = LatePattern(rf"{either}[,;](?P<value>{words}|{marks})[^\S\n]*$")
        self.bare_pair = LatePattern(
            rf"{either}(?:\s+(?P<value>(?:{alone})(?![\p{{L}}\d])|{marks})|(?P<value>\+{{1,3}})){end}"
        )
        # behind a comma a word would be prose
        self.signed_pair = LatePattern(
            rf"{either}\s*(?P<value>\++|(?<=\s)(?:{plus_or_minus})){end}"
        )
        # A sign by itself would be searched for up to the text's end at each try.
        colon = "[:\uff1a]"
        self.listed = LatePattern(rf"{name}")
        self.colon = LatePattern(rf"(?P<name>{name})\s*{colon}(?!\d\d)")
        # "neck of humerus" is no name with a value, however wide the blanks are
        goes_on = rf"(?!\s*(?:{alternatives(forms.continuing)})(?![\p{{L}}\d]))"
        self.parted_name = LatePattern(
            rf"{asks}(?P<name>{name})(?!\s*\?(?!\s*[-–—])|{WIDE}){parted}{goes_on}"
        )
        part = rf"(?:{alternatives(forms.parts)})\s*[:=]"
        self.apart = LatePattern(rf"(?P<name>{name})\s*[,;]\s*(?={part})")
        self.answer = LatePattern(rf"{value}{end}")
        self.whole_answer = LatePattern(rf"[\s\"'(\[]*{value}[\s.\"')\],;]*\Z")
        first = alternatives(p for phrases in forms.answers_first.values() for p in phrases)
        self.first = LatePattern(rf"(?P<value>{first})\s*{colon}")
        front = (
            "|".join(rf"{regex.escape(mark)}(?![\p{{L}}\d])" for mark in forms.marks_in_front)
            or "(?!)"
        )
        sure = [
            mark
            for means, group in forms.marks.items()
            for mark in group
            if means != "uncertain" and not mark.isalnum()
        ]
        told = alternatives(
            p for means, a in forms.answers.items() if means != "unsaid" for p in a.words
        )
        in_front = [mark for mark in sure if not mark.strip("+-–−")]
        plus_minus = _signs(in_front)
        link = rf"\s*(?:(?:{alternatives(forms.links)})\s+)?(?=\p{{L}})"
        self.front = LatePattern(
            rf"(?P<value>{first})\s*(?P<colon>{colon})(?=[^\n]*\p{{L}})"
            rf"|(?P<value>{first}|{told})\s+(?:[-–—]{{1,2}}|->|→|=)\s+(?=[\p{{L}}])"
            rf"|[\[(]\s*(?P<value>{told}|{_signs(sure)})\s*[\])]{link}"
            rf"|(?P<value>{front})(?:\s*(?P<colon>{colon}))?{link}|(?P<value>(?P<sign>{plus_minus})){link}"
        )
        mark = _signs(mark for group in forms.marks.values() for mark in group)
        self.front_mark = LatePattern(rf"(?P<value>{mark})(?P<colon>(?!))?{link}")
        self.other_sign: dict[str, LatePattern] = {
            means: LatePattern(
                rf"[,;]\s*(?:{_signs(m for m in in_front if self.means(m) != means)}){link}"
            )
            for means in forms.marks
        }
        """For each meaning of a sign in front of a name, signs there that mean something else."""
        self.asks = LatePattern(rf"(?:{alternatives(forms.asking)})\s*\d{{0,2}}\s*[:.)]\s*")
        self.telling = LatePattern(
            rf"(?<![\p{{L}}\d])(?:{alternatives(forms.telling)})(?![\p{{L}}\d])"
        )
        begins = rf"(?:{alternatives(forms.behind_slash)})(?![\p{{L}}\d])"
        self.begins = LatePattern(begins)
        self.parting_slash = LatePattern(
            rf"(?<!(?<![\p{{L}}\d])(?:{alternatives(forms.before_no_slash)}))\s+/\s+(?={begins})"
        )
        self.denied = LatePattern(
            rf"(?<![\p{{L}}\d]){regex.escape(forms.denial) or '(?!)'}(?![\p{{L}}\d])"
        )
        self.box = LatePattern(boxes)
        self.part = LatePattern(
            rf"(?P<part>{alternatives(forms.parts)})(?![\p{{L}}\d])\s*(?P<sep>[:=]|[-–—]\s)?\s*"
        )
        self.placed = LatePattern(
            rf"[^.,;\n]{{0,{MAX_NAME}}}(?<![\p{{L}}\d])(?:{alternatives(forms.tails)})\s*(?:[.,;]|$|\n)"
        )
        self.columns = frozenset(plain(o) for phrase in forms.columns for o in expand(phrase))
        self.joint = LatePattern(rf"\s*(?:{joints}|[,;])\s*")
        shown = [mark for mark in forms.marks_in_front if not mark.isascii() or len(mark) > 1]
        # One look at a line tells whether it may be more than prose. By `re`, which searches five times as
        # fast as `regex`, and passes over letters at once as long as the first character stands for itself.
        opens = "".join({o[0] for a in forms.answers.values() for p in a.alone for o in expand(p)})
        marked = "".join({mark[0] for group in forms.marks.values() for mark in group})
        behind_blank = (
            rf"(?=[\s\-–—/{re.escape(marked + opens.lower() + opens.upper())}])(?:[-–—]{{1,2}}\s|/\s"
            rf"|(?<!{CLOSE})[^\S{CLOSE}]{{2}}"
            rf"|(?:(?:{alone})|{marks})[^\S\n]*(?:[;/]|(?:(?<!\d)|(?![.,]\d))[.,]|$))"  # not "1.5"
        )
        signs = sorted({*forms.boxes.ticked, *forms.boxes.empty, *shown})
        signed = "|".join(
            rf"(?<={re.escape(first)})(?:{_ends(group)})"
            for first, group in groupby(signs, lambda m: m[0])
        )
        behind_sign = (
            rf"(?<=[:|=\t?…{{→])|(?<=\.)\s?\.\s?\.|(?<=[,;])\S{{1,12}}\s*$|(?<=-)>"
            rf"|(?<=\+)\+{{0,2}}[^\S\n]*(?:[.,;]|$)|(?<=_)__"
            rf"|(?<=[\[(])\s*(?:{marks}|{words})\s*[\])]|{signed or '(?!)'}"
        )
        begins = "".join({case for mark in signs for case in (mark[0].lower(), mark[0].upper())})
        sign = rf"(?:(?<=\s)(?:{behind_blank})|(?<![ \n])(?:{behind_sign}))"
        sign = sign.replace(r"[\p{L}\d]", r"[^\W_]")
        self.sign = re.compile(rf"[:|=\t?…{{.,;_\s\[(→+\-{re.escape(begins)}](?i:{sign})")
        hidden = [*(m for m in forms.marks_in_front if m not in shown), "+", "-", "–"]
        self._first_sign = re.compile(
            rf"\s*(?:(?:{_signs(hidden)})(?:(?<=\W)|(?!\w)))\s*[^\W\d_]", re.IGNORECASE
        )
        self.unfinished = LatePattern(
            rf"(?:[,/&]|(?<![\p{{L}}\d])(?:{alternatives(forms.unfinished)}))[^\S\n]*$"
        )
        self.continuing = LatePattern(
            rf"\s*(?:{alternatives(forms.continuing)})(?![\p{{L}}\d])|\s*[,/&)]"
        )
        self.last_continuing = LatePattern(
            rf"(?<![\p{{L}}\d])(?:{alternatives(forms.continuing)})[^\S\n]*$"
        )
        self.opener = LatePattern(rf"\s*(?:{alternatives(forms.openers)})(?![\p{{L}}\d])")
        self.unit = LatePattern(rf"\s+(?:{alternatives(forms.units)})\b")
        self.decimals = LatePattern(rf"\s*\d+\s*(?:{alternatives(forms.units)})\b")

    def boxes(self, text: str, low: int, high: int) -> "list[regex.Match[str]]":
        """The boxes of a line; marks that may be bullets are boxes where ticked and empty ones stand together."""
        found = list(self.box.finditer(text, low, high))
        doubtful = [box for box in found if box.group() in self._bullets]
        if doubtful and len({box.group() in self.ticked for box in doubtful}) < 2:
            return [box for box in found if box.group() not in self._bullets]
        return found

    def pair(
        self, text: str, at: int, high: int, *, bare: bool = True, cells: bool = True
    ) -> "regex.Match[str] | None":
        """A name with an answer at `at`, in groups `name` and `value`.

        Args:
            text: the text.
            at, high: where the name begins, and what it must not reach beyond.
            bare: also without a mark between the two ("Effusion yes").
            cells: also with blanks between the two, as in a table.
        """
        match = self.parted_pair.match(text, at, high)
        if match and self._is_gap(text, match.end("name"), match.start("value")):
            split = _GAP.search(text, *match.span("value"))
            if split or not cells or not self._is_whole(text, *match.span("name")):
                match = None  # blanks inside prose: "is   not   excluded"
        # these two are large patterns that few texts need: a quick look comes first, no further than a name reaches
        near = min(high, at + 4 * MAX_NAME)
        if match is None and not bare and _SIGN_BEHIND.search(text, at, near):
            match = self.signed_pair.match(text, at, high)
        if match is None and bare:
            match = self.bare_pair.match(text, at, high)
            if match and not self._is_whole(text, *match.span("name")):
                match = None  # "with no. 5"
            if match is None and near == high and _ROW.search(text, at, high):
                match = self.row_pair.match(text, at, high)
        return match

    def _is_whole(self, text: str, start: int, end: int) -> bool:
        """May words be a name: none parts them, and the last one asks for no other?"""
        return not (
            _GAP.search(text, start, end)
            or self.unfinished.search(text, start, end)
            or self.last_continuing.search(text, start, end)
        )

    @staticmethod
    def _is_gap(text: str, start: int, end: int) -> bool:
        """Is nothing but the blanks of a column between a name and its value?"""
        return not text[start:end].strip(" \t\"'")

    def is_signed(self, text: str, low: int, high: int) -> bool:
        """May a line be more than prose?"""
        return bool(self.sign.search(text, low, high) or self._first_sign.match(text, low, high))

    def means(self, answer: str) -> str:
        """What an answer or mark means."""
        return self.meaning[plain(answer)]


def _box_marks(forms: FormsFile) -> str:
    return "".join(
        regex.escape(box) for box in (*forms.boxes.ticked, *forms.boxes.empty) if len(box) == 1
    )
