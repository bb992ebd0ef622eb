"""One sentence stage by stage: what was found, what was left out and why, what decided."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labeler.assertion.attributes import Cells
from labeler.assertion.attribution import Attribution
from labeler.assertion.classifier import Assertion, Classifier
from labeler.assertion.cues import Cue
from labeler.assertion.reach import Scopes
from labeler.assertion.reading import Reading
from labeler.authoring.phrasebook import Entry, Phrasebook, entries
from labeler.engine.aggregate import IMPLIED, View
from labeler.engine.pairs import PairReader
from labeler.mentions.matcher import Extractor, Found
from labeler.mentions.states import StatedStructure
from labeler.rules.load import RuleSet
from labeler.text.plain import plain_text
from labeler.text.sentences import Sentence, SentenceSplitter
from labeler.text.tokens import Token, Tokenizer
from labeler.types import ATTRIBUTES

_SHOWN = ("finding", "structure", "preceding cue", "following cue", "alternative cue", "pseudo cue")
_ACTING = ("exclude", "explained by", "unless", "only with")
Say = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A phrase of the rule files that is in the sentence; `why_not` is the reason if it does not count."""

    words: str
    entry: Entry
    why_not: str


@dataclass(frozen=True, slots=True)
class BoundState:
    """A structure with the state that was bound to it."""

    structure: str
    state: str
    kind: str
    rule: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the sentence, and the break rule of `clauses.yaml` that begins it."""

    words: str
    rule: str


@dataclass(frozen=True, slots=True)
class CueHit:
    """A cue with the words that it reaches."""

    words: str
    group: str
    direction: str
    reaches: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A mention with its value, the words that decided it, and its attributes (in the order of `ATTRIBUTES`)."""

    observation: str
    rule: str
    words: str
    value: int
    cue: str
    attributes: Cells


@dataclass(frozen=True, slots=True)
class SentenceTrace:
    """What the stages made of one sentence.

    Attributes:
        text: the sentence, its heading before it.
        tokens: (as written, as read) of every token.
        phrases: findings, structures, the phrases that act on them, and words of attributes.
        states: structures with their states.
        clauses: its statements.
        cues: the cues with their reach.
        decisions: the mentions.
    """

    text: str
    tokens: tuple[tuple[str, str], ...]
    phrases: tuple[PhraseHit, ...]
    states: tuple[BoundState, ...]
    clauses: tuple[Statement, ...]
    cues: tuple[CueHit, ...]
    decisions: tuple[Decision, ...]


class Tracer:
    """Traces sentences through the stages.

    Args:
        rules: the rule set.
    """

    def __init__(self, rules: RuleSet) -> None:
        tokenizer = Tokenizer(rules.spelling)
        self._tokenizer = tokenizer
        self._splitter = SentenceSplitter(rules.sections, rules.forms)
        self._extractor = Extractor(rules, tokenizer)
        self._view = View(rules.label_set, rules.parents())
        self._classifier = Classifier(rules, tokenizer, self._extractor)
        self._pairs = PairReader(
            self._classifier, self._extractor.rules, tokenizer.words(rules.forms.denial)
        )
        self._groups = {
            f"labeler_{rules.language}_{stem}": group.group
            for stem, group in rules.cue_groups.items()
        }
        self._attribution = Attribution(rules, tokenizer, self._extractor, self._classifier)
        listed = (e for e in entries(rules) if e.role in (*_SHOWN, *_ACTING, *ATTRIBUTES))
        self._book = Phrasebook(listed, tokenizer)

    def __call__(self, text: str) -> Iterator[SentenceTrace]:
        """Trace each sentence of a text, as the engine reads it."""
        text = plain_text(text)
        for sentence in self._splitter.split(text):
            yield self._trace(text, sentence)

    def _trace(self, text: str, place: Sentence) -> SentenceTrace:
        sentence = text[place.start : place.end]
        heading = text[place.heading_start : place.heading_end]
        head: list[Token] = []
        written: list[tuple[str, Token]] = []
        if heading:
            head = [*self._tokenizer.tokens(heading), Token(":", len(heading), len(heading))]
            written = [(heading[t.start : t.end] or ":", t) for t in head]
        written += [(sentence[t.start : t.end], t) for t in self._tokenizer.tokens(sentence)]
        norms = [token.norm for _, token in written]
        if not norms:
            return SentenceTrace(sentence, (), (), (), (), (), ())
        found = self._extractor(norms)
        reading = Reading(norms, found, len(head), thorough=True)
        made = self._classifier(reading)
        if head:
            made = list(self._pairs(norms, len(head), place.first, place.answer))
        bound, layout, scopes = reading.stated, reading.layout, reading.scopes
        words = [original for original, _ in written]
        spelt = [word.lower() for word in words]
        cells = self._attribution(reading, made, spelt)
        rules = self._extractor.rules

        def say(start: int, end: int) -> str:
            return " ".join(words[start:end])

        breaks = layout.breaks if layout else [0, len(norms)]
        return SentenceTrace(
            text=f"{heading}: {sentence}" if heading else sentence,
            tokens=tuple((original, token.norm) for original, token in written),
            phrases=tuple(self._phrases(norms, spelt, found, bound, made, say)),
            states=tuple(
                BoundState(say(*b.structure), say(*b.state), b.kind, rules[b.rule].id)
                for b in bound
            ),
            clauses=tuple(
                Statement(say(a, b), layout.names[a] if layout else "")
                for a, b in pairwise(breaks)
                if a < b
            ),
            cues=tuple(self._cues(reading.cues, scopes, say)) if scopes else (),
            decisions=tuple(self._decisions(made, cells, words, say)),
        )

    def _decisions(
        self, made: Sequence[Assertion], cells: Sequence[Cells], words: Sequence[str], say: Say
    ) -> Iterator[Decision]:
        """What the mentions say of the label set's labels."""
        for m, attributes in zip(made, cells, strict=True):
            rule = self._extractor.rules[m.rule]
            for effect in self._view.effects(rule.finding, m.value, m.reason, m.remarks, m.weak):
                if effect.remark == IMPLIED:
                    continue
                cue = m.remarks[effect.remark].cue if effect.remark >= 0 else m.cue
                yield Decision(
                    self._view.name_of(effect),
                    rule.id,
                    say(m.start, m.end),
                    effect.value,
                    " ".join(words[i] for i in cue),
                    attributes,
                )

    def _phrases(
        self,
        norms: Sequence[str],
        spelt: Sequence[str],
        found: Found,
        bound: Sequence[StatedStructure],
        made: Sequence[Assertion],
        say: Say,
    ) -> Iterator[PhraseHit]:
        rules = self._extractor.rules
        kept = {(s, e, rules[r].id) for s, e, r in (*found.findings, *found.structures)}
        stated = {(*b.structure, rules[b.rule].id) for b in bound}
        counted = {(m.start, m.end, rules[m.rule].id) for m in made}
        hits = list(self._book.find(norms, spelt))
        present = [entry for _, _, entry in hits if entry.role in ("finding", "structure")]
        rules_hit = {entry.rule for entry in present}
        owners = {entry.owner for entry in present}
        for start, end, entry in hits:
            if entry.role in _ACTING and entry.owner not in owners:
                continue  # it acts on nothing that stands here
            if entry.role in ("unless", "only with") and entry.rule not in rules_hit:
                continue
            why_not = ""
            if entry.role in ("finding", "structure"):
                place = (start, end, entry.rule)
                if place not in kept:
                    why_not = self._not_kept(start, end, entry, hits, say)
                elif place not in counted:
                    why_not = self._not_counted(end, entry, place in stated, hits, say)
            yield PhraseHit(say(start, end), entry, why_not)

    def _not_kept(
        self,
        start: int,
        end: int,
        entry: Entry,
        hits: Sequence[tuple[int, int, Entry]],
        say: Say,
    ) -> str:
        """Why extraction did not keep a phrase."""
        rule = next(rule for rule in self._extractor.rules if rule.id == entry.rule)
        acting = [(say(s, e), s, e, o) for s, e, o in hits if o.owner == entry.owner]
        for words, _, _, other in acting:
            if other.role == "unless" and other.rule == entry.rule:
                return f"cancelled by “{words}” (unless)"
        if rule.only_with and not any(
            o.role == "only with" and o.rule == entry.rule for _, _, _, o in acting
        ):
            return "none of its only_with phrases is in the sentence"
        for words, s, e, other in acting:
            if other.role == "exclude" and s <= start and end <= e:
                return f"excluded by “{words}”"
        for words, s, e, other in acting:
            if other.role == entry.role and s < end and start < e and e - s > end - start:
                return f"the longer “{words}” is taken"
        return "another rule of the family takes these words"

    def _not_counted(
        self,
        end: int,
        entry: Entry,
        has_state: bool,
        hits: Sequence[tuple[int, int, Entry]],
        say: Say,
    ) -> str:
        """Why classification made no mention of a phrase."""
        if entry.role == "structure" and not has_state:
            return "no state is said of it"
        for s, e, other in hits:
            if other.role == "explained by" and other.owner == entry.owner and s >= end:
                return f"explained by “{say(s, e)}”"
        return "it only names what the line is about"

    def _cues(
        self, cues: Mapping[str, Sequence[Cue]], scopes: Scopes, say: Say
    ) -> Iterator[CueHit]:
        for name, of in cues.items():
            for cue in of:
                if cue.direction == "preceding":
                    reach = say(cue.end, scopes.ahead(name, cue))
                elif cue.direction == "following":
                    reach = say(scopes.back(cue), cue.start)
                else:
                    reach = "both its sides, where they name different things"
                yield CueHit(say(cue.start, cue.end), self._groups[name], cue.direction, reach)
