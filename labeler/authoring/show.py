"""A rule file as a page to read: an observation's definition, phrases, exclusions and examples."""

import difflib
from collections.abc import Iterator, Sequence

from labeler.errors import InputError
from labeler.rules.load import RuleSet
from labeler.rules.schema import Finding, Structure


def find_observation(rules: RuleSet, name: str) -> str:
    """The file stem of an observation, by its name in any case.

    Raises:
        InputError: no rule file has that observation; the message lists those there are.
    """
    stems = {
        observation.observation.casefold(): stem for stem, observation in rules.observations.items()
    }
    wanted = " ".join(name.replace("_", " ").split()).casefold()
    if wanted in stems:
        return stems[wanted]
    near = difflib.get_close_matches(wanted, stems, n=1)
    hint = f": did you mean {rules.observations[stems[near[0]]].observation!r}?" if near else "."
    known = ", ".join(o.observation for o in rules.observations.values())
    raise InputError(f"no rules for {name!r}{hint} There are: {known}")


def observation_lines(rules: RuleSet, stem: str) -> Iterator[tuple[str, str]]:
    """(style, text) of the lines that show an observation; styles: title, head, item, text."""
    observation = rules.observations[stem]
    yield "title", observation.observation
    yield "text", " ".join(observation.definition.split())
    for name, parts in (("Findings", observation.findings), ("Structures", observation.structures)):
        if parts:
            yield "head", name
        for part in parts:
            yield from _part(part)
    for name, phrases, what in (
        ("Excluded", observation.exclude, "a mention inside one of these does not count"),
        ("Explained by", observation.explained_by, "a mention said to be one of these is dropped"),
        (
            "Faults",
            observation.faults,
            "a cue that reaches one of these says nothing of the mention",
        ),
    ):
        if phrases:
            yield "head", f"{name} ({what})"
            yield from (("text", phrase) for phrase in phrases)
    yield "head", "Examples"
    for kind in ("positive", "negative", "uncertain", "none"):
        for text in getattr(observation.examples, kind):
            yield "text", f"{kind:10} {text}"


def _part(part: Finding | Structure) -> Iterator[tuple[str, str]]:
    stated = f" (stated: {part.stated})" if part.stated != "positive" else ""
    yield "item", f"{part.name}{stated}"
    yield "text", _joined(part.phrases)
    if isinstance(part, Structure):
        if part.states:
            yield "text", f"states of: {', '.join(part.states)}"
        for kind in ("abnormal", "normal", "unclear", "hidden"):
            if getattr(part, kind):
                yield "text", f"{kind}: {_joined(getattr(part, kind))}"
    if part.unless:
        yield "text", f"unless the sentence has: {_joined(part.unless)}"
    if part.only_with:
        yield "text", f"only with: {_joined(part.only_with)}"


def _joined(phrases: Sequence[str]) -> str:
    return "; ".join(phrases)


def overview_lines(rules: RuleSet) -> Iterator[tuple[str, str]]:
    """(style, text) of the lines that list a label set."""
    labels = rules.label_set
    yield "title", labels.name
    yield "text", " ".join(labels.definition.split())
    for stem, observation in rules.observations.items():
        hidden = " (hidden)" if observation.observation in labels.hidden else ""
        phrases = sum(len(part.phrases) for part in observation.findings)
        phrases += sum(len(part.phrases) for part in observation.structures)
        yield "item", f"{observation.observation}{hidden}"
        yield "text", f"{stem}.yaml, {phrases} phrase lines"
    yield "head", "Cues"
    for stem, group in rules.cue_groups.items():
        yield "item", f"{group.group} -> {group.value}"
        yield "text", f"{stem}.yaml, {sum(len(cues.phrases) for cues in group.cues)} phrase lines"
