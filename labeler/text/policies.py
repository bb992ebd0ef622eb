"""Section policies: which of a report's sections are labelled, and which count against No Finding."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from labeler.errors import InputError
from labeler.rules.text_schema import SectionsFile
from labeler.text.sections import BODY, BOTH, FINDINGS, IMPRESSION

_SAID = frozenset((FINDINGS, IMPRESSION, BOTH))
_Places = tuple[int, ...]


class Selection(NamedTuple):
    """Places of sections among those of a report, in text order.

    Attributes:
        picked: those that are labelled.
        instead: those that are labelled where the others mention nothing: the next that the policy picks, or a
            preliminary reading.
        left_out: those that nobody chose to leave out, though findings may stand in them.
        advising: those that are never labelled, but whose stated findings count against No Finding.
    """

    picked: _Places
    instead: _Places
    left_out: _Places
    advising: _Places


def check_policy(rules: SectionsFile, policy: str) -> None:
    """Raise `InputError` where there is no such policy."""
    if policy not in rules.policies:
        raise InputError(f"no section policy {policy!r}; there are {', '.join(rules.policies)}")


class SectionPicker:
    """Picks sections by a policy of `sections.yaml`.

    What is picked depends on the names of a report's sections only, of which there are few: it is remembered.

    Args:
        rules: `sections.yaml`.
        policy: the policy's name.

    Raises:
        InputError: there is no such policy.
    """

    def __init__(self, rules: SectionsFile, policy: str) -> None:
        check_policy(rules, policy)
        self._policy = rules.policies[policy]
        self._not_labelled = frozenset(rules.not_labelled)
        self._last_resort = frozenset(rules.last_resort)
        self._preliminary = frozenset(rules.preliminary)
        self._against = frozenset(rules.against_no_finding)
        self.raw = lru_cache(maxsize=4096)(self._raw)
        """The selection among sections of a raw report, by their names."""
        self.split = lru_cache(maxsize=4096)(self._split)
        """The same for a report that came split: its sections are what their names say."""

    def _raw(self, names: tuple[str, ...]) -> Selection:
        picked = self._pick(names)
        rest = self._rest(names, picked)
        chosen = self._pick(tuple([names[i] for i in rest]))
        return self._selection(names, picked, tuple([rest[i] for i in chosen]))

    def _split(self, names: tuple[str, ...]) -> Selection:
        picked = self._named(names)
        rest = self._rest(names, picked)
        chosen = self._named(tuple([names[i] for i in rest]))
        return self._selection(names, picked, tuple([rest[i] for i in chosen]))

    def left_out(self, names: Sequence[str], picked: Iterable[str]) -> _Places:
        """The sections that nobody chose to leave out, though findings may stand in them.

        A policy that picks the impression alone says by itself that no other findings are asked for.

        Args:
            names: the sections' names.
            picked: names of those that were labelled.
        """
        if FINDINGS not in self._policy.all:
            return ()
        chosen = {*_SAID, *self._not_labelled, *picked}
        return tuple([i for i, name in enumerate(names) if name not in chosen])

    def _selection(self, names: tuple[str, ...], picked: _Places, instead: _Places) -> Selection:
        left_out: _Places = ()
        advising: _Places = ()
        if FINDINGS in self._policy.all and len(picked) < len(names):
            left_out = self.left_out(names, {names[i] for i in picked})
            advising = tuple([i for i, name in enumerate(names) if name in self._against])
        return Selection(picked, instead, left_out, advising)

    def _pick(self, names: tuple[str, ...]) -> _Places:
        """The sections of a raw report that are labelled."""
        wanted = self._policy.all or self._policy.first
        if not wanted:
            return tuple(range(len(names)))
        rest = [i for i, name in enumerate(names) if name not in self._not_labelled]
        if not _SAID.intersection(names):
            # a text that stands whole under "Procedure:" is better read there than not at all
            return tuple(rest or [i for i, name in enumerate(names) if name in self._last_resort])
        body = [i for i in rest if names[i] == BODY]
        if self._policy.first:
            for name in wanted:
                found = [i for i, own in enumerate(names) if own == name]
                if found:
                    return tuple(found[-1:])
            return tuple(body[-1:])
        picked = [i for i, name in enumerate(names) if name in wanted]
        if FINDINGS in wanted and not {FINDINGS, BOTH}.intersection(names):
            picked = sorted({*picked, *body})
        return tuple(picked)

    def _named(self, names: tuple[str, ...]) -> _Places:
        """The sections of a split report that are labelled."""
        if self._policy.first:
            for name in self._policy.first:
                found = [i for i, own in enumerate(names) if own == name]
                if found:
                    return tuple(found)
            return ()
        wanted = self._policy.all
        return tuple([i for i, name in enumerate(names) if not wanted or name in wanted])

    def _rest(self, names: tuple[str, ...], picked: _Places) -> list[int]:
        """The sections to choose from where those picked mention nothing."""
        rest = sorted(set(range(len(names))).difference(picked))
        if self._policy.skip_silent:
            return rest
        if FINDINGS not in self._policy.all:
            return []
        return [i for i in rest if names[i] in self._preliminary]
