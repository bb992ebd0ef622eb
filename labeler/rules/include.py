"""One observation file's vocabulary taken over by another: label sets share it without a copy."""

from labeler.rules.phrases import expand
from labeler.rules.schema import Finding, Include, ObservationFile, Structure


def take_over(
    observation: ObservationFile, include: Include, source: ObservationFile
) -> ObservationFile:
    """Add the findings, structures, `exclude`, `explained_by` and `faults` of `source` to an observation.

    Definition and examples are the observation's own: the border of a label may differ from that of
    its source.

    Args:
        observation: the file that includes.
        include: which rules it takes.
        source: the file that `include.file` names.

    Raises:
        ValueError: a rule it names is not there, or a name or phrase stands in both files.
    """
    if source.include:
        raise ValueError(f"{include.file} includes another file itself; name that file instead")
    rules: list[Finding | Structure] = [*source.findings, *source.structures]
    known = [rule.name for rule in rules]
    for name in (*include.only, *include.without):
        if name not in known:
            raise ValueError(f"{include.file} has no rule {name!r}; it has {', '.join(known)}")
    if include.only and include.without:
        raise ValueError("give `only` or `without`, not both")
    taken = [
        rule
        for rule in rules
        if rule.name not in include.without and (not include.only or rule.name in include.only)
    ]
    own: list[Finding | Structure] = [*observation.findings, *observation.structures]
    names = {rule.name for rule in own}
    phrases = {option: rule.name for rule in own for p in rule.phrases for option in expand(p)}
    for rule in taken:
        if rule.name in names:
            raise ValueError(
                f"{include.file} has a rule {rule.name!r} too; leave it out by `without`"
            )
        for option in (option for phrase in rule.phrases for option in expand(phrase)):
            if option in phrases:
                raise ValueError(
                    f"duplicate phrase {option!r}: rule {phrases[option]!r} here, "
                    f"rule {rule.name!r} in {include.file}"
                )
    changed: dict[str, object] = {
        "findings": [*observation.findings, *(r for r in taken if isinstance(r, Finding))],
        "structures": [*observation.structures, *(r for r in taken if isinstance(r, Structure))],
        "exclude": list(dict.fromkeys((*observation.exclude, *source.exclude))),
        "explained_by": list(dict.fromkeys((*observation.explained_by, *source.explained_by))),
        "faults": list(dict.fromkeys((*observation.faults, *source.faults))),
    }
    return observation.model_copy(update=changed)
