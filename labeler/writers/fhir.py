"""FHIR R4: one Observation a report and label, as NDJSON or as a Bundle.

https://hl7.org/fhir/R4/observation.html. The codes are the label set's own names, in code systems of
this project's own: no code of another terminology is given. A label that is not mentioned has no
value but a `dataAbsentReason`.

`derivedFrom` may name an ImagingStudy, but no DiagnosticReport (servers refuse one there), so that
the report is referred to by its identifier, and its studies by their references.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from labeler.readers.records import Columns, also_column
from labeler.tables.names import key_columns
from labeler.writers.formats import Format
from labeler.writers.table import LabelTable, Layout, Run, joined_ids, label_codes

LABELS = "urn:cxr-labeler:label"
"""The code system of the labels: the names of the label sets' observations."""
VALUES = "urn:cxr-labeler:value"
"""The code system of their values: positive, negative, uncertain."""

_ALSO = ("fhir_reference", "subject", "subject_id", "imaging_study", "effective")
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, LABELS)
_VALUES = {1: "positive", 0: "negative", -1: "uncertain"}
_REFERENCE = re.compile(r"(?:[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}|urn:\S+|https?://\S+|#\S+)")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?)?)?")
_CATEGORY = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "imaging",
            "display": "Imaging",
        }
    ]
}
_ABSENT = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
            "code": "unknown",
            "display": "Unknown",
        }
    ],
    "text": "not mentioned",
}


def _arrange(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str], run: Run
) -> LabelTable:
    ids = joined_ids(frame, columns, telling=len(key_columns(columns.id_names)))
    also = {name: frame[also_column(name)].tolist() for name in columns.also}
    codes = {name: values.tolist() for name, values in label_codes(frame, observations).items()}
    resources = []
    for row, report in enumerate(ids):
        common = _common(report, {name: cells[row] for name, cells in also.items()}, run)
        for name, values in codes.items():
            resource = _observation(report, name, values[row]) | common
            resources.append(json.dumps(resource, ensure_ascii=False, separators=(",", ":")))
    return LabelTable({"resource": resources}, {})


def _observation(report: str, label: str, value: int) -> dict[str, Any]:
    said = _VALUES.get(value)
    found: dict[str, Any] = (
        {"valueCodeableConcept": {"coding": [_coding(VALUES, said)], "text": said}}
        if said
        else {"dataAbsentReason": _ABSENT}
    )
    return {
        "resourceType": "Observation",
        "id": str(uuid.uuid5(_NAMESPACE, f"{report}/{label}")),
        "status": "preliminary",  # nobody has verified it
        "category": [_CATEGORY],
        "code": {"coding": [_coding(LABELS, label)], "text": label},
        **found,
    }


def _coding(system: str, code: str) -> dict[str, str]:
    return {"system": system, "code": code, "display": code}


def _common(report: str, also: Mapping[str, str], run: Run) -> dict[str, Any]:
    """What all Observations of a report have in common."""
    name = also.get("fhir_reference") or report
    source = {"identifier": {"value": name}, "display": name}
    studies = [
        {"reference": study}
        for study in also.get("imaging_study", "").split("|")
        if _REFERENCE.fullmatch(study)
    ]
    found: dict[str, Any] = {"derivedFrom": [*studies, source], "device": {"display": run.system}}
    subject = also.get("subject", "")
    if _REFERENCE.fullmatch(subject):
        found["subject"] = {"reference": subject}
    elif subject.startswith("{"):  # a reference that only describes, as the reader kept it
        found["subject"] = json.loads(subject)
    elif also.get("subject_id"):
        found["subject"] = {"identifier": {"value": also["subject_id"]}}
    if _DATE.fullmatch(also.get("effective", "")):
        found["effectiveDateTime"] = also["effective"]
    return found


def _lines(table: LabelTable, first: bool) -> bytes:
    return "".join(f"{resource}\n" for resource in table.text["resource"]).encode()


def _to_bundle(lines: Path, final: Path) -> None:
    """Put the resources of a file, one a line, into one Bundle."""
    with open(lines, encoding="utf-8") as source, open(final, "w", encoding="utf-8") as target:
        target.write('{"resourceType":"Bundle","type":"collection","entry":[')
        target.writelines(_entries(source))
        target.write("]}\n")


def _entries(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        name = json.loads(line)["id"]
        yield f'{"," if number else ""}\n{{"fullUrl":"urn:uuid:{name}","resource":{line.rstrip()}}}'


FHIR = Layout(
    "fhir",
    lambda columns: (*columns.id_columns, *map(also_column, columns.also)),
    _arrange,
    also=_ALSO,
    formats={
        ".ndjson": Format(".ndjson", _lines, None),
        ".jsonl": Format(".jsonl", _lines, None),
        ".json": Format(".json", _lines, None, _to_bundle),
    },
)
"""The layout `fhir`."""
