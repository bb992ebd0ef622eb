"""What a phrase of the rules stands for, sorted once for all its hits."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

HARMLESS: Final = "harmless"
_OWN_ROLES: Final = ("finding", "structure", "state", "exclude", "unless", "only with")
"""Those that are kept apart from the roles of clause words."""


class Meaning:
    """What a phrase stands for.

    Attributes:
        names: is it a finding, a structure, an exclusion, or a name that does no harm?
        findings, structures: rule indices, ascending.
        conditional: those of them that other words of the sentence choose.
        states: structure rule index -> kind of state.
        excludes: families and findings that are none inside of it.
        silences: rules that say nothing beside it; `allows`: rules that need it, or one of their others.
        words: its roles as a clause word.
    """

    __slots__ = (
        "allows",
        "conditional",
        "excludes",
        "findings",
        "names",
        "silences",
        "states",
        "structures",
        "words",
    )

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        by_role: dict[str, list[Any]] = defaultdict(list)
        words: list[str] = []
        for role, value in pairs:
            by_role[role].append(value)
            if role in ("explained", "explained as", "fault"):
                words.append(f"{role} {value}")
            elif role not in _OWN_ROLES:
                words.append(role)
        self.findings: list[int] = sorted(by_role["finding"])
        self.structures: list[int] = sorted(by_role["structure"])
        self.conditional: frozenset[int] = frozenset()
        self.states: dict[int, str] = dict(by_role["state"])
        self.excludes: tuple[str, ...] = tuple(by_role["exclude"])
        self.silences: frozenset[int] = frozenset(by_role["unless"])
        self.allows: frozenset[int] = frozenset(by_role["only with"])
        self.words: tuple[str, ...] = tuple(words)
        self.names = any(by_role[role] for role in ("finding", "structure", "exclude", HARMLESS))
