"""What callers give instead of a report's text: nothing, a gap of a table, a misspelt section."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import pandas as pd

from labeler.errors import InputError
from labeler.rules.text_schema import SectionsFile
from labeler.types import Section

OTHER_SECTIONS = ("body", "last_paragraph")
"""Sections without a header: the text itself, and what MIMIC-CXR's splitter calls the rest of it."""


def report_text(value: object, what: str = "a report") -> str:
    """A report's text; `""` for `None`, NaN and the other ways to write a gap.

    Raises:
        InputError: it is neither text nor a gap.
    """
    if isinstance(value, str):
        return value
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(cast("Any", value))):
        return ""
    raise InputError(f"{what} must be text or missing, not {type(value).__name__}")


def section_names(sections: SectionsFile) -> tuple[str, ...]:
    """The names that a section of a split report may have, those with headers first."""
    chosen = (
        name for policy in sections.policies.values() for name in (*policy.all, *policy.first)
    )
    return tuple(dict.fromkeys((*sections.headers, *chosen, *OTHER_SECTIONS)))


def check_sections(names: Iterable[object], known: Iterable[str]) -> None:
    """Raise `InputError` where a section has a name that no policy would ever pick.

    Args:
        names: the names given.
        known: the names there are.
    """
    known = tuple(known)
    for name in names:
        if name not in known:
            raise InputError(f"no section is named {name!r}; the sections are {', '.join(known)}")


def split_report(sections: Mapping[str, object], known: Iterable[str]) -> dict[str, str]:
    """The texts of a split report, checked by `report_text` and `check_sections`."""
    if not isinstance(sections, Mapping):
        raise InputError(
            f"sections are given as section name -> text, not as {type(sections).__name__}"
        )
    check_sections(sections, known)
    return {name: report_text(value, f"section {name!r}") for name, value in sections.items()}


def check_columns(frame: pd.DataFrame, wanted: Iterable[str]) -> None:
    """Raise `InputError` where a frame has not the columns that are asked for, each once, or is none."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"reports come in a pandas DataFrame, not in {type(frame).__name__}")
    wanted = list(wanted)
    twice = [name for name in wanted if list(frame.columns).count(name) > 1]
    if twice:
        raise InputError(f"several columns are named {twice[0]!r}")
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise InputError(
            f"no column {missing[0]!r}; the columns are {', '.join(map(str, frame.columns))}"
        )


def frame_texts(
    frame: pd.DataFrame, text: str | None, sections: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """The texts of a frame's reports; a cell that holds none is a missing report, unless all cells do.

    Args:
        frame: a report a row.
        text: the column of raw text, whose section is called `""`; or else
        sections: section name -> column.

    Raises:
        InputError: a column holds other things than text, and no text.
    """
    for column in (text,) if text is not None else sections.values():
        cells = frame[column].dropna()
        if len(cells) and not any(isinstance(cell, str) for cell in cells):
            kind = type(cells.iloc[0]).__name__
            raise InputError(f"column {column!r} holds no text, but {kind}")
    if text is not None:
        return ({"": _cell_text(cell)} for cell in frame[text].tolist())
    columns = [frame[column].tolist() for column in sections.values()]
    return (
        {name: _cell_text(cell) for name, cell in zip(sections, cells, strict=True)}
        for cells in zip(*columns, strict=True)
    )


def _cell_text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def whole_sections(texts: Mapping[str, str]) -> list[Section]:
    """The sections of a report that came split."""
    return [Section(name, 0, len(text)) for name, text in texts.items() if text.strip()]
