"""The data that travels between the stages: sections, mentions, labelled reports."""

from dataclasses import dataclass

POSITIVE, NEGATIVE, UNCERTAIN = 1, 0, -1
"""The assertion values of a mention and of a label; a label that is not mentioned is `None`."""


@dataclass(frozen=True, slots=True)
class Section:
    """A named stretch of a report: `text[start:end]` is its body, without the header."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One finding said in a report, with what it says of one label and why.

    A mention that speaks for several labels is there once for each.

    Attributes:
        observation: the label, e.g. `"Edema"`; with several label sets `"chexpert:Edema"`. A finding that no
            label takes has the label set's name for those, e.g. `"Other Abnormality"`.
        finding: id of the finding, e.g. `"vascular_congestion"`.
        value: `1` positive, `0` negative, `-1` uncertain.
        section: name of the section that holds it, e.g. `"impression"`.
        start, end: character offsets into the text given, so that `text[start:end] == mention.text`.
        text: the words of the mention as they stand in the report.
        cue: the words that decided the value, `""` where the mention states itself.
        cue_start, cue_end: offsets of the cue into the same text, `-1` where there is none.
        rule: the rule that found it, `file:name`.
        sentence: the sentence that holds it, a template line's heading included.
        sentence_start: offset of the sentence into the same text.
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


@dataclass(frozen=True, slots=True)
class LabeledReport:
    """A report's labels and their evidence.

    Attributes:
        labels: label -> `1`, `0`, `-1` or `None` (not mentioned), in output order; of the first label set,
            where several were asked for.
        mentions: every mention in the labelled sections, in text order.
        sections: the sections that were labelled (for the first label set), in text order.
        label_sets: the same labels by label set.
    """

    labels: dict[str, int | None]
    mentions: tuple[Mention, ...]
    sections: tuple[Section, ...]
    label_sets: dict[str, dict[str, int | None]]
