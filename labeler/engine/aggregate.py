"""Stage 3, aggregation: the mentions of findings -> the labels of a label set, a view of findings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from labeler.assertion.cues import Remark
from labeler.engine.codes import NOT_MENTIONED, UNCERTAIN
from labeler.mentions.matcher import VALUES, lineage
from labeler.rules.schema import STATED, Label, LabelSetFile

Value = int | None

OTHERS, IMPLIED = -1, -2
_MOST_KNOWN = 50_000
"""How many mentions' effects a label set remembers; remarks have places, so that there is no end of them."""


# What mentions say of one label: how they count (three bits), what they do to No Finding, then the same of those
# that give way to others, whether there are others, and the values themselves, however they count.
_FOR: Final = 1 << 0
_UNSURE: Final = 1 << 1
_AGAINST: Final = 1 << 2
_STOPS: Final = 1 << 3
_EARNS: Final = 1 << 4
_STATES: Final = 1 << 5
_FIRM: Final = 6
_SPOKEN: Final = 1 << 12
_SAID_FOR: Final = 1 << 13
_SAID_UNSURE: Final = 1 << 14
_SAID_AGAINST: Final = 1 << 15
_WIDTH: Final = 16
_FIELD: Final = (1 << _WIDTH) - 1
_COUNTED: Final = {1: _FOR, -1: _UNSURE, 0: _AGAINST, None: 0}
_SAID: Final = {1: _SAID_FOR, -1: _SAID_UNSURE, 0: _SAID_AGAINST}


class Effect(NamedTuple):
    """What a mention says of one label.

    Attributes:
        label: index of the label; `OTHERS` where no label takes the finding.
        value: `1`, `0` or `-1`.
        counts_as: what that is by the label's policy for uncertain mentions; `None` does not count.
        weak: gives way to any other mention of the label.
        stops: does it stand in the way of No Finding where that is judged by findings?
        earns: does it state something normal: a finding denied, or a device in place?
        remark: index of the remark that decided the value, `-1` where none did, `IMPLIED` where the label is
            only implied.
    """

    label: int
    value: int
    counts_as: Value
    weak: bool
    stops: bool
    earns: bool
    remark: int = -1


class View:
    """One label set: which label a mention counts for, with what value, and how mentions add up.

    A mention first counts as the label says (findings that are only possibly the label, remarks, the
    policy for uncertain mentions). Then, per label, any positive gives 1, else any uncertain -1, else
    any negative 0, else `None` (Irvin et al. 2019). All of it is declared in the label set's file.

    Args:
        labels: the label set.
        parents: finding id -> its parents' ids, for all findings.
    """

    def __init__(self, labels: LabelSetFile, parents: Mapping[str, Sequence[str]]) -> None:
        self.name = labels.name
        self.observations = tuple(labels.observations)
        self.others = labels.others
        self._labels = labels
        rule = labels.no_finding
        self.no_finding = self.observations.index(rule.label) if rule else None
        """Place of No Finding among the labels, `None` where there is none."""
        self.ignored_places = frozenset(
            i
            for i, name in enumerate(self.observations)
            if rule and name in {rule.label, *rule.ignores}
        )
        """Places of No Finding and of the labels that do not stand in its way."""
        self._of = {finding: self._labels_of(finding, parents) for finding in parents}
        names = {*labels.no_finding.ignores} if labels.no_finding else set()
        ignored = {finding for finding in parents if names & {*lineage(finding, parents)}}
        for finding, made in self._of.items():
            if any(labels.labels[i].name in names for i, _ in made):
                ignored.add(finding)
        self._ignored = frozenset(ignored)
        place = {name: i for i, name in enumerate(self.observations)}
        self.width = _WIDTH * (len(place) + 1)
        """Bits of what mentions say of the labels, and of what no label takes."""
        self._judged = [i for name, i in place.items() if rule and name not in rule.ignores]
        self._blank = bytes([NOT_MENTIONED]) * len(place)
        self._denied = NOT_MENTIONED if labels.negative_as == "none" else 0
        self._known: dict[tuple[object, ...], tuple[Effect, ...]] = {}
        self._implied = {
            (implication.finding, VALUES[when]): [
                (place[name], VALUES[value]) for name, value in implication.adds.items()
            ]
            for implication in labels.implications
            for when in implication.when
        }

    def _labels_of(
        self, finding: str, parents: Mapping[str, Sequence[str]]
    ) -> tuple[tuple[int, bool], ...]:
        """The labels that a finding makes, each with whether it is only possibly so."""
        line = lineage(finding, parents)
        out = []
        for i, label in enumerate(self._labels.labels):
            # the nearest of the finding and its parents that the label names decides
            for name in line:
                if name in label.without:
                    break
                if name in label.possible or name in label.findings:
                    out.append((i, name in label.possible))
                    break
        if not out:
            out = [
                (i, False)
                for i, label in enumerate(self._labels.labels)
                if label.every_other and not {*line} & {*label.without}
            ]
        return tuple(out)

    def labels_of(self, finding: str) -> list[str]:
        """Names of the labels that a finding makes."""
        return [self.observations[i] for i, _ in self._of[finding]]

    def name_of(self, effect: Effect) -> str:
        """The label that an effect is about."""
        return self.others if effect.label == OTHERS else self.observations[effect.label]

    def effects(
        self, finding: str, value: int, reason: str, remarks: tuple[Remark, ...], weak: bool
    ) -> tuple[Effect, ...]:
        """What a mention says of the labels, one for each label that its finding makes, or one for none."""
        key = finding, value, reason, remarks, weak
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = self._effects(*key)
        return known

    def _effects(
        self, finding: str, value: int, reason: str, remarks: tuple[Remark, ...], weak: bool
    ) -> tuple[Effect, ...]:
        may_stop = finding not in self._ignored
        out = []
        for i, possible in self._of[finding]:
            label = self._labels.labels[i]
            mine: Value = value
            because, by = reason, -1
            for number, remark in enumerate(remarks):
                if remark.name in label.remarks:
                    mine, because, by = remark.value, remark.reason, number
                    break
            if mine is None:
                continue
            if mine == 1 and possible:
                mine = -1
            counts = self._counts(label, mine, because)
            stops, earns = may_stop and mine != 0, mine == (0 if may_stop else 1)
            out.append(Effect(i, mine, counts, weak, stops, earns, by))
        if not self._of[finding]:
            stops, earns = may_stop and value != 0, value == (0 if may_stop else 1)
            out.append(Effect(OTHERS, value, None, weak, stops, earns))
        for i, added in self._implied.get((finding, value), ()):
            counts = self._counts(self._labels.labels[i], added, STATED)
            out.append(Effect(i, added, counts, False, may_stop and added != 0, False, IMPLIED))
        return tuple(out)

    @staticmethod
    def _counts(label: Label, value: int, reason: str) -> Value:
        """What a mention of this value counts as; `None` does not count."""
        policy = label.uncertain_as
        if value != -1 or policy is None:
            return value
        decision = policy.hedges.get(reason, policy.otherwise)
        return None if decision == "none" else VALUES[decision]

    def votes(self, effects: Iterable[Effect]) -> int:
        """What some mentions say of the labels, as one number; that of all of them is the union of each one's."""
        votes = 0
        for effect in effects:
            label = effect.label if effect.label != OTHERS else len(self.observations)
            votes |= _vote(effect) << label * _WIDTH
        return votes

    def elect(
        self, votes: int, *, normal: bool = False, strange: bool = False, spoken: bool = False
    ) -> bytes:
        """The labels of one report in output order, a code each.

        Args:
            votes: of all its mentions.
            normal: does the labelled text state something normal, apart from denied findings?
            strange: does it hold something that may be abnormal and was not understood?
            spoken: does it refer to the body at all?
        """
        codes = bytearray(self._blank)
        stopped = False
        earned = normal
        while votes:
            label = ((votes & -votes).bit_length() - 1) // _WIDTH
            counted = _firm(votes >> label * _WIDTH & _FIELD)
            votes = votes >> (label + 1) * _WIDTH << (label + 1) * _WIDTH
            stopped = stopped or counted & _STOPS != 0
            earned = earned or counted & _EARNS != 0
            if label < len(codes):
                codes[label] = (
                    1
                    if counted & _FOR
                    else UNCERTAIN
                    if counted & _UNSURE
                    else self._denied
                    if counted & _AGAINST
                    else NOT_MENTIONED
                )
        rule = self._labels.no_finding
        if rule is not None and self.no_finding is not None:
            if rule.judged_by == "labels":
                stopped = False
                for place in self._judged:
                    stopped = stopped or codes[place] in (1, UNCERTAIN)
                earned = spoken or earned
            else:
                earned = earned and not strange
            codes[self.no_finding] = 1 if earned and not stopped else NOT_MENTIONED
        return bytes(codes)

    def states(self, votes: int) -> bool:
        """Do mentions state, and not only hedge, what stands in the way of No Finding?"""
        while votes:
            if _firm(votes & _FIELD) & _STATES:
                return True
            votes >>= _WIDTH
        return False

    @staticmethod
    def hedged_once(votes: int) -> bool:
        """Is a label hedged by one mention, and stated or denied by another?"""
        while votes:
            if votes & _SAID_UNSURE and votes & (_SAID_FOR | _SAID_AGAINST):
                return True
            votes >>= _WIDTH
        return False

    def without_no_finding(self, codes: bytes) -> bytes:
        """The labels of a report without its No Finding."""
        at = self.no_finding
        return codes if at is None else codes[:at] + bytes([NOT_MENTIONED]) + codes[at + 1 :]


def _vote(effect: Effect) -> int:
    """The bits of what a mention says of a label."""
    vote = _COUNTED[effect.counts_as]
    if effect.stops:
        vote |= _STOPS | (_STATES if effect.value == 1 else 0)
    if effect.earns:
        vote |= _EARNS
    if effect.weak:
        vote <<= _FIRM
    elif effect.remark != IMPLIED:
        vote |= _SPOKEN
    return vote | _SAID[effect.value]


def _firm(field: int) -> int:
    """How the mentions of a label count: the weak ones only where no others speak of it."""
    return field if field & _SPOKEN else field | field >> _FIRM


def firm(effects: Iterable[Effect]) -> list[Effect]:
    """The effects without the weak ones of labels that others count for."""
    every = list(effects)
    spoken = {e.label for e in every if not e.weak and e.remark != IMPLIED}
    return [e for e in every if not (e.weak and e.label in spoken)]
