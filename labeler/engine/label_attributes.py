"""Side, severity and change of a report's labels, added up from what its mentions say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from labeler.rules.load import RuleSet
from labeler.types import CHANGE, SEPARATOR, SEVERITY, SIDE

LABEL_ATTRIBUTES = (SIDE, SEVERITY, CHANGE)
"""The attributes that a label has, too."""
_VALUES = (1, -1, 0)


class LabelAttributes:
    """Adds up the attributes of mentions as the label set declares it.

    The positive mentions of a label decide, without one the uncertain ones, then the negative ones. Of these
    `strongest` takes the most severe that says something of the attribute, the first of equals; `all` takes
    what any of them says.

    Args:
        rules: the rule set; its severity files rank the severities, from the least to the most.
    """

    def __init__(self, rules: RuleSet) -> None:
        self.labels = tuple(rules.label_set.observations)
        """The labels there are."""
        self._how = {str(name): how for name, how in rules.label_set.attributes.items()}
        files = [file for file in rules.attributes.values() if file.attribute == SEVERITY]
        self._rank = {
            value: rank for file in files for rank, value in enumerate(file.values, start=1)
        }
        self.values = {
            attribute: tuple(
                dict.fromkeys(
                    value
                    for file in rules.attributes.values()
                    if file.attribute == attribute
                    for value in (*file.values, *file.together)
                )
            )
            for attribute in LABEL_ATTRIBUTES
        }
        """Attribute -> the values that it may have."""
        no_finding = rules.label_set.no_finding
        self.without_mentions = frozenset([no_finding.label] if no_finding else [])
        """Labels that no mention makes."""

    def by_label(self, mentions: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
        """Label -> attribute -> cell, of the labels that a report mentions.

        Args:
            mentions: of one report, as rows with the names of `Mention`.
        """
        of: dict[str, list[Mapping[str, Any]]] = {}
        for mention in mentions:
            of.setdefault(mention["observation"], []).append(mention)
        return {label: self._cells(found) for label, found in of.items()}

    def _cells(self, mentions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        value = next(v for v in _VALUES if any(m["value"] == v for m in mentions))
        deciding = [m for m in mentions if m["value"] == value]
        deciding.sort(key=self._strength, reverse=True)  # stable: the first of equals stays first
        return {name: self._cell(name, deciding) for name in LABEL_ATTRIBUTES}

    def _cell(self, attribute: str, deciding: Sequence[Mapping[str, Any]]) -> str:
        said = [m[attribute] for m in deciding if m[attribute]]
        if not said:
            return ""
        if self._how.get(attribute) == "all":
            return SEPARATOR.join(dict.fromkeys(v for c in said for v in c.split(SEPARATOR)))
        return str(said[0])

    def _strength(self, mention: Mapping[str, Any]) -> int:
        return max(self._rank.get(value, 0) for value in mention[SEVERITY].split(SEPARATOR))
