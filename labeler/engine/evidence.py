"""Mentions of findings in sentences -> mentions of labels, with their places in the report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from labeler.engine.aggregate import Effect, View, firm
from labeler.engine.sentence import SentenceMention
from labeler.text.sentences import Sentence
from labeler.types import Mention, Section

Hit = tuple[Section, Sentence, SentenceMention]
Said = tuple[Hit, Effect]


def speak(view: View, hits: Sequence[Hit]) -> list[Said]:
    """What the mentions of a report say of a label set's labels, in text order."""
    said = [
        (hit, effect)
        for hit in hits
        for effect in view.effects(
            hit[2].finding, hit[2].value, hit[2].reason, hit[2].remarks, hit[2].weak
        )
    ]
    kept = {id(effect) for effect in firm(effect for _, effect in said)}
    return [(hit, effect) for hit, effect in said if id(effect) in kept]


def make_mention(observation: str, hit: Hit, effect: Effect, texts: Mapping[str, str]) -> Mention:
    """A mention of one label, with its offsets into the text given."""
    section, sentence, found = hit
    text = texts[section.name]
    base = sentence.heading_start if found.in_heading else sentence.start
    start, end = base + found.start, base + found.end
    place: tuple[int, ...] = (found.cue_start, found.cue_end, found.cue_in_heading)
    if effect.remark >= 0:
        place = found.remarks[effect.remark].cue or (-1, -1, 0)
    cue_start = cue_end = -1
    if place[0] >= 0:
        cue_base = sentence.heading_start if place[2] else sentence.start
        cue_start, cue_end = cue_base + place[0], cue_base + place[1]
    *words, size = found.attributes
    return Mention(
        observation=observation,
        finding=found.finding,
        value=effect.value,
        section=section.name,
        start=start,
        end=end,
        text=text[start:end],
        cue=text[cue_start:cue_end] if cue_start >= 0 else "",
        cue_start=cue_start,
        cue_end=cue_end,
        rule=found.rule,
        sentence=text[min(sentence.start, start) : max(sentence.end, end)],
        sentence_start=min(sentence.start, start),
        side=words[0],
        location=words[1],
        severity=words[2],
        change=words[3],
        size_mm=float(size) if size else None,
    )


def join_findings(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """One mention for several findings that say the same of a label with the same words.

    Their ids are joined by `|`.
    """
    out: dict[tuple[object, ...], Mention] = {}
    for m in mentions:
        key = (m.observation, m.value, m.section, m.start, m.end, m.cue_start, m.cue_end)
        if key in out:
            ids = dict.fromkeys((*out[key].finding.split("|"), m.finding))
            m = replace(out[key], finding="|".join(ids))
        out[key] = m
    return tuple(out.values())
