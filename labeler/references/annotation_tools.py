"""Exports of Label Studio and doccano: spans that people labelled, as labels of reports.

A span's label is an observation and its value, `Edema: negative`, as `--layout label-studio` and
`doccano` write them; without a value it is positive. A report's label is added up from its spans: any
positive makes it positive, else any uncertain one uncertain, else negative.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.references.columns import file_by_reader
from labeler.references.crosswalk import Crosswalk
from labeler.references.named import NamedLabels, from_columns, stack
from labeler.tables.names import BLANK, read_value

REPORT_ID = "report_id"
"""Holds the report's id in both tools: they have ids of their own."""

_RANK = {BLANK: 0, 0: 1, -1: 2, 1: 3}


@dataclass(frozen=True, slots=True)
class _Reading:
    """One person's spans in a report: their labels in the tool's own names."""

    report: str
    reader: str
    spans: tuple[str, ...]


def read_label_studio(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read Label Studio exports in the format JSON (not JSON-MIN), a reading an annotation.

    Annotations that were cancelled, and tasks that nobody annotated, are left out.

    Raises:
        InputError: a file is not of this form, or nothing is annotated in it.
    """
    readings: list[_Reading] = []
    for path in paths:
        tasks = _parse(path, _text(path))
        if not isinstance(tasks, list):
            raise InputError(f"{path}: no Label Studio export: it should hold a list of tasks")
        for number, task in enumerate(tasks, 1):
            place = f"{path}: task {number}"
            if not isinstance(task, dict) or not isinstance(task.get("annotations"), list):
                raise InputError(f"{place}: no 'annotations': export in the format JSON")
            report = _report_id(task.get("data"), place)
            for annotation in task["annotations"]:
                if annotation.get("was_cancelled"):
                    continue
                spans = _studio_spans(annotation.get("result") or (), place)
                readings.append(_Reading(report, _who(annotation.get("completed_by")), spans))
    if not readings:
        raise InputError(f"{paths[0]}: nothing is annotated yet")
    return _labels(readings, crosswalk, paths[0], readers=True)


def read_doccano(paths: Sequence[Path], crosswalk: Crosswalk) -> NamedLabels:
    """Read doccano exports (JSONL, sequence labeling); files with the same reports are readers'.

    Raises:
        InputError: a file is not of this form.
    """
    parts = []
    for path in paths:
        readings = []
        for number, line in enumerate(_text(path).splitlines(), 1):
            if not line.strip():
                continue
            place = f"{path}: line {number}"
            record = _parse(path, line, number)
            report = _report_id(record, place)
            spans = record.get("label", record.get("entities"))
            if not isinstance(spans, list):
                raise InputError(f"{place}: no 'label': export the spans as JSONL")
            names = tuple(_doccano_name(span, place) for span in spans)
            readings.append(_Reading(report, "", names))
        if not readings:
            raise InputError(f"{path}: the file is empty")
        parts.append(_labels(readings, crosswalk, path, readers=False))
    return file_by_reader(parts, paths) if len(parts) > 1 else stack(parts)


def _labels(
    readings: Sequence[_Reading], crosswalk: Crosswalk, path: Path, *, readers: bool
) -> NamedLabels:
    rows = [_add_up(reading.spans) for reading in readings]
    names = sorted({name for row in rows for name in row})
    values = np.full((len(rows), len(names)), BLANK, dtype=np.int8)
    for number, row in enumerate(rows):
        for name, code in row.items():
            values[number, names.index(name)] = code
    by_line, unknown = from_columns(names, values, crosswalk)
    keys = pd.DataFrame({REPORT_ID: [reading.report for reading in readings]}, dtype=object)
    who = np.array([reading.reader for reading in readings], dtype=object)
    twice = keys[REPORT_ID].str.cat(who.astype(str), sep="\x1f").duplicated()
    if twice.any():
        report = keys[REPORT_ID][twice].iloc[0]
        raise InputError(f"{path}: the report {report!r} is there twice by one reader; keep one")
    labels = NamedLabels(keys, REPORT_ID, by_line, unknown=unknown, empty_is_rating=True)
    return replace(labels, readers=who) if readers else labels


def _add_up(spans: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for span in spans:
        name, _, said = span.rpartition(":")
        code = read_value(said) if name else None
        if code is None or code == BLANK:
            name, code = span, 1
        name = name.strip()
        found[name] = max(found.get(name, BLANK), code, key=_RANK.__getitem__)
    return found


def _studio_spans(result: Iterable[Any], place: str) -> tuple[str, ...]:
    names: list[str] = []
    for item in result:
        if not isinstance(item, dict) or item.get("type") != "labels":
            continue  # choices and relations are not spans
        labels = item.get("value", {}).get("labels")
        if not isinstance(labels, list) or not all(isinstance(name, str) for name in labels):
            raise InputError(f"{place}: a span without 'labels'")
        names += labels
    return tuple(names)


def _doccano_name(span: Any, place: str) -> str:
    name = span.get("label") if isinstance(span, dict) else span[2:3] and span[2]
    if not isinstance(name, str) or not name:
        raise InputError(f"{place}: a span is [start, end, label]")
    return name


def _who(person: Any) -> str:
    if isinstance(person, dict):
        person = person.get("email") or person.get("id")
    return "" if person is None else str(person)


def _report_id(data: Any, place: str) -> str:
    value = data.get(REPORT_ID) if isinstance(data, Mapping) else None
    if value is None or str(value).strip() == "":
        raise InputError(
            f"{place}: no {REPORT_ID!r}; import what `labeler label --layout label-studio` or "
            "`doccano` writes, which carries it"
        )
    return str(value)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start}: not UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _parse(path: Path, text: str, line: int | None = None) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}: line {line or error.lineno}, column {error.colno}: broken JSON"
        ) from None
