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
    """One observation said in a report, with the reason for its value.

    Attributes:
        observation: name of the observation, e.g. `"Edema"`.
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
        labels: observation -> `1`, `0`, `-1` or `None` (not mentioned), in output order.
        mentions: every mention in the labelled sections, in text order.
        sections: the sections that were labelled, in text order.
    """

    labels: dict[str, int | None]
    mentions: tuple[Mention, ...]
    sections: tuple[Section, ...]
