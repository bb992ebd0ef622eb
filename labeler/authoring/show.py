"""Rule files as a page to read: a finding's definition, phrases, exclusions and examples, and the labels it feeds."""

import difflib
from collections.abc import Iterator, Sequence

from labeler.engine.aggregate import View
from labeler.errors import InputError
from labeler.rules.attributes import AttributeFile
from labeler.rules.load import RuleSet
from labeler.rules.schema import Examples, Finding, Structure, WordRule


def find_shown(rules: RuleSet, name: str) -> str:
    """The finding, label, findings file or attribute that a name stands for, in any case and with blanks for `_`.

    Raises:
        InputError: there is none; the message lists the nearest.
    """
    known = {_folded(stem): stem for stem in rules.findings}
    known |= {_folded(file.attribute): file.attribute for file in rules.attributes.values()}
    known |= {_folded(finding): finding for finding in rules.parents()}
    if name in known.values():
        return name
    for labels in rules.label_sets.values():
        known |= {_folded(label): label for label in labels.observations}
    wanted = _folded(name)
    if wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, known, n=1)
    hint = f": did you mean {known[near[0]]!r}?" if near else "; rules show lists what there is"
    raise InputError(f"no finding, label, findings file or attribute {name!r}{hint}")


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()


def shown_lines(rules: RuleSet, name: str) -> Iterator[tuple[str, str]]:
    """(style, text) of the lines that show a finding, label or file; styles: title, head, item, text."""
    views = [View(labels, rules.parents()) for labels in rules.label_sets.values()]
    for labels in rules.label_sets.values():
        label = next((label for label in labels.labels if label.name == name), None)
        if label is not None:
            view = next(v for v in views if v.name == labels.name)
            yield "title", name
            if label.definition:
                yield "text", " ".join(label.definition.split())
            for stem, file in rules.findings.items():
                ids = [f.id for f in file.findings if name in view.labels_of(f.id)]
                if ids:
                    yield "head", f"{stem}.yaml: {file.family}"
                    yield from _file_lines(rules, stem, views, ids)
            return
    for stem, file in rules.findings.items():
        ids = [f.id for f in file.findings if name in (f.id, stem)]
        if ids:
            yield "title", file.family
            yield "text", " ".join(file.definition.split())
            yield from _file_lines(rules, stem, views, ids)
    for stem, words in rules.attributes.items():
        if words.attribute == name:
            yield "title", f"{name} (an attribute): attributes/{stem}.yaml"
            yield from _attribute_lines(words)


def _attribute_lines(file: AttributeFile) -> Iterator[tuple[str, str]]:
    yield "text", " ".join(file.definition.split())
    for title, values in (
        ("", file.values),
        (" (where nothing else is said)", file.otherwise),
        (" (as spelt)", file.plurals),
    ):
        for value, phrases in values.items():
            yield "item", f"{value}{title}"
            yield "text", _joined(phrases)
    if file.none:
        yield "item", "says nothing of it"
        yield "text", _joined(file.none)
    for kind, findings in (("not for", file.not_for), ("only for", file.only_for)):
        if findings:
            yield "text", f"{kind}: {_joined(findings)}"


def _file_lines(
    rules: RuleSet, stem: str, views: Sequence[View], ids: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The findings of a file that are wanted, and what the file says of all of them."""
    file = rules.findings[stem]
    for finding in file.findings:
        if finding.id in ids:
            yield from _finding(finding, views)
    for title, phrases, what in (
        ("Excluded", file.exclude, "a mention inside one of these does not count"),
        ("Explained by", file.explained_by, "a mention said to be one of these is dropped"),
        ("Faults", file.faults, "a cue that reaches one of these says nothing of the mention"),
    ):
        if phrases:
            yield "head", f"{title} ({what})"
            yield from (("text", phrase) for phrase in phrases)
    for remark, phrases in file.explained_as.items():
        yield "head", f"Explained as {remark} (some label sets count it, some do not)"
        yield from (("text", phrase) for phrase in phrases)
    if file.examples != Examples():
        yield "head", "Examples"
        yield from _examples(file.examples)


def _finding(finding: Finding, views: Sequence[View]) -> Iterator[tuple[str, str]]:
    feeds = [f"{view.name}: {', '.join(view.labels_of(finding.id)) or '-'}" for view in views]
    parent = f" (a kind of {' and '.join(finding.parents)})" if finding.parents else ""
    yield "item", f"{finding.id}{parent} -> {'; '.join(feeds)}"
    if finding.definition:
        yield "text", " ".join(finding.definition.split())
    parts: list[WordRule | Structure] = [*finding.word_rules, *finding.structures]
    for part in parts:
        yield from _part(part)
    if finding.exclude:
        yield "text", f"excluded: {_joined(finding.exclude)}"
    yield from _examples(finding.examples)


def _examples(examples: Examples) -> Iterator[tuple[str, str]]:
    for kind in ("positive", "negative", "uncertain", "none"):
        for text in getattr(examples, kind):
            yield "text", f"{kind:10} {text}"


def _part(part: WordRule | Structure) -> Iterator[tuple[str, str]]:
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
    """(style, text) of the lines that list findings, the labels that they feed, and cues."""
    views = [View(labels, rules.parents()) for labels in rules.label_sets.values()]
    for labels in rules.label_sets.values():
        yield "title", labels.name
        yield "text", " ".join(labels.definition.split())
    for stem, file in rules.findings.items():
        yield "item", f"{stem}.yaml: {file.family}"
        for finding in file.findings:
            feeds = "; ".join(
                ", ".join(view.labels_of(finding.id)) or view.others for view in views
            )
            yield "text", f"{finding.id} -> {feeds}"
    yield "head", "Cues"
    for stem, group in rules.cue_groups.items():
        yield "item", f"{group.group} -> {group.value}{' (a remark)' if group.remark else ''}"
        yield "text", f"{stem}.yaml, {sum(len(cues.phrases) for cues in group.cues)} phrase lines"
    yield "head", "Attributes"
    for stem, words in rules.attributes.items():
        yield "text", f"{stem}.yaml: {words.attribute}"
