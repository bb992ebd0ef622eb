"""A name of a form with its value: what the pair says.

An answer decides about the findings that its name states. Other words are read as a sentence that has the
name as its subject, in both orders, since they may stand before or behind it in a sentence: "possible small
right apical" + "pneumothorax", "pneumothorax" + "has resolved".
"""

from collections.abc import Iterator, Sequence

from labeler.assertion.classifier import Assertion, Classifier
from labeler.mentions.matcher import Rule
from labeler.rules.schema import ANSWERED
from labeler.text.sentences import FURTHER

_NEGATIVE, _UNCERTAIN, _UNSAID, _NORMAL = "absent", "uncertain", "unsaid", "normal"


class PairReader:
    """Reads pairs of name and value.

    Args:
        classifier: reads words, of which some are a name and its colon, as a sentence.
        rules: the rules that mentions point to.
        denial: the words that deny what follows them.
    """

    def __init__(
        self, classifier: Classifier, rules: Sequence[Rule], denial: Sequence[str]
    ) -> None:
        self._classifier = classifier
        self._rules = rules
        self._denial = denial

    def __call__(
        self, words: Sequence[str], size: int, first: bool, answer: str
    ) -> Iterator[Assertion]:
        """The mentions of a pair.

        Args:
            words: the name's words, a colon, the value's.
            size: how many of them are the name and the colon.
            first: does the value stand right behind the name?
            answer: the value's meaning, from `Sentence`.
        """
        whole = self._read(words, size)
        if not first and answer != FURTHER:
            # what the name says was said in the first sentence
            yield from (m for m in whole if m.end > size)
            return
        inside = [m for m in whole if m.end > size or self._by_state(m, size)]
        named = self._read(words[: size - 1], 0)
        if answer and answer != FURTHER:
            cue = tuple(i for i in range(size, len(words)) if words[i].isalnum())
            cue = cue or tuple(range(size, len(words)))
            stated = {(m.start, m.end) for m in named}
            yield from (m for m in inside if (m.start, m.end) not in stated and m.start < size)
            yield from self._answered(named, answer, cue)
            if not named and answer == _NEGATIVE:
                yield from self._denied(words[: size - 1], cue)
            return
        yield from inside
        if not named:
            return
        said = {self._rules[m.rule].family for m in inside if m.start >= size}
        if said and answer == FURTHER:
            return
        for mention in self._subjects(words, size, named, inside):
            if self._rules[mention.rule].family not in said:
                yield mention

    def _read(self, words: Sequence[str], heading: int) -> list[Assertion]:
        return self._classifier.read(words, heading)[1]

    def _answered(
        self, named: list[Assertion], answer: str, cue: tuple[int, ...]
    ) -> Iterator[Assertion]:
        """The findings of a name, as an answer decides."""
        for mention in named:
            if answer == _UNSAID:
                continue
            value = mention.value
            if answer == _NORMAL and self._rules[mention.rule].may_be_normal:
                pass  # "ETT: ok"
            elif answer in (_NEGATIVE, _NORMAL):
                if mention.value == 0 and answer == _NEGATIVE:
                    continue  # "no effusion: no"
                value = 0
            elif answer == _UNCERTAIN:
                value = min(value, -1) if value == 1 else value
            yield mention._replace(value=value, cue=cue, reason=ANSWERED)

    def _denied(self, name: Sequence[str], cue: tuple[int, ...]) -> Iterator[Assertion]:
        """What a name that is no finding says when it is denied: "Lines: none" as "no lines"."""
        shift = len(self._denial)
        for mention in self._read([*self._denial, *name], 0) if shift else ():
            if mention.value == 0 and mention.end > shift:
                start, end = max(mention.start - shift, 0), mention.end - shift
                yield mention._replace(start=start, end=end, cue=cue, reason=ANSWERED, remarks=())

    def _by_state(self, mention: Assertion, size: int) -> bool:
        """Is it a structure of the name whose state the value tells?"""
        return (
            mention.end <= size
            and self._rules[mention.rule].is_structure
            and any(i >= size for i in mention.cue)
        )

    def _subjects(
        self, words: Sequence[str], size: int, named: list[Assertion], inside: list[Assertion]
    ) -> Iterator[Assertion]:
        """What a value that is no answer says of the findings of its name."""
        own = [m for m in inside if m.start >= size]
        value = words[size:]
        begin = min((m.start - size for m in own), default=len(value))
        lead = list(value[:begin])
        marks = [i for i, word in enumerate(lead) if not word.isalnum() and word != "-"]
        if own:
            lead = lead[: marks[-1]] if marks else []
        while lead and not lead[-1].isalnum():
            lead.pop()
        if not lead:
            if any(m.value == 1 for m in own) or not own:
                yield from named
            elif any(m.value == -1 for m in own):
                yield from (m._replace(value=-1) if m.value == 1 else m for m in named)
            return
        name = list(words[: size - 1])
        here = [*range(size, size + len(lead)), *range(len(name))]
        there = [*range(len(name)), *range(size, size + len(lead))]
        before = self._decided([*lead, *name], here, size)
        behind = self._decided([*name, *lead], there, size)
        for mention in named:
            rule = self._rules[mention.rule].family
            cued = [m for m in (before.get(rule), behind.get(rule)) if m is not None]
            if cued and mention.value == 1:
                yield min(cued, key=lambda m: m.value)._replace(
                    rule=mention.rule, start=mention.start, end=mention.end
                )
            else:
                yield mention

    def _decided(
        self, words: Sequence[str], places: Sequence[int], size: int
    ) -> dict[str, Assertion]:
        """Family -> what a word of the value decides of its finding, places those of the pair."""
        out: dict[str, Assertion] = {}
        for mention in self._read(words, 0):
            cue = tuple(places[i] for i in mention.cue)
            if any(i >= size for i in cue):
                remarks = tuple(
                    remark._replace(cue=tuple(places[i] for i in remark.cue))
                    for remark in mention.remarks
                )
                out[self._rules[mention.rule].family] = mention._replace(cue=cue, remarks=remarks)
        return out
