"""The data that travels between the stages: sections, mentions, labelled reports."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple, NoReturn

from labeler.notebook import report_html

POSITIVE, NEGATIVE, UNCERTAIN = 1, 0, -1
"""The assertion values of a mention and of a label; a label that is not mentioned is `None`."""


SIDE, LOCATION, SEVERITY, CHANGE, SIZE = "side", "location", "severity", "change", "size_mm"
ATTRIBUTES = (SIDE, LOCATION, SEVERITY, CHANGE, SIZE)
"""The attributes of a mention, in the order of the evidence file's columns."""
SEPARATOR = "|"
"""Joins the values of an attribute in one cell."""


class Section(NamedTuple):
    """A named stretch of a report: `text[start:end]` is its body, without the header."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One finding said in a report, with what it says of one label and why.

    A mention that counts for several labels is there once for each.

    Attributes:
        observation: the label, e.g. `"Edema"`; with several label sets `"chexpert:Edema"`. A finding that no
            label takes has the label set's name for those, e.g. `"Other Abnormality"`.
        finding: id of the finding, e.g. `"vascular_congestion"`; of several with the same words joined by `|`.
        value: `1` positive, `0` negative, `-1` uncertain.
        section: name of the section that holds it, e.g. `"impression"`.
        start, end: character offsets into the text given, so that `text[start:end] == mention.text`.
        text: the words of the mention as they stand in the report.
        cue: the words that decided the value, `""` where the mention states itself.
        cue_start, cue_end: offsets of the cue into the same text, `-1` where there is none.
        rule: the rule that found it, `file:name`.
        sentence: the sentence that holds it, a template line's heading included.
        sentence_start: offset of the sentence into the same text.
        side, location, severity, change: what the text says of the finding, values joined by `|`,
            `""` where it says nothing; docs/attributes.md lists the values.
        size_mm: the largest diameter that it measures, `None` where it measures none.
    """

    observation: str
    finding: str
    value: int
    section: str
    start: int
    end: int
    text: str
    cue: str
    cue_start: int
    cue_end: int
    rule: str
    sentence: str
    sentence_start: int
    side: str = ""
    location: str = ""
    severity: str = ""
    change: str = ""
    size_mm: float | None = None


def as_row(mention: Mention) -> dict[str, Any]:
    """A mention's fields by their names: `dataclasses.asdict` without its copies of plain values."""
    return {name: getattr(mention, name) for name in _FIELDS}


def cell(mention: Mention, attribute: str) -> str:
    """What a mention says of an attribute, as the evidence file writes it."""
    value = getattr(mention, attribute)
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"


_FIELDS = tuple(field.name for field in fields(Mention))


class FrozenDict(dict[str, Any]):
    """A dict that cannot be changed, and so can be hashed; equal to a dict with the same items."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a report's labels cannot be changed: change dict(report.labels)")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        # by itself pickle would fill an empty one item by item
        return FrozenDict, (dict(self),)


@dataclass(frozen=True, slots=True)
class LabeledReport:
    """A report's labels and their evidence; immutable, and hashable.

    Attributes:
        labels: label -> `1`, `0`, `-1` or `None` (not mentioned), in output order; of the first label set,
            where several were asked for.
        mentions: every mention in the labelled sections, in text order.
        sections: the sections that were labelled (for the first label set), in text order.
        label_sets: the same labels by label set.
    """

    labels: Mapping[str, int | None]
    mentions: tuple[Mention, ...]
    sections: tuple[Section, ...]
    label_sets: Mapping[str, Mapping[str, int | None]]

    def __post_init__(self) -> None:
        frozen = {name: FrozenDict(labels) for name, labels in self.label_sets.items()}
        object.__setattr__(self, "labels", FrozenDict(self.labels))
        object.__setattr__(self, "label_sets", FrozenDict(frozen))

    @property
    def named_labels(self) -> dict[str, int | None]:
        """The labels of all label sets, named as mentions name them: with several sets `"vindr:Edema"`."""
        if len(self.label_sets) == 1:
            return dict(self.labels)
        return {
            f"{label_set}:{name}": value
            for label_set, labels in self.label_sets.items()
            for name, value in labels.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """The report as dicts, lists, text and numbers."""
        return {
            "labels": dict(self.labels),
            "label_sets": {name: dict(labels) for name, labels in self.label_sets.items()},
            "mentions": [asdict(mention) for mention in self.mentions],
            "sections": [section._asdict() for section in self.sections],
        }

    def to_json(self, *, indent: int | None = None) -> str:
        """The same as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def _repr_html_(self) -> str:
        """What a notebook shows: the labels, and the sentences that they rest on."""
        return report_html(self.named_labels, self.mentions)
