"""What sentences say of labels, sentence by sentence -> a report's evidence, with its places in the text."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from labeler.engine.aggregate import IMPLIED, OTHERS, Effect, View
from labeler.engine.masks import Masks
from labeler.engine.memory import Placed
from labeler.engine.sentence import SentenceLabeler, SentenceMention, statement_of
from labeler.types import Section

Row = dict[str, Any]
"""A mention's fields by their names, in the order of `Mention`."""
_KEY = ("observation", "value", "section", "start", "end", "cue_start", "cue_end")


class Shown(NamedTuple):
    """What a mention says of one label; offsets count from its sentence's start, or its heading's.

    `label` is its place in the label set, `weak` gives way to any other mention of the label. `cue_start` is -1
    where there is no cue.
    """

    label: int
    weak: bool
    in_heading: bool
    cue_in_heading: bool
    observation: str
    finding: str
    value: int
    start: int
    end: int
    cue_start: int
    cue_end: int
    rule: str
    side: str
    location: str
    severity: str
    change: str
    size_mm: float | None


class Saying(NamedTuple):
    """What a sentence says: its mask, and its mentions of labels, label set by label set."""

    mask: int
    shown: tuple[tuple[Shown, ...], ...]


Read = tuple[Section, list[Placed[Saying]]]
"""A section with what its sentences say."""


def merged(said: Iterable[Read]) -> int:
    """The mask of some sections."""
    mask = 0
    for _, placed in said:
        for one in placed:
            mask |= one[0].mask
    return mask


class EvidenceReader:
    """Reads sentences for labels and evidence.

    Args:
        sentence: reads sentences.
        masks: what sentences say of labels.
        views: the label sets.
    """

    def __init__(self, sentence: SentenceLabeler, masks: Masks, views: Sequence[View]) -> None:
        self._sentence = sentence
        self._masks = masks
        self._views = views

    def read(
        self,
        words: str,
        heading: str,
        first: bool,
        answer: str,
        counts: Callable[[SentenceMention], bool] | None = None,
    ) -> Saying:
        """Read one sentence, as `SentenceLabeler.analyse` does; with `counts` only the mentions that do."""
        mentions, silence = self._sentence.analyse(words, heading, first, answer)
        if counts is not None:
            mentions = tuple(filter(counts, mentions))
        statements = [statement_of(mention) for mention in mentions]
        shown = []
        for view in self._views:
            name = f"{view.name}:" if len(self._views) > 1 else ""
            every: list[Shown] = []
            for mention, statement in zip(mentions, statements, strict=True):
                for effect in view.effects(*statement):
                    if effect.remark != IMPLIED:
                        every.append(_show(mention, effect, name + view.name_of(effect)))
            shown.append(_joined(every))
        return Saying(self._masks.mask(statements, silence), tuple(shown))

    def rows(
        self, said: Sequence[Read], view: int, texts: Mapping[str, str], *, others: bool
    ) -> list[tuple[Section, Row]]:
        """The evidence of a report for one label set, in text order.

        Args:
            said: its sections.
            view: the label set's number.
            texts: section name -> the text that its offsets count into.
            others: also of findings that no label takes.
        """
        spoken: set[int] | None = None
        under = False
        out: list[tuple[Section, Row]] = []
        for section, placed in said:
            name, text = section.name, texts[section.name]
            for saying, low, high, heading in placed:
                for shown in saying.shown[view]:
                    if shown.label == OTHERS and not others:
                        continue
                    if shown.weak:
                        spoken = _spoken(said, view) if spoken is None else spoken
                        if shown.label in spoken:
                            continue
                    under = under or shown.in_heading
                    out.append((section, _row(shown, name, text, low, high, heading)))
        return _rows_joined(out) if under else out


def _show(mention: SentenceMention, effect: Effect, observation: str) -> Shown:
    # in order: field by field, by name, would take twice as long
    finding, rule, _, _, start, end, in_heading, *_, remarks, attributes = mention
    label, value, _, weak, _, _, remark = effect
    place: tuple[int, ...] = mention[7:10]
    if remark >= 0:
        place = remarks[remark].cue or (-1, -1, 0)
    cue_start, cue_end, cue_in_heading = place
    side, location, severity, change, size = attributes
    return Shown(
        label,
        weak,
        in_heading,
        bool(cue_in_heading),
        observation,
        finding,
        value,
        start,
        end,
        cue_start,
        cue_end,
        rule,
        side,
        location,
        severity,
        change,
        float(size) if size else None,
    )


def _joined(every: Sequence[Shown]) -> tuple[Shown, ...]:
    """One for several findings that say the same of a label with the same words; their ids joined by `|`."""
    if len(every) < 2:
        return tuple(every)
    out: dict[tuple[object, ...], Shown] = {}
    for shown in every:
        key = shown[:4] + shown[6:11]  # without the names of the label, the finding and the rule
        same = out.get(key)
        if same is not None:
            shown = same._replace(finding=_ids(same.finding, shown.finding))
        out[key] = shown
    return tuple(out.values())


def _rows_joined(rows: Sequence[tuple[Section, Row]]) -> list[tuple[Section, Row]]:
    """The same for the rows of a report: several sentences below one heading may say it."""
    out: dict[tuple[object, ...], tuple[Section, Row]] = {}
    for section, row in rows:
        key = tuple([row[name] for name in _KEY])
        first = out.setdefault(key, (section, row))[1]
        first["finding"] = _ids(first["finding"], row["finding"])
    return list(out.values())


def _ids(one: str, other: str) -> str:
    return "|".join(dict.fromkeys((*one.split("|"), *other.split("|"))))


def _spoken(said: Sequence[Read], view: int) -> set[int]:
    """The labels that mentions which do not give way speak of."""
    return {
        shown.label
        for _, placed in said
        for saying, *_ in placed
        for shown in saying.shown[view]
        if not shown.weak
    }


def _row(shown: Shown, section: str, text: str, low: int, high: int, heading: int) -> Row:
    """A mention in a sentence `text[low:high]`, with its offsets into the text given."""
    # taken apart at once: field by field would take longer than all the rest
    _, _, in_heading, cue_in_heading, observation, finding, value, start, end = shown[:9]
    cue_start, cue_end, rule, side, location, severity, change, size = shown[9:]
    base = heading if in_heading else low
    start += base
    end += base
    if cue_start >= 0:
        base = heading if cue_in_heading else low
        cue_start += base
        cue_end += base
    if start < low:
        low = start
    if end > high:
        high = end
    return {
        "observation": observation,
        "finding": finding,
        "value": value,
        "section": section,
        "start": start,
        "end": end,
        "text": text[start:end],
        "cue": text[cue_start:cue_end] if cue_start >= 0 else "",
        "cue_start": cue_start,
        "cue_end": cue_end,
        "rule": rule,
        "sentence": text[low:high],
        "sentence_start": low,
        "side": side,
        "location": location,
        "severity": severity,
        "change": change,
        "size_mm": size,
    }
