"""Rule files -> a validated, immutable rule set; every error names the file and the place in it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import regex
from pydantic import BaseModel, ValidationError

from labeler.errors import InputError, RulesError
from labeler.rules import assertion_schema, schema, text_schema
from labeler.rules.attributes import AttributeFile, BindingFile, check_findings
from labeler.rules.cache import StoredRules, recall, remember, take_snapshot
from labeler.rules.label_sets import (
    known_label_sets,
    label_set_names,
    read_label_sets,
    with_labels,
)
from labeler.rules.lines import line_of
from labeler.rules.location import OVERLAY, Layers, layers_of
from labeler.rules.names import Names, check_names, names_of
from labeler.rules.phrases import expand, fill_in

MAX_BYTES = 2_000_000
LANGUAGE = "en"
"""The language that is read where none is named: a folder of the rule folder."""
_ANCHOR = regex.compile(r"(?m)(?:^|[\s\[{,:?-])[&*][^\s&*]")
_NO_PHRASES = (
    *("examples", "labels", "ignores", "when", "states", "policies"),
    *("remarks", "uncertain_as", "roles", "needs", "marks", "marks_in_front", "boxes", "joints"),
    *("together", "not_for", "only_for", "parent"),
)
_NO_FRAGMENTS = ("examples", "definition", "fragments")
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that the rule files of one language say, and the label sets asked for.

    Attributes:
        layers: where they were read: the folder, and below an overlay the package's.
        language: the language's folder in it.
        label_sets: label set by name, in the order asked for.
        findings: file stem -> findings file.
        label_examples: label set -> examples of its labels in this language.
        cue_groups: file stem -> cue group, in the order in which they are asked.
        attributes: file stem -> words of an attribute.
        binding: the words by which attributes find their mentions; a language without attribute
            files has none, and its mentions say nothing of side or change.
        fingerprint: a digest of the files' content; equal digests label equally.
    """

    layers: Layers
    language: str
    label_sets: Mapping[str, schema.LabelSetFile]
    findings: Mapping[str, schema.FindingsFile]
    label_examples: Mapping[str, schema.LabelExamplesFile]
    cue_groups: Mapping[str, assertion_schema.CueFile]
    states: assertion_schema.StatesFile
    clauses: assertion_schema.ClausesFile
    spelling: text_schema.SpellingFile
    sections: text_schema.SectionsFile
    forms: text_schema.FormsFile
    silent: schema.SilentFile
    doubt: schema.DoubtFile
    attributes: Mapping[str, AttributeFile]
    binding: BindingFile | None
    fingerprint: str

    @property
    def label_set(self) -> schema.LabelSetFile:
        """The first label set asked for."""
        return next(iter(self.label_sets.values()))

    @property
    def columns(self) -> list[str]:
        """Names of the labels in output order; of several label sets with the set's name: `"vindr:Edema"`."""
        if len(self.label_sets) == 1:
            return self.label_set.observations
        return [f"{n}:{o}" for n, labels in self.label_sets.items() for o in labels.observations]

    def path(self, *parts: str) -> Path:
        """Where a file of the language is: `path("findings", "edema.yaml")`."""
        return self.layers.path("/".join((self.language, *parts)))

    def parents(self) -> dict[str, tuple[str, ...]]:
        """Finding id -> its parents' ids, in file order."""
        return {f.id: f.parents for file in self.findings.values() for f in file.findings}


def load_rules(
    label_set: str | Sequence[str] = "chexpert",
    folder: str | Path | None = None,
    language: str = LANGUAGE,
) -> RuleSet:
    """Read and validate the rules of a language and of one or more label sets.

    Args:
        label_set: name of a label set, or several, as a sequence or joined by commas.
        folder: the rule folder; the one that comes with the package by default.
        language: name of the language's folder in it.

    Raises:
        InputError: the folder, the language or a label set does not exist, or one is named twice.
        RulesError: a file is not valid; the message names file, line and key.
    """
    layers = layers_of(folder)
    if not layers.top.is_dir():
        raise InputError(f"{layers.top}: no such rule folder")
    names = label_set_names(label_set)
    _check_asked(layers, names, language)
    before = take_snapshot(layers, ",".join(names), language)
    stored = recall(before)
    if stored is None:
        stored, read = _read_rules(layers, names, language)
        if take_snapshot(layers, ",".join(names), language) == before:  # nothing changed meanwhile
            remember(before, stored, read)
    return RuleSet(layers=layers, language=language, **dict(stored))


def known_languages(layers: Layers) -> list[str]:
    """Languages of a rule folder: the folders that hold findings."""
    return sorted({relative.split("/")[0] for relative in layers.glob("*/findings/*.yaml")})


def _check_asked(layers: Layers, names: Sequence[str], language: str) -> None:
    known, root = known_label_sets(layers), layers.top
    if not names:
        raise InputError(f"no label set named; {root} has {', '.join(known) or 'none'}")
    for name in names:
        if name not in known:
            raise InputError(
                f"{root}: no label set {name!r} there; it has {', '.join(known) or 'none'}"
            )
    if len(set(names)) < len(names):
        raise InputError(f"label set named twice: {', '.join(names)}")
    languages = known_languages(layers)
    if language not in languages:
        raise InputError(
            f"{root}: no language {language!r} there; it has {', '.join(languages) or 'none'}"
        )


def _read_rules(
    layers: Layers, names: Sequence[str], language: str
) -> tuple[StoredRules, list[Path]]:
    """The rules and the files that they were read from."""
    digest = hashlib.sha256()
    seen: list[Path] = []
    shared: dict[str, str] = {}

    def read(relative: str, model: type[Model]) -> Model:
        path = layers.path(relative)
        loaded = read_model(path, model, shared)
        seen.append(path)
        digest.update(relative.encode() + b"\0" + path.read_bytes())
        return loaded

    def read_all(pattern: str, model: type[Model]) -> dict[str, Model]:
        return {Path(name).stem: read(name, model) for name in layers.glob(f"{language}/{pattern}")}

    def read_if(name: str, model: type[Model], otherwise: Model) -> Model:
        relative = f"{language}/{name}"
        return read(relative, model) if layers.path(relative).exists() else otherwise

    if layers.is_overlay:
        read(OVERLAY, schema.OverlayFile)
    fragments = read_if("fragments.yaml", schema.FragmentsFile, schema.FragmentsFile(fragments={}))
    shared |= fragments.fragments
    findings = read_all("findings/*.yaml", schema.FindingsFile)

    labels = read_label_sets(names, read, layers)
    assertion = f"{language}/assertion"
    binding = f"{language}/attributes/binding.yaml"
    attributes = {
        Path(name).stem: read(name, AttributeFile)
        for name in layers.glob(f"{language}/attributes/*.yaml")
        if name != binding
    }
    rules = StoredRules(
        label_sets={name: with_labels(labels[name], findings) for name in names},
        findings=findings,
        label_examples=read_all("examples/*.yaml", schema.LabelExamplesFile),
        cue_groups=read_all("assertion/[0-9]*.yaml", assertion_schema.CueFile),
        states=read(f"{assertion}/states.yaml", assertion_schema.StatesFile),
        clauses=read(f"{assertion}/clauses.yaml", assertion_schema.ClausesFile),
        spelling=read(f"{language}/spelling.yaml", text_schema.SpellingFile),
        sections=read(f"{language}/sections.yaml", text_schema.SectionsFile),
        forms=read(f"{language}/forms.yaml", text_schema.FormsFile),
        silent=read_if("silent.yaml", schema.SilentFile, schema.SilentFile()),
        doubt=read_if("doubt.yaml", schema.DoubtFile, schema.DoubtFile()),
        attributes=attributes,
        binding=read(binding, BindingFile) if attributes else None,
        fingerprint=digest.hexdigest(),
    )
    check_names(rules, layers, language, lambda: _names_elsewhere(layers, language))
    known = {finding.id for file in findings.values() for finding in file.findings}
    check_findings(attributes, layers, f"{language}/attributes", known)
    return rules, seen


def _names_elsewhere(layers: Layers, language: str) -> Names:
    """The names that the other languages of a rule folder give."""
    names = names_of((), ())
    for other in known_languages(layers):
        if other != language:
            file = layers.path(f"{other}/fragments.yaml")
            shared = read_model(file, schema.FragmentsFile).fragments if file.exists() else {}
            names |= names_of(
                [
                    read_model(path, schema.FindingsFile, shared)
                    for path in layers.glob(f"{other}/findings/*.yaml").values()
                ],
                [
                    read_model(path, assertion_schema.CueFile, shared)
                    for path in layers.glob(f"{other}/assertion/[0-9]*.yaml").values()
                ],
            )
    return names


def read_model(path: Path, model: type[Model], fragments: Mapping[str, str] | None = None) -> Model:
    """Read one YAML file into its schema.

    Args:
        path: the file.
        model: the schema.
        fragments: named fragments that its phrases may use beside its own.

    Raises:
        RulesError: it cannot be read, is not YAML, or does not fit the schema.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RulesError(f"{path}: {error.strerror or 'cannot be read'}") from None
    if len(raw) > MAX_BYTES:
        raise RulesError(f"{path}: is larger than {MAX_BYTES} bytes; split it")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RulesError(f"{path}: byte {error.start} is not UTF-8") from None
    data = _parse(path, text)
    if not isinstance(data, dict):
        raise RulesError(f"{path}: must be a mapping of keys at the top")
    own = data.get("fragments")
    known = {**(fragments or {}), **(own if isinstance(own, dict) else {})}
    data = _filled(data, known, path, text, ())
    try:
        loaded = model.model_validate(data)
    except ValidationError as error:
        # a misspelt key is told before the key that it should have been
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        raise RulesError(
            f"{path}:{line_of(text, first['loc'])}: {_path(first['loc'])}: {first['msg']}"
        ) from None
    _check_phrases(path, text, loaded)
    return loaded


def _filled(
    data: Any, fragments: Mapping[str, str], path: Path, text: str, place: tuple[int | str, ...]
) -> Any:
    """YAML data with the named fragments in its phrases written out."""
    if isinstance(data, dict):
        return {
            key: value
            if key in _NO_FRAGMENTS
            else _filled(value, fragments, path, text, (*place, key))
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_filled(v, fragments, path, text, (*place, i)) for i, v in enumerate(data)]
    if isinstance(data, str) and "{" in data:
        try:
            return fill_in(data, fragments)
        except ValueError as error:
            raise RulesError(f"{path}:{line_of(text, place)}: {_path(place)}: {error}") from None
    return data


def _parse(path: Path, text: str) -> Any:
    # Imported only here: most starts find their rules in the cache.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.events import AliasEvent

    try:
        if _ANCHOR.search(text):
            for event in YAML(typ="safe", pure=True).parse(StringIO(text)):
                if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
                    line = event.start_mark.line + 1
                    raise RulesError(f"{path}:{line}: anchors and aliases are not allowed")
        return YAML(typ="safe").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = " ".join(str(error.problem or "is not valid YAML").split())
        raise RulesError(f"{path}:{line}: {problem}") from None
    except YAMLError:
        raise RulesError(f"{path}: is not valid YAML") from None
    except RecursionError:
        raise RulesError(f"{path}: is nested too deeply") from None
    except (ValueError, TypeError, LookupError, AttributeError):
        # A date that there is none of, or a tag on a value that does not fit it.
        raise RulesError(
            f"{path}: a value cannot be read: write it in quotes, and without a tag (!!)"
        ) from None


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "file"


def phrase_lists(
    model: BaseModel, path: tuple[int | str, ...] = ()
) -> Iterator[tuple[tuple[int | str, ...], list[str]]]:
    """Every list of phrases in a rule file, with its place; examples are no phrases."""
    if isinstance(model, schema.LabelSetFile):
        return
    for name, value in model:
        if name in _NO_PHRASES or name == "fragments":
            continue
        place = (*path, name)
        if isinstance(value, list) and value and isinstance(value[0], str):
            yield place, value
        elif isinstance(value, list):
            for i, part in enumerate(value):
                if isinstance(part, BaseModel):
                    yield from phrase_lists(part, (*place, i))
        elif isinstance(value, dict):
            for key, part in value.items():
                if isinstance(part, BaseModel):
                    yield from phrase_lists(part, (*place, key))
                elif isinstance(part, list):
                    yield (*place, key), part
        elif isinstance(value, BaseModel):
            yield from phrase_lists(value, place)


def _chosen_by_context(model: BaseModel) -> set[tuple[int | str, ...]]:
    """The places of the rules of a findings file that ask for other words in the sentence."""
    if not isinstance(model, schema.FindingsFile):
        return set()
    out: set[tuple[int | str, ...]] = set()
    for i, finding in enumerate(model.findings):
        if finding.only_with:
            out.add(("findings", i))
        out |= {("findings", i, "rules", j) for j, r in enumerate(finding.rules) if r.only_with}
    return out


def _check_phrases(path: Path, text: str, model: BaseModel) -> None:
    """Every phrase expands; none stands twice in a list, nor in two rules of a findings file.

    Alternations of one list may overlap: "(no|without) (new|)" beside "no new" does no harm.
    """
    seen: dict[tuple[str, str], tuple[tuple[int | str, ...], str]] = {}
    chosen = _chosen_by_context(model)
    for place, phrases in phrase_lists(model):
        rules = isinstance(model, schema.FindingsFile) and place[-1] == "phrases"
        kind = "phrases" if rules else ".".join(map(str, place))
        if rules and "structures" in place:
            kind = ".".join(map(str, place[:2]))  # findings may share a structure
        elif rules and place[:-1] in chosen:
            kind = ".".join(map(str, place))  # the words beside it choose
        for i, phrase in enumerate(phrases):
            here = (*place, i)
            try:
                options = expand(phrase)
            except ValueError as error:
                raise RulesError(f"{path}:{line_of(text, here)}: {_path(here)}: {error}") from None
            for option in options:
                other, written = seen.setdefault((kind, option.lower()), (here, phrase))
                if other != here and (other[:-1] != place or written == phrase):
                    raise RulesError(
                        f"{path}:{line_of(text, here)}: {_path(here)}: duplicate phrase {option!r}, "
                        f"also at {_path(other)}"
                    )
