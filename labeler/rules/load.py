"""Rule files -> a validated, immutable rule set; every error names the file and the place in it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import regex
from pydantic import BaseModel, ValidationError

from labeler.errors import InputError, RulesError
from labeler.rules import schema
from labeler.rules.cache import StoredRules, recall, remember, take_snapshot
from labeler.rules.include import take_over
from labeler.rules.lines import line_of
from labeler.rules.location import rules_folder
from labeler.rules.phrases import expand

MAX_BYTES = 2_000_000
LANGUAGE = "en"
"""The folder of the language that the rules read."""
_ALIAS = regex.compile(r"(?m)(?:^|[\s\[{,:-])\*[\w-]")
_NO_PHRASES = (
    *("examples", "observations", "ignores", "when", "states", "policies"),
    *("include", "uncertain_as", "roles", "marks", "marks_in_front", "boxes", "joints"),
)
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that the rule files of one label set say.

    Attributes:
        folder: where they were read.
        label_set: observations in output order, aggregation.
        observations: file stem -> observation rules.
        cue_groups: file stem -> cue group, in the order in which they are asked.
        cue_files: file stem -> its path in the folder: `en/assertion/...`, or a label set's own.
        fingerprint: a digest of the files' content; equal digests label equally.
    """

    folder: Path
    label_set: schema.LabelSetFile
    observations: Mapping[str, schema.ObservationFile]
    cue_groups: Mapping[str, schema.CueFile]
    cue_files: Mapping[str, str]
    states: schema.StatesFile
    clauses: schema.ClausesFile
    spelling: schema.SpellingFile
    sections: schema.SectionsFile
    forms: schema.FormsFile
    fingerprint: str


def load_rules(label_set: str = "chexpert", folder: str | Path | None = None) -> RuleSet:
    """Read and validate the rules of one label set.

    Args:
        label_set: name of the label set's folder.
        folder: the rule folder; the one that comes with the package by default.

    Raises:
        InputError: the folder or the label set does not exist.
        RulesError: a file is not valid; the message names file, line and key.
    """
    root = Path(folder) if folder is not None else rules_folder()
    if not root.is_dir():
        raise InputError(f"{root}: no such rule folder")
    home = root / label_set
    if not (home / "labelset.yaml").is_file():
        known = sorted(path.parent.name for path in root.glob("*/labelset.yaml"))
        raise InputError(
            f"{root}: no label set {label_set!r} there; it has {', '.join(known) or 'none'}"
        )
    before = take_snapshot(root, label_set)
    stored = recall(before)
    if stored is None:
        stored, read = _read_rules(root, home)
        if take_snapshot(root, label_set) == before:  # no file changed while they were read
            remember(before, stored, read)
    return RuleSet(folder=root, **dict(stored))


def _read_rules(root: Path, home: Path) -> tuple[StoredRules, list[Path]]:
    """The rules and the files that they were read from."""
    digest = hashlib.sha256()
    seen: list[Path] = []

    def read(path: Path, model: type[Model]) -> Model:
        loaded = read_model(path, model)
        seen.append(path)
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
        return loaded

    spoken = root / LANGUAGE
    labels = read(home / "labelset.yaml", schema.LabelSetFile)
    files = sorted((home / labels.observation_files).glob("*.yaml"))
    observations = {path.stem: _read_observation(path, root, read) for path in files}
    cue_files: dict[str, Path] = {}
    for path in (*spoken.glob("assertion/[0-9]*.yaml"), *home.glob("assertion/[0-9]*.yaml")):
        if cue_files.setdefault(path.stem, path) != path:
            raise RulesError(
                f"{path}: {cue_files[path.stem]} has the same name: rename one of them"
            )
    rules = StoredRules(
        label_set=labels,
        observations=observations,
        cue_groups={stem: read(cue_files[stem], schema.CueFile) for stem in sorted(cue_files)},
        cue_files={stem: path.relative_to(root).as_posix() for stem, path in cue_files.items()},
        states=read(spoken / "assertion" / "states.yaml", schema.StatesFile),
        clauses=read(spoken / "assertion" / "clauses.yaml", schema.ClausesFile),
        spelling=read(spoken / "spelling.yaml", schema.SpellingFile),
        sections=read(spoken / "sections.yaml", schema.SectionsFile),
        forms=read(spoken / "forms.yaml", schema.FormsFile),
        fingerprint=digest.hexdigest(),
    )
    _check_names(rules, {path.stem: path for path in files}, home / "labelset.yaml")
    return rules, seen


def _read_observation(
    path: Path,
    root: Path,
    read: Callable[[Path, type[schema.ObservationFile]], schema.ObservationFile],
) -> schema.ObservationFile:
    """An observation file with the vocabulary that it includes."""
    observation = read(path, schema.ObservationFile)
    for i, include in enumerate(observation.include):
        source = root / include.file
        try:
            if root.resolve() not in source.resolve().parents or not source.is_file():
                raise ValueError(f"{root} has no file {include.file}")
            observation = take_over(observation, include, read(source, schema.ObservationFile))
        except ValueError as error:
            raise RulesError(f"{_at(path, 'include', i)}: include.{i}: {error}") from None
    return observation


def _check_names(rules: StoredRules, files: Mapping[str, Path], label_file: Path) -> None:
    labels = rules.label_set
    known = {*labels.observations, *labels.hidden}
    for stem, observation in rules.observations.items():
        path = files[stem]
        if observation.observation not in known:
            raise RulesError(
                f"{_at(path, 'observation')}: observation {observation.observation!r} is not in "
                f"{label_file}"
            )
        names: set[str] = set()
        for key in ("findings", "structures"):
            for i, part in enumerate(getattr(observation, key)):
                if part.name in names:
                    raise RulesError(
                        f"{_at(path, key, i, 'name')}: two findings or structures are named "
                        f"{part.name!r}"
                    )
                names.add(part.name)
        for i, structure in enumerate(observation.structures):
            for j, state in enumerate(structure.states):
                if state not in rules.states.sets:
                    raise RulesError(
                        f"{_at(path, 'structures', i, 'states', j)}: structure {structure.name!r} "
                        f"uses state set {state!r}, which assertion/states.yaml does not have"
                    )
    ids = {
        f"{stem}:{part.name}"
        for stem, observation in rules.observations.items()
        for parts in (observation.findings, observation.structures)
        for part in parts
    }
    said = dict.fromkeys(labels.uncertain_as, "uncertain_as")
    for i, implication in enumerate(labels.implications):
        said |= dict.fromkeys(implication.adds, "implications")
        if implication.rule not in ids:
            raise RulesError(
                f"{_at(label_file, 'implications', i, 'rule')}: implication names no known rule "
                f"{implication.rule!r}"
            )
    if labels.no_finding:
        said |= dict.fromkeys([labels.no_finding.label, *labels.no_finding.ignores], "no_finding")
    for name in sorted(said.keys() - known):
        raise RulesError(f"{_at(label_file, said[name])}: unknown observation {name!r}")
    hedges = {
        cues.name
        for group in rules.cue_groups.values()
        if group.value == "uncertain"
        for cues in group.cues
    } | {*schema.OWN_REASONS}
    for name, policy in labels.uncertain_as.items():
        for hedge in policy.hedges:
            if hedge not in hedges:
                raise RulesError(
                    f"{_at(label_file, 'uncertain_as', name, 'hedges', hedge)}: no cue is named "
                    f"{hedge!r}; the hedges are {', '.join(sorted(hedges))}"
                )


def _at(path: Path, *location: int | str) -> str:
    return f"{path}:{line_of(path.read_text(encoding='utf-8-sig'), location)}"


def read_model(path: Path, model: type[Model]) -> Model:
    """Read one YAML file into its schema.

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
    try:
        loaded = model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise RulesError(
            f"{path}:{line_of(text, first['loc'])}: {_path(first['loc'])}: {first['msg']}"
        ) from None
    _check_phrases(path, text, loaded)
    return loaded


def _parse(path: Path, text: str) -> Any:
    # Imported only here: most starts find their rules in the cache.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.events import AliasEvent

    try:
        if _ALIAS.search(text):
            for event in YAML(typ="safe", pure=True).parse(StringIO(text)):
                if isinstance(event, AliasEvent):
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


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "file"


def phrase_lists(
    model: BaseModel, path: tuple[int | str, ...] = ()
) -> Iterator[tuple[tuple[int | str, ...], list[str]]]:
    """Every list of phrases in a rule file, with its place; examples are no phrases."""
    for name, value in model:
        if name in _NO_PHRASES:
            continue
        if name == "hidden" and isinstance(model, schema.LabelSetFile):
            continue  # observations; elsewhere these are states
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


def _check_phrases(path: Path, text: str, model: BaseModel) -> None:
    """Every phrase expands; none stands twice in a list, nor in two rules of an observation file.

    Alternations of one list may overlap: "(no|without) (new|)" beside "no new" does no harm.
    """
    seen: dict[tuple[str, str], tuple[tuple[int | str, ...], str]] = {}
    for place, phrases in phrase_lists(model):
        rules = isinstance(model, schema.ObservationFile) and place[-1] == "phrases"
        kind = str(place[0]) if rules else ".".join(map(str, place))
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
