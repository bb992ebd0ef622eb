"""Rules that lack some of what they know: how a labeler fares on text which its rules were not written for.

A phrase that stands in few reports of a collection is forgotten by chance, out of every rule that has it: what the
rules then miss is missed as a new hospital's words would be. Some of the commoner cues, clause words and states are
forgotten, too: what is then read wrong is read so as a new hospital's way to hedge and to deny would be. Nobody has to
wait for new reports to be labelled.
"""

import dataclasses
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any
from unittest import mock

from pydantic import BaseModel

import labeler.engine.labeler
from labeler import Labeler
from labeler.rules.load import RuleSet, load_rules
from labeler.rules.phrases import expand

SHARE, GRAMMAR_SHARE = 0.01, 0.05
"""A phrase in more of the reports than this is what everybody knows; the second is for cues, clauses and states."""
_LONGEST = 7
_NO_PHRASES = ("roles", "states", "examples", "name", "id", "parent", "needs")

Words = Callable[[str], tuple[str, ...]]


def count_phrases(texts: Iterable[Iterable[str]], words: Words) -> Counter[tuple[str, ...]]:
    """In how many reports each run of up to seven words stands.

    Args:
        texts: of each report its parts.
        words: folds a text into its words, as the rules' are.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for parts in texts:
        runs = set()
        for part in parts:
            said = words(part)
            for start in range(len(said)):
                for end in range(start + 1, min(start + _LONGEST, len(said)) + 1):
                    runs.add(said[start:end])
        counts.update(runs)
    return counts


def weaken(rules: RuleSet, forgotten: Callable[[str], bool]) -> RuleSet:
    """The rules without the forgotten phrases; the roles of single words stay as they are."""

    def kept(phrases: list[str]) -> list[str]:
        out = []
        for phrase in phrases:
            options = list(expand(phrase))
            rest = [option for option in options if option.strip() and not forgotten(option)]
            out += [phrase] if len(rest) == len(options) else rest
        return out

    def walk(part: Any) -> Any:
        if isinstance(part, BaseModel):
            names = [name for name in type(part).model_fields if name not in _NO_PHRASES]
            return part.model_copy(update={name: walk(getattr(part, name)) for name in names})
        if isinstance(part, dict):
            return {key: walk(value) for key, value in part.items()}
        if isinstance(part, list):
            texts = part and all(isinstance(item, str) for item in part)
            return kept(part) if texts else [walk(item) for item in part]
        return part

    sets = {name: walk(words) for name, words in rules.states.sets.items()}
    return dataclasses.replace(
        rules,
        findings=walk(dict(rules.findings)),
        cue_groups=walk(dict(rules.cue_groups)),
        clauses=walk(rules.clauses),
        silent=walk(rules.silent),
        states=rules.states.model_copy(update={"sets": sets}),
    )


def weakened_labeler(texts: list[list[str]], seed: int, chance: float, grammar: float) -> Labeler:
    """A labeler whose rules forgot each rarer phrase of some reports by chance.

    Args:
        texts: of each report its parts.
        seed: which phrases; the same seed forgets the same ones.
        chance: of a phrase to be forgotten, 0 to 1.
        grammar: of a cue, a clause word or a state, even of those that are not so rare.
    """
    words: Words = Labeler().sentences._tokenizer.norms
    counts = count_phrases(texts, words)

    def forgets(share: float, chance: float, salt: str) -> Callable[[str], bool]:
        def forgotten(option: str) -> bool:
            said = tuple(words(option))
            if not 0 < counts.get(said, 0) <= share * len(texts):
                return False
            return zlib.crc32(f"{salt}{seed}/{' '.join(said)}".encode()) < chance * 2**32

        return forgotten

    rules = weaken(load_rules(), forgets(SHARE, chance, ""))
    poorer = weaken(rules, forgets(GRAMMAR_SHARE, grammar, "grammar "))
    rules = dataclasses.replace(
        rules, cue_groups=poorer.cue_groups, clauses=poorer.clauses, states=poorer.states
    )
    with mock.patch.object(labeler.engine.labeler, "load_rules", return_value=rules):
        return Labeler()
