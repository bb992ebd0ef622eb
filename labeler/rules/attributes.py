"""The shape of `attributes/*.yaml`: where a finding is, how much of it, and is it new."""

from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field

from labeler.errors import RulesError
from labeler.rules.lines import line_of
from labeler.rules.location import Layers
from labeler.rules.schema import Phrase, Strict

Comparison = Literal["larger", "smaller", "same"]
Attribute = Literal["side", "location", "severity", "change", "size_mm"]


class AttributeExample(Strict):
    """A sentence and what its mentions must say: label -> values joined by `|`."""

    text: str
    gives: dict[str, str]


class Distance(Strict):
    """A measured distance to a landmark: "4 cm above the carina".

    The value of the attribute is the landmark with the distance in cm, negative on the far side.
    """

    landmark: Phrase
    above: list[Phrase] = Field(default_factory=list)
    below: list[Phrase] = Field(default_factory=list)


class Measures(Strict):
    """How sizes are written: "2.3 x 1.1 cm"."""

    units: dict[str, float]
    """Unit -> its length in mm."""
    times: list[Phrase]
    """Words between the diameters of one thing."""
    ranges: list[Phrase]
    """Words between the ends of a range, and of what grew from one size to another."""
    earlier: list[Phrase] = Field(default_factory=list)
    """Words in front of a size that a prior image showed."""
    distances: list[Phrase] = Field(default_factory=list)
    """Words behind a measure that is a distance and no size."""
    compared: dict[Comparison, str] = Field(default_factory=dict)
    """The change that a size says beside that of a prior image: "12 mm, previously 8 mm"."""


class AttributeFile(Strict):
    """`attributes/*.yaml`: the words for the values of one attribute; several files may share one.

    Attributes:
        attribute: which one.
        definition: what it means.
        values: value -> phrases; for severity from the least to the most.
        none: phrases in which such a word means something else ("left ventricle").
        together: value -> the values that it stands for if all of them are said.
        otherwise: value -> phrases that say it where nothing else does: "persistent but smaller".
        plurals: the same, as spelt: "bases" are both, a base is one.
        not_for, only_for: the findings that the file's words do not, or alone, refer to, with those below
            them.
        measures: for sizes.
        distances: for places told by their distance to a landmark.
    """

    attribute: Attribute
    definition: str
    values: dict[str, list[Phrase]] = Field(default_factory=dict)
    none: list[Phrase] = Field(default_factory=list)
    otherwise: dict[str, list[Phrase]] = Field(default_factory=dict)
    plurals: dict[str, list[Phrase]] = Field(default_factory=dict)
    together: dict[str, list[str]] = Field(default_factory=dict)
    not_for: list[Phrase] = Field(default_factory=list)
    only_for: list[Phrase] = Field(default_factory=list)
    measures: Measures | None = None
    distances: list[Distance] = Field(default_factory=list)
    examples: list[AttributeExample] = Field(min_length=1)


class BindingFile(Strict):
    """`attributes/binding.yaml`: the words by which an attribute finds its mention.

    Attributes:
        places: prepositions that open a place: "opacity in the left base".
        neutral: nouns that an attribute may pass on its way: "small in size", "a small amount of".
        equals: words between a finding and what explains it, which lie at the same place.
        alternatives: words between two names for one thing: "atelectasis versus pneumonia".
        beside: words that put a finding beside the one before: "with adjacent atelectasis".
        anaphora: words for a finding named before: "the left one".
        examples: sentences and what they must give, by attribute.
    """

    places: list[Phrase]
    neutral: list[Phrase]
    equals: list[Phrase]
    alternatives: list[Phrase]
    beside: list[Phrase]
    anaphora: list[Phrase]
    examples: dict[Attribute, list[AttributeExample]]


def check_findings(
    files: Mapping[str, AttributeFile], layers: Layers, folder: str, findings: Collection[str]
) -> None:
    """Check that the findings exist that attribute files name.

    Raises:
        RulesError: one does not; the message names file and line.
    """
    for stem, file in files.items():
        path = layers.path(f"{folder}/{stem}.yaml")
        for key, named in (("not_for", file.not_for), ("only_for", file.only_for)):
            for i, finding in enumerate(named):
                if finding not in findings:
                    line = line_of(path.read_text(encoding="utf-8-sig"), (key, i))
                    raise RulesError(f"{path}:{line}: {key}.{i}: no finding {finding!r}")
