"""The cue groups of the rules, and which of their cues stand in a sentence.

The method is that of NegEx (Chapman et al. 2001) as negspacy's `Negex` has it: phrases that look ahead or back, and
pseudo cues that hide what begins inside them. What is ours is the scope: which cues reach which target
(`labeler.assertion.reach`), where `Negex` would let them reach through the whole sentence.

`CueTable` finds the cues of all groups in one pass, without spaCy, which takes longer to import than ten reports
to label. `labeler.assertion.negex` finds the same through `Negex` itself, for pipelines of spaCy.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from labeler.errors import RulesError
from labeler.mentions.matcher import VALUES
from labeler.mentions.phrase_table import Folded, PhraseTable, Words, fold
from labeler.rules.assertion_schema import CueFile, Direction, Position, Reach
from labeler.rules.load import RuleSet
from labeler.text.bits import last, within
from labeler.text.lexicon import TokenRoles
from labeler.text.prepared import Prepared
from labeler.text.tokens import Tokenizer

_DIRECTIONS: tuple[Direction, ...] = ("preceding", "following", "alternative")


@dataclass(frozen=True, slots=True)
class CueKind:
    """What the rule files say of a cue phrase."""

    name: str
    direction: Direction
    reach: Reach
    position: Position
    needs: frozenset[Words]


Hit = tuple[tuple[CueKind, ...], int, int]
"""A cue phrase in a sentence: what it may be, `[start, end)` in tokens."""


class Cue(NamedTuple):
    """A cue phrase that stands in a sentence, `[start, end)` in tokens."""

    start: int
    end: int
    kind: CueKind

    @property
    def name(self) -> str:
        """Its name in the cue file."""
        return self.kind.name

    @property
    def direction(self) -> Direction:
        """Where it looks."""
        return self.kind.direction

    @property
    def tokens(self) -> tuple[int, ...]:
        """Its tokens, as a mention keeps them."""
        return tuple(range(self.start, self.end))


class Remark(NamedTuple):
    """What the sentence says of a mention that only some label sets count.

    `name` is that of a cue group or of an explanation, `value` what the mention then is (`None`: none),
    `reason` the cue's name, `cue` its tokens.
    """

    name: str
    value: int | None
    reason: str
    cue: tuple[int, ...]


class Target:
    """A mention to be classified.

    Attributes:
        start, end: in tokens.
        cue: what decides it.
        value: of the group that decided, `None` where nothing is said of now.
        remarks: of the groups that decide nothing.
    """

    __slots__ = ("cue", "end", "remarks", "start", "value")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.cue: Cue | None = None
        self.value: int | None = None
        self.remarks: tuple[Remark, ...] = ()


class CuedSentence(Protocol):
    """What a cue group asks of a sentence."""

    words: Sequence[str]
    targets: list[Target]

    def deciding(self, group: str, target: Target) -> Cue | None:
        """The cue of a group that decides a target, by its scope."""


class CueGroup:
    """What one cue file says.

    Args:
        tokenizer: splits the cue phrases.
        file: the cue file.
        name: name of the group.
        path: where the cue file stands, for errors.

    Attributes:
        value: what a mention is that a cue of the group reaches, `None` where it is none.
        remark: the name of its remark, `""` for a group that decides.
        kinds: of its cues, in the order of the file.
    """

    def __init__(self, tokenizer: Tokenizer, file: CueFile, name: str, path: str) -> None:
        self.name = name
        self.value = None if file.value == "none" else VALUES[file.value]
        self.remark = file.group if file.remark else ""
        self.kinds = [
            CueKind(
                cues.name,
                cues.direction,
                cues.reach,
                cues.position,
                frozenset(words for phrase in cues.needs for words in tokenizer.spellings(phrase)),
            )
            for cues in file.cues
        ]
        self._tokenizer, self._file, self._path = tokenizer, file, path

    def phrases(self) -> dict[Words, tuple[int, ...]]:
        """Each phrase with the numbers of the kinds of cue that it may be.

        Those of one direction stand together, and the first of them that fits counts. A pseudo cue may be nothing.

        Raises:
            RulesError: two cues of the file have the same phrase and direction.
        """
        out: dict[Words, tuple[int, ...]] = {}
        for number, cues in enumerate(self._file.cues):
            alone = (number,)
            for phrase in cues.phrases:
                for words in self._tokenizer.spellings(phrase):
                    others = out.setdefault(words, alone)
                    if number not in others:
                        self._check(number, others, words)
                        out[words] = tuple(sorted((*others, number), key=self._place_in_phrase))
        for phrase in self._file.pseudo:
            out.update(dict.fromkeys(self._tokenizer.spellings(phrase), ()))
        return out

    def _check(self, number: int, others: Iterable[int], words: Words) -> None:
        """Check that a phrase may be a further kind of cue: that something tells which of them it is."""
        kind = self.kinds[number]
        for other in (self.kinds[n] for n in others):
            needs = kind.needs, other.needs
            if kind.direction != other.direction or bool(needs[0]) != bool(needs[1]):
                continue
            if not needs[0] or not needs[0].isdisjoint(needs[1]):
                raise RulesError(
                    f"{self._path}: the {kind.direction} cue {' '.join(words)!r} stands both in "
                    f"{other.name!r} and in {kind.name!r}: leave it in one of them"
                )

    def _place_in_phrase(self, number: int) -> tuple[int, bool]:
        kind = self.kinds[number]
        return _DIRECTIONS.index(kind.direction), not kind.needs  # what asks for more comes first

    def standing(self, hits: list[Hit], words: Sequence[str], roles: TokenRoles) -> list[Cue]:
        """Those of some cue phrases in a sentence that are cues there, none inside a longer one.

        Args:
            hits: the phrases, in text order, without those that a pseudo cue hides.
            words, roles: of the sentence.
        """
        cues: list[Cue] = []
        for kinds, start, end in hits:
            here: list[Cue] = []
            direction = ""
            for kind in kinds:
                if kind.direction == direction:
                    continue  # one of this direction stands there
                if kind.direction == "following" and roles.expletive << 1 >> start & 1:
                    continue  # "there is suspected pneumonia"
                if kind.needs and not _has_before(kind.needs, start, words, roles):
                    continue
                if kind.position != "anywhere" and roles.said >> end:
                    if kind.position != "clause end" or not start or not _clause_end(roles, end):
                        continue
                    # "Effusion suspected, bibasilar atelectasis": it does not look ahead as well
                    here.clear()
                direction = kind.direction
                here.append(Cue(start, end, kind))
            cues += here
        return cues if len(cues) < 2 else _cleared(cues)

    def decide(self, sentence: CuedSentence, cues: "CueFinder") -> None:
        """Note for the targets of a sentence that a cue of this group reaches what it makes of them.

        Args:
            sentence: the sentence.
            cues: finds the cues of this group.
        """
        for target in sentence.targets:
            # What is affirmed is there no more surely than it was: "possible effusion, not changed".
            affirmed = target.cue is not None and target.value == 1
            if target.cue is not None and not (affirmed and self.value == -1):
                continue
            cue = sentence.deciding(self.name, target)
            if cue is None or (affirmed and cue.kind.direction == "alternative"):
                continue
            if not cues.applies(self.name, cue, target, sentence.words):
                continue
            if self.remark:
                said = Remark(self.remark, self.value, cue.name, cue.tokens)
                target.remarks = (*target.remarks, said)
            else:
                target.cue, target.value = cue, self.value


def cue_groups(rules: RuleSet, tokenizer: Tokenizer) -> list[CueGroup]:
    """The cue groups of a rule set, in the order in which they are asked."""
    return [
        CueGroup(
            tokenizer,
            file,
            f"labeler_{rules.language}_{stem}",
            str(rules.path("assertion", f"{stem}.yaml")),
        )
        for stem, file in rules.cue_groups.items()
    ]


class GroupKinds:
    """The cue groups by what their cues do.

    Args:
        groups: the cue groups.

    Attributes:
        hedging: the names of the groups whose cues make uncertain.
        remarking: of those that decide nothing: where their cues stand no scope ends.
        softening: of those that make uncertain and decide.
    """

    __slots__ = ("hedging", "remarking", "softening")

    def __init__(self, groups: Sequence[CueGroup]) -> None:
        self.hedging = {group.name for group in groups if group.value == -1}
        self.remarking = {group.name for group in groups if group.remark}
        self.softening = self.hedging - self.remarking


class CueFinder(Protocol):
    """Finds the cues of several groups, and tells whether they apply to a target."""

    def find(self, words: Sequence[str], roles: TokenRoles) -> dict[str, list[Cue]]:
        """The cues of a sentence of these words, by the name of their group, for each group that has one."""

    def applies(self, group: str, cue: Cue, target: Target, words: Sequence[str]) -> bool:
        """Does a cue that reaches a target stand outside of it?"""


MakeFinder = Callable[[Sequence[CueGroup], Prepared], CueFinder]
"""Makes what finds the cues of some groups; `Prepared` holds what earlier runs made of their phrases."""


class CueTable:
    """Finds the cues of several groups in one pass.

    Args:
        groups: the groups.
        prepared: what earlier runs made of their phrases.

    Raises:
        RulesError: two cues of a group have the same phrase and direction.
    """

    def __init__(self, groups: Sequence[CueGroup], prepared: Prepared) -> None:
        self._groups = {group.name: group for group in groups}
        meanings, phrases = prepared.get("cues", lambda: _folded(groups))
        self._table = PhraseTable(
            phrases,
            [
                [
                    (groups[n].name, tuple([groups[n].kinds[k] for k in kinds]))
                    for n, kinds in meaning
                ]
                for meaning in meanings
            ],
        )

    def find(self, words: Sequence[str], roles: TokenRoles) -> dict[str, list[Cue]]:
        """The cues of a sentence of these words, by the name of their group, for each group that has one."""
        cues: dict[str, list[Cue]] = {}
        found = self._table.find(words)
        if not found:
            return cues
        hits: dict[str, list[Hit]] = {}
        hidden: dict[str, list[tuple[int, int]]] = {}
        for by_group, start, end in found:
            for name, kinds in by_group:
                if kinds:
                    hits.setdefault(name, []).append((kinds, start, end))
                else:
                    hidden.setdefault(name, []).append((start, end))
        for name, group in self._groups.items():
            own = hits.get(name)
            if own is None:
                continue
            if name in hidden:
                own = _shown(own, hidden[name])
            standing = group.standing(own, words, roles)
            if standing:
                cues[name] = standing
        return cues

    def applies(self, group: str, cue: Cue, target: Target, words: Sequence[str]) -> bool:
        """Does a cue that reaches a target stand outside of it?"""
        return cue.start < target.start or cue.end > target.end


_Meaning = tuple[tuple[int, tuple[int, ...]], ...]
"""What a phrase is in each group that has it: the group's number, the numbers of the kinds."""


def _folded(groups: Sequence[CueGroup]) -> tuple[list[_Meaning], Folded]:
    """What phrases are in the groups, and the phrases with the numbers of that."""
    together: dict[Words, list[tuple[int, tuple[int, ...]]]] = {}
    for n, group in enumerate(groups):
        for words, kinds in group.phrases().items():
            together.setdefault(words, []).append((n, kinds))
    numbers: dict[_Meaning, int] = {}
    phrases = {w: numbers.setdefault(tuple(m), len(numbers)) for w, m in together.items()}
    return list(numbers), fold(phrases)


def _shown(hits: list[Hit], hidden: list[tuple[int, int]]) -> list[Hit]:
    """The phrases that begin inside no pseudo cue; both in text order."""
    shown: list[Hit] = []
    n = reached = 0
    for hit in hits:
        while n < len(hidden) and hidden[n][0] <= hit[1]:
            reached = max(reached, hidden[n][1])
            n += 1
        if hit[1] >= reached:
            shown.append(hit)
    return shown


def _clause_end(roles: TokenRoles, at: int) -> bool:
    """May a clause end before a token?"""
    ends = roles.punctuation | roles.coordinator | roles.preposition
    return bool((ends | roles.accompaniment | roles.contrast) >> at & 1)


def _has_before(
    phrases: Collection[Words], end: int, words: Sequence[str], roles: TokenRoles
) -> bool:
    """Does one of the phrases stand before this token, with no mark between?"""
    for i in range(end - 1, last(within(roles.punctuation, 0, end)), -1):
        for phrase in phrases:
            if words[i] == phrase[0] and tuple(words[i : min(i + len(phrase), end)]) == phrase:
                return True
    return False


def _longest_first(cue: Cue) -> tuple[int, int]:
    return cue.start, -cue.end


def _cleared(cues: list[Cue]) -> list[Cue]:
    """Without those inside a longer one, and without what a cue that looks ahead cuts short."""
    cues.sort(key=_longest_first)
    out: list[Cue] = []
    start = end = -1  # of the longest cue that began so far
    for cue in cues:
        if cue.end <= end and (cue.start != start or cue.end != end):
            continue
        if cue.end > end:
            start, end = cue.start, cue.end
        out.append(cue)
    # "is suspicious for X" looks ahead only
    ahead = {i for c in out if c.direction == "preceding" for i in range(c.start + 1, c.end)}
    return [c for c in out if c.direction != "following" or c.end not in ahead]
