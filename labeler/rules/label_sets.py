"""Label sets by name: asked for by the user, extended by others, filled from the findings."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from labeler.errors import RulesError
from labeler.rules.location import Layers
from labeler.rules.schema import FindingsFile, Label, LabelSetFile


def label_set_names(label_set: str | Sequence[str]) -> tuple[str, ...]:
    """The label sets that are asked for: a name, several joined by commas, or a sequence of names."""
    if isinstance(label_set, str):
        return tuple(name.strip() for name in label_set.split(",") if name.strip())
    return tuple(label_set)


def known_label_sets(layers: Layers) -> list[str]:
    """Names of the label sets of a rule folder."""
    return [Path(relative).stem for relative in layers.glob("label_sets/*.yaml")]


def read_label_sets(
    names: Sequence[str],
    read: Callable[[str, type[LabelSetFile]], LabelSetFile],
    layers: Layers,
) -> dict[str, LabelSetFile]:
    """The label sets of some names, each on top of those that it extends.

    Args:
        names: of label sets that there are.
        read: reads a file of the rule folder into its
        layers: the rule folder.

    Raises:
        RulesError: a label set extends itself, or one that there is not; a file is not valid.
    """

    def read_labels(name: str, below: tuple[str, ...] = ()) -> LabelSetFile:
        labels = read(f"label_sets/{name}.yaml", LabelSetFile)
        if labels.extends is None:
            return labels
        place = f"{layers.path(f'label_sets/{name}.yaml')}: extends"
        if labels.extends in (*below, name):
            raise RulesError(f"{place}: {labels.extends!r} extends this label set itself")
        if labels.extends not in known_label_sets(layers):
            raise RulesError(f"{place}: no label set {labels.extends!r}")
        return _extended(read_labels(labels.extends, (*below, name)), labels)

    return {name: read_labels(name) for name in names}


def _extended(base: LabelSetFile, labels: LabelSetFile) -> LabelSetFile:
    """A label set on top of another: labels replaced or added, all else as the upper one says."""
    own = {label.name: label for label in labels.labels}
    joined = [own.pop(label.name, label) for label in base.labels] + [*own.values()]
    said = {name: getattr(labels, name) for name in labels.model_fields_set}
    return base.model_copy(update={**said, "labels": joined})


def with_labels(labels: LabelSetFile, findings: Mapping[str, FindingsFile]) -> LabelSetFile:
    """A label set in which every finding has a label, where it asks for that."""
    if not labels.every_finding:
        return labels
    named = [f for file in findings.values() for f in file.findings]
    made = [
        Label(name=finding.id, definition=finding.definition, findings=[finding.id])
        for finding in named
    ]
    return labels.model_copy(update={"labels": [*labels.labels, *made]})
