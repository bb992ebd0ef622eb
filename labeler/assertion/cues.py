"""One cue group: which of its cues stand in a sentence.

negspacy's `Negex` is the engine: it holds the termset, matches it, drops the cues inside a pseudo cue, and sets
the flag of a target that a cue reaches. What is ours is the scope: which cues reach which target
(`labeler.assertion.reach`), where `Negex` would let them reach through the whole sentence.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from negspacy.negation import Negex
from spacy.language import Language

from labeler.errors import RulesError
from labeler.mentions.matcher import VALUES
from labeler.mentions.phrase_table import PhraseTable, Words
from labeler.rules.assertion_schema import CueFile, Direction, Position, Reach
from labeler.text.lexicon import (
    ACCOMPANIMENT,
    CONTRAST,
    COORDINATOR,
    EXPLETIVE,
    PREPOSITION,
    PUNCTUATION,
)
from labeler.text.tokens import Tokenizer

_Match = tuple[int, int, int]
_CLAUSE_END = PUNCTUATION | COORDINATOR | PREPOSITION | ACCOMPANIMENT | CONTRAST


@dataclass(frozen=True, slots=True)
class CueKind:
    """What the rule files say of a cue phrase."""

    name: str
    direction: Direction
    reach: Reach
    position: Position
    needs: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cue:
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
    """A mention to be classified, with what `Negex` asks of a spaCy span: its place and its flags.

    spaCy spans with extensions would cost as much as finding the cues.

    Attributes:
        start, end: in tokens.
        cue: what decides it.
        value: of the group that decided, `None` where nothing is said of now.
        remarks: of the groups that decide nothing.
    """

    __slots__ = ("cue", "end", "flags", "remarks", "start", "value")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.flags: set[str] = set()
        self.cue: Cue | None = None
        self.value: int | None = None
        self.remarks: tuple[Remark, ...] = ()

    @property
    def _(self) -> "Target":
        return self

    def set(self, extension: str, value: bool) -> None:
        """Set a flag, as on a span's `._`."""
        if value:
            self.flags.add(extension)


class CuedSentence(Protocol):
    """What a cue group asks of a sentence, in place of a spaCy `Doc`."""

    targets: list[Target]

    def deciding(self, group: str, target: Target) -> Cue | None:
        """The cue of a group that decides a target, by its scope."""


class CueGroup(Negex):
    """`Negex` for one cue file.

    Args:
        nlp: the pipeline whose tokenizer splits the cue phrases.
        group: the cue file; its termset is copied, never shared.
        name: name of the group and of its flag.
        file: where the cue file stands, for errors.

    Raises:
        RulesError: two cues of the file have the same phrase and direction.
    """

    def __init__(
        self,
        nlp: Language,
        group: CueFile,
        name: str,
        file: str,
    ) -> None:
        tokenizer = nlp.tokenizer
        assert isinstance(tokenizer, Tokenizer)
        self._tokenizer = tokenizer
        self.value = None if group.value == "none" else VALUES[group.value]
        self.remark = group.group if group.remark else ""
        self._kinds = self._read(group, file)
        self._pseudo = {
            words for phrase in group.pseudo for words in self._tokenizer.spellings(phrase)
        }
        super().__init__(
            nlp,
            name,
            neg_termset={
                "pseudo_negations": list(map(" ".join, self._pseudo)),
                "preceding_negations": self._of("preceding"),
                # An alternative ("or") looks both ways; Negex knows it as a following cue.
                "following_negations": self._of("following", "alternative"),
                "termination": [],
            },
            extension_name=name,
        )

    def _read(
        self, group: CueFile, file: str
    ) -> Mapping[str, dict[tuple[str, ...], list[CueKind]]]:
        """direction -> phrase -> its kind."""
        out: dict[str, dict[tuple[str, ...], list[CueKind]]] = {}
        for cues in group.cues:
            kinds = out.setdefault(cues.direction, {})
            kind = CueKind(
                cues.name,
                cues.direction,
                cues.reach,
                cues.position,
                frozenset(
                    words for phrase in cues.needs for words in self._tokenizer.spellings(phrase)
                ),
            )
            for phrase in cues.phrases:
                for words in self._tokenizer.spellings(phrase):
                    others = kinds.setdefault(words, [])
                    if kind in others:
                        continue
                    others.append(kind)
                    others.sort(key=lambda kind: not kind.needs)  # what asks for more comes first
                    for other in others:
                        if other is kind:
                            continue
                        if other.needs and kind.needs and other.needs.isdisjoint(kind.needs):
                            continue
                        if bool(other.needs) != bool(kind.needs):
                            continue
                        raise RulesError(
                            f"{file}: the {cues.direction} cue {' '.join(words)!r} stands both in "
                            f"{other.name!r} and in {cues.name!r}: leave it in one of them"
                        )
        return out

    def _of(self, *directions: str) -> list[str]:
        return [" ".join(words) for d in directions for words in self._kinds.get(d, ())]

    def build_patterns(self) -> None:
        """Name the phrases by the keys of `Negex`; a `CueTable` finds those of all groups in one pass."""
        strings = self.nlp.vocab.strings
        self.phrases: list[tuple[Words, int]] = [
            (words, strings.add(key))
            for key, phrases in (
                ("pseudo", self._pseudo),
                ("Preceding", self._kinds.get("preceding", ())),
                ("Following", self._kinds.get("following", ())),
                ("Following", self._kinds.get("alternative", ())),
            )
            for words in phrases
        ]
        pseudo = strings["pseudo"]
        # Negex takes the end of a pseudo cue for its last token.
        self.matcher = lambda hits: [  # type: ignore[assignment]
            (key, start, end - (key == pseudo)) for key, start, end in hits
        ]

    def find(
        self, places: Sequence[_Match], words: Sequence[str], tags: Sequence[int]
    ) -> list[Cue]:
        """The group's cues in a sentence of these words, none inside a longer or a pseudo cue.

        Args:
            places: of its phrases, each with its key.
            words, tags: of the sentence.
        """
        preceding, following, _ = self.process_negations(places)  # type: ignore[arg-type]
        if not (preceding or following):
            return []
        cues: list[Cue] = []
        hits: list[tuple[int, int, tuple[Direction, ...]]]
        hits = [(s, e, ("preceding",)) for _, s, e in preceding]
        hits += [(s, e, ("following", "alternative")) for _, s, e in following]
        last_word = next((i for i in reversed(range(len(words))) if words[i].isalpha()), -1)
        for start, end, directions in sorted(hits, key=_longest_first):
            phrase = tuple(words[start:end])
            for direction in directions:
                if direction == "following" and start and tags[start - 1] & EXPLETIVE:
                    continue  # "there is suspected pneumonia"
                kind = next(
                    (
                        kind
                        for kind in self._kinds.get(direction, {}).get(phrase, ())
                        if _stands(kind.position, start, end, tags, last_word)
                        and (not kind.needs or _has_before(kind.needs, words[:start], tags))
                    ),
                    None,
                )
                if kind is None:
                    continue
                cue = Cue(start, end, kind)
                if kind.position == "clause end" and end <= last_word:
                    # "Effusion suspected, bibasilar atelectasis": it does not look ahead as well
                    cues = [c for c in cues if (c.start, c.end) != (start, end)]
                cues.append(cue)
        return _cleared(cues)

    def negex(self, doc: CuedSentence) -> CuedSentence:  # type: ignore[override]
        """Let `Negex` flag the targets that a cue of this group reaches, and note the cue that decides."""
        for target in doc.targets:
            # What is affirmed is there no more surely than it was: "possible effusion, not changed".
            affirmed = target.cue is not None and target.value == 1
            if target.cue is not None and not (affirmed and self.value == -1):
                continue
            cue = doc.deciding(self.extension_name, target)
            if cue is None or (affirmed and cue.direction == "alternative"):
                continue
            match = [(0, cue.start, cue.end)]
            self._apply_negation(target, match, match)  # type: ignore[arg-type]
            if self.extension_name in target.flags and self.remark:
                said = Remark(self.remark, self.value, cue.name, tuple(range(cue.start, cue.end)))
                target.remarks = (*target.remarks, said)
            elif self.extension_name in target.flags:
                target.cue, target.value = cue, self.value
        return doc


class CueTable:
    """Finds the cues of several groups.

    Args:
        groups: the groups.
    """

    def __init__(self, groups: Sequence[CueGroup]) -> None:
        self._groups = groups
        phrases: dict[Words, list[tuple[int, int]]] = {}
        for n, group in enumerate(groups):
            for words, key in group.phrases:
                phrases.setdefault(words, []).append((n, key))
        self._table = PhraseTable(phrases)

    def find(self, words: Sequence[str], tags: Sequence[int]) -> dict[str, list[Cue]]:
        """The cues of a sentence of these words, by the name of their group."""
        hits: list[list[_Match]] = [[] for _ in self._groups]
        for places, start, end in self._table.find(words):
            for n, key in places:
                hits[n].append((key, start, end))
        return {
            group.extension_name: group.find(own, words, tags) if own else []
            for group, own in zip(self._groups, hits, strict=True)
        }


def _longest_first(hit: tuple[int, int, Any]) -> tuple[int, int]:
    return hit[0] - hit[1], hit[0]


def _stands(position: Position, start: int, end: int, tags: Sequence[int], last_word: int) -> bool:
    """Does the cue stand where its file asks for it: anywhere, at a clause's or the sentence's end?"""
    if position == "anywhere" or end > last_word:
        return True
    return position == "clause end" and start > 0 and bool(tags[end] & _CLAUSE_END)


def _has_before(
    phrases: Collection[tuple[str, ...]], words: Sequence[str], tags: Sequence[int]
) -> bool:
    """Does one of the phrases stand in these words, with no mark behind it?"""
    for i in range(len(words) - 1, -1, -1):
        if tags[i] & PUNCTUATION:
            return False
        if any(tuple(words[i : i + len(phrase)]) == phrase for phrase in phrases):
            return True
    return False


def _cleared(cues: list[Cue]) -> list[Cue]:
    """Without those inside a longer one, and without what a cue that looks ahead cuts short."""
    if len(cues) < 2:
        return cues
    cues.sort(key=lambda cue: (cue.start, -cue.end))
    out: list[Cue] = []
    reached = (-1, -1)  # of the longest cue that began so far
    for cue in cues:
        if cue.end <= reached[1] and (cue.start, cue.end) != reached:
            continue
        if cue.end > reached[1]:
            reached = (cue.start, cue.end)
        out.append(cue)
    # "is suspicious for X" looks ahead only
    ahead = {i for c in out if c.direction == "preceding" for i in range(c.start + 1, c.end)}
    return [c for c in out if c.direction != "following" or c.end not in ahead]
