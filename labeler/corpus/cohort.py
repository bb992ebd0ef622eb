"""Which reports of a corpus to write: `Pneumothorax=1, side=left, change=new`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from labeler.engine.label_attributes import LABEL_ATTRIBUTES, LabelAttributes
from labeler.errors import InputError
from labeler.types import SEPARATOR, LabeledReport, as_row
from labeler.writers.table import label_codes

_CODES = {"1": 1, "0": 0, "-1": -1, "": 2}
_NAMES = {"positive": "1", "negative": "0", "uncertain": "-1", "blank": ""}


@dataclass(frozen=True, slots=True)
class Condition:
    """What a label must be.

    Attributes:
        label: its name.
        codes: its values that fit: 1, 0, -1, or 2 for not mentioned.
        attributes: (attribute, values of which one must be said) pairs.
    """

    label: str
    codes: frozenset[int]
    attributes: tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Cohort:
    """The reports that fit every condition.

    Attributes:
        conditions: in the order given.
        attributes: adds up what the mentions say.
    """

    conditions: tuple[Condition, ...]
    attributes: LabelAttributes | None

    @property
    def needs_mentions(self) -> bool:
        """Is a label's side, severity or change asked for?"""
        return any(condition.attributes for condition in self.conditions)

    def select(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        """The reports of a labelled frame that fit, and how many do not."""
        if not self.conditions:
            return frame, 0
        fit = self.fits(frame)
        return frame[fit], int(len(fit) - fit.sum())

    def fits(self, frame: pd.DataFrame) -> np.ndarray:
        """For each report of a labelled frame: does it fit?"""
        labels = label_codes(frame, [c.label for c in self.conditions])
        fit = np.ones(len(frame), dtype=bool)
        for condition in self.conditions:
            fit &= np.isin(labels[condition.label], list(condition.codes))
        if self.needs_mentions:
            for i in np.flatnonzero(fit):
                fit[i] = self._say(frame["evidence"].iloc[i])
        return fit

    def fits_report(self, report: LabeledReport) -> bool:
        """Does one report fit?"""
        codes = {name: 2 if value is None else value for name, value in report.labels.items()}
        if not all(codes[c.label] in c.codes for c in self.conditions):
            return False
        return not self.needs_mentions or self._say(map(as_row, report.mentions))

    def _say(self, mentions: Iterable[Mapping[str, Any]]) -> bool:
        """Do a report's mentions say what is asked for?"""
        assert self.attributes is not None
        said = self.attributes.by_label(mentions)
        return all(_says(said.get(c.label, {}), c) for c in self.conditions)


def _says(cells: dict[str, str], condition: Condition) -> bool:
    return all(
        not wanted.isdisjoint(cells.get(name, "").split(SEPARATOR))
        for name, wanted in condition.attributes
    )


def read_cohort(text: str | None, attributes: LabelAttributes | None) -> Cohort:
    """Read what `--only` asks for: labels with values, each followed by its attributes.

    Args:
        text: `Label=value` and `attribute=value` joined by commas; several values joined by `|`. Without it
            every report fits.
        attributes: adds up attributes, and knows labels and values; needed with a text.

    Raises:
        InputError: a name or value is unknown, or an attribute stands before every label.
    """
    if text is None or attributes is None:
        return Cohort((), None)
    known = {label.casefold(): label for label in attributes.labels}
    conditions: list[Condition] = []
    for part in text.split(","):
        name, equals, said = (piece.strip() for piece in part.partition("="))
        values = [value.strip().lower() for value in said.split(SEPARATOR)]
        if not equals or not name:
            raise InputError(f"--only: {part.strip()!r} is no NAME=VALUE")
        if name.lower() in LABEL_ATTRIBUTES:
            if not conditions:
                raise InputError(f"--only: {name} belongs to a label: name the label before it")
            last = conditions.pop()
            pair = name.lower(), _values(name.lower(), values, attributes)
            conditions.append(Condition(last.label, last.codes, (*last.attributes, pair)))
        elif name.casefold() in known:
            codes = frozenset(_code(name, value) for value in values)
            conditions.append(Condition(known[name.casefold()], codes, ()))
        else:
            raise InputError(
                f"--only: no label {name!r}; there are {', '.join(attributes.labels)}, and the attributes "
                f"{', '.join(LABEL_ATTRIBUTES)}"
            )
    return Cohort(tuple(conditions), attributes)


def _values(name: str, values: Sequence[str], attributes: LabelAttributes) -> frozenset[str]:
    for value in values:
        if value not in attributes.values[name]:
            raise InputError(
                f"--only: no {name} {value!r}; there are {', '.join(attributes.values[name])}"
            )
    return frozenset(values)


def _code(label: str, value: str) -> int:
    plain = _NAMES.get(value, value.removesuffix(".0"))
    if plain not in _CODES:
        raise InputError(f"--only: {label}={value}: must be 1, 0 or -1, or {', '.join(_NAMES)}")
    return _CODES[plain]
