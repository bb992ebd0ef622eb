"""Crosswalks: a label set's own names -> the observations, from `rules/crosswalks/*.yaml`."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from labeler.errors import InputError, RulesError
from labeler.rules.load import read_model
from labeler.rules.location import layers_of
from labeler.tables.names import CHEXPERT

Name = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Line(_Strict):
    """What one or several names of a set say.

    Attributes:
        names: the set's spellings; case, `_` and spaces make no difference.
        qualified: the line counts only with one of these qualifiers (MeSH: `Opacity/lung/base`).
        gives: observation -> 1 or -1 where the name is there; nothing where it says nothing.
        denies: the name's absence (or 0) counts against the observations; `no` means that the
            name covers only a part of them.
        listed: the name can be in a list or at a box; `no` if the set has it only as a separate
            column, so its absence from a list means nothing.
        silences: a row with this name says nothing at all ("not indexed").
        reason: why, wherever it is not obvious; required where the line gives nothing.
    """

    names: list[Name] = Field(min_length=1)
    qualified: list[Name] = []
    gives: dict[Name, Literal[1, -1]] = {}
    denies: bool = True
    listed: bool = True
    silences: bool = False
    reason: str = ""

    @model_validator(mode="after")
    def _explained(self) -> "Line":
        if not self.gives and not self.reason:
            raise ValueError("gives nothing: say why in `reason`")
        unknown = [name for name in self.gives if name not in CHEXPERT]
        if unknown:
            raise ValueError(f"unknown observation {unknown[0]!r}")
        return self


class Example(_Strict):
    """Names that stand together, and the observations that they must give."""

    names: list[Name]
    gives: dict[Name, Literal[1, 0, -1]]


class Crosswalk(_Strict):
    """One set's crosswalk.

    Attributes:
        set: the set's name on the command line.
        title: the set's name in print.
        source: where the names come from.
        absent: what it means that a name is not there: `negative` or `unknown`.
        label_set: the label set of the set's own names, for `--native`.
        spellings: other spellings of these names, where the files do not agree.
        lines: tried in order, the first that fits decides.
        examples: held by the test suite.
    """

    set: Name
    title: Name
    source: Name
    absent: Literal["negative", "unknown"]
    label_set: str = ""
    spellings: dict[Name, Name] = {}
    lines: list[Line] = Field(min_length=1)
    examples: list[Example] = Field(min_length=1)
    _places: dict[str, list[int]] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _indexed(self) -> "Crosswalk":
        self.index_names()
        return self

    def index_names(self) -> None:
        """Note which line decides on which name."""
        for place, line in enumerate(self.lines):
            for name in line.names:
                places = self._places.setdefault(fold(name), [])
                if any(not self.lines[earlier].qualified for earlier in places):
                    raise ValueError(f"the name {name!r} is decided by an earlier line already")
                places.append(place)

    def place(self, name: str, qualifiers: Iterable[str] = ()) -> int | None:
        """Return the number of the line that decides on a name, or None for an unknown name."""
        places = self._places.get(fold(name))
        if places is None:
            return None
        given = {fold(qualifier) for qualifier in qualifiers}
        for place in places:
            wanted = self.lines[place].qualified
            if not wanted or given & {fold(qualifier) for qualifier in wanted}:
                return place
        return None


def native_crosswalk(crosswalk: Crosswalk, labels: Sequence[str]) -> Crosswalk:
    """The crosswalk that keeps the set's own names.

    Args:
        crosswalk: the set's crosswalk to the 14 observations.
        labels: the label set of the set's own names; its other names say nothing.

    Raises:
        RulesError: the crosswalk lacks one of the labels.
    """
    own = {fold(label): label for label in labels}
    lines: list[Line] = []
    for line in crosswalk.lines:
        for name in line.names:
            label = own.pop(fold(name), None)
            also = [n for n, means in crosswalk.spellings.items() if fold(means) == fold(name)]
            if name in crosswalk.spellings:
                continue
            lines.append(
                line.model_copy(
                    update={"names": [name, *also], "gives": {label: 1} if label else {}}
                    | ({"denies": True} if label else {})
                )
            )
    if own:
        raise RulesError(
            f"crosswalks/{crosswalk.set}.yaml has no line for {next(iter(own.values()))!r}"
        )
    # a copy is not validated: its labels are the set's own
    native = crosswalk.model_copy(update={"lines": lines})
    native._places = {}
    native.index_names()
    return native


def fold(name: str) -> str:
    """Return a name without the differences that do not matter: case, `_`, spaces."""
    return " ".join(name.replace("_", " ").casefold().split())


def load_crosswalk(kind: str, rules: Path | None = None) -> Crosswalk:
    """Load and check a set's crosswalk.

    Args:
        kind: the set, e.g. `"vindr"`.
        rules: the rule folder; the one that comes with the package by default.

    Raises:
        RulesError: the file is missing or wrong; the message names the place in it.
    """
    path = layers_of(rules).path(f"crosswalks/{kind}.yaml")
    crosswalk = read_model(path, Crosswalk)
    if crosswalk.set != kind:
        raise RulesError(f"{path}: set: is {crosswalk.set!r}, the file's name says {kind!r}")
    return crosswalk


def refuse_unknown(names: Mapping[str, int], kind: str) -> None:
    """Raise InputError that lists where names without a line are, most frequent first.

    Args:
        names: the first place of an unknown name -> how often the name is there.
        kind: the set.
    """
    if not names:
        return
    ranked = sorted(names, key=lambda name: (-names[name], name))
    listed = ", ".join(f"{name} ({names[name]} times)" for name in ranked[:10])
    more = f" and {len(ranked) - 10} more" if ranked[10:] else ""
    raise InputError(
        f"{len(ranked)} name(s) that crosswalks/{kind}.yaml does not know, first at: "
        f"{listed}{more}; "
        "add a line for each (--rules DIR), or pass --unknown-names ignore"
    )
