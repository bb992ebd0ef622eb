"""Reports for people's annotation tools, Label Studio and doccano, with the mentions as spans.

A span's label is the observation and its value: `Edema: negative`. A report that came split is put
together again, a header before each section, and the spans move along. Both tools number what they
import themselves, so that the report's id is kept next to the text as `report_id`, which their exports keep
and `labeler reference` reads.

Label Studio: https://labelstud.io/guide/predictions, tags `Text` (name `text`) and `Labels` (name
`label`). doccano: JSONL of a sequence labeling project that allows overlapping spans.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from labeler.readers.records import TEXT_COLUMN, Columns, section_column
from labeler.tables.names import key_columns
from labeler.types import NEGATIVE, POSITIVE, UNCERTAIN
from labeler.writers.formats import Format
from labeler.writers.table import LabelTable, Layout, Run

_VALUES = {POSITIVE: "positive", NEGATIVE: "negative", UNCERTAIN: "uncertain"}


@dataclass(frozen=True, slots=True)
class _Document:
    """A report's id, its text as one piece, and the spans in it: start, end, label."""

    id: str
    text: str
    spans: tuple[tuple[int, int, str], ...]


def _keep(columns: Columns) -> tuple[str, ...]:
    texts = (TEXT_COLUMN,) if columns.text else tuple(map(section_column, columns.sections))
    return (*columns.id_columns, *texts)


def _documents(frame: pd.DataFrame, columns: Columns) -> Iterator[_Document]:
    telling = columns.id_columns[-len(key_columns(columns.id_names)) :]
    ids = map("/".join, zip(*(frame[name].tolist() for name in telling), strict=True))
    names = ("",) if columns.text else tuple(columns.sections)
    cells = [frame[section_column(name) if name else TEXT_COLUMN].tolist() for name in names]
    for id_, mentions, *texts in zip(ids, frame["evidence"], *cells, strict=True):
        text = ""
        starts: dict[str, int] = {}
        for name, part in zip(names, texts, strict=True):
            if name and not part:
                continue
            gap = "\n\n" if text else ""
            text += f"{gap}{name.upper()}:\n" if name else ""
            starts[name] = len(text)
            text += part
        spans = []
        for mention in mentions:
            base = starts[mention["section"] if columns.text is None else ""]
            label = f"{mention['observation']}: {_VALUES[mention['value']]}"
            spans.append((base + int(mention["start"]), base + int(mention["end"]), label))
        yield _Document(id_, text, tuple(spans))


def _lines_of(records: Iterator[dict[str, Any]]) -> LabelTable:
    return LabelTable({"record": [json.dumps(one, ensure_ascii=False) for one in records]}, {})


def _label_studio(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str], run: Run
) -> LabelTable:
    return _lines_of(
        {
            "data": {"report_id": document.id, "text": document.text},
            "predictions": [
                {
                    "model_version": run.system,
                    "result": [
                        {
                            "id": f"m{number}",
                            "from_name": "label",
                            "to_name": "text",
                            "type": "labels",
                            "value": {
                                "start": start,
                                "end": end,
                                "text": document.text[start:end],
                                "labels": [label],
                            },
                        }
                        for number, (start, end, label) in enumerate(document.spans, 1)
                    ],
                }
            ],
        }
        for document in _documents(frame, columns)
    )


def _doccano(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str], run: Run
) -> LabelTable:
    return _lines_of(
        {"report_id": document.id, "text": document.text, "label": list(document.spans)}
        for document in _documents(frame, columns)
    )


def _lines(table: LabelTable, first: bool) -> bytes:
    return "".join(f"{record}\n" for record in table.text["record"]).encode()


def _to_array(lines: Path, final: Path) -> None:
    """Put the tasks of a file, one a line, into one JSON array."""
    with open(lines, encoding="utf-8") as source, open(final, "w", encoding="utf-8") as target:
        target.write("[")
        for number, line in enumerate(source):
            target.write(f"{',' if number else ''}\n{line.rstrip()}")
        target.write("\n]\n")


LABEL_STUDIO = Layout(
    "label-studio",
    _keep,
    _label_studio,
    mentions=True,
    formats={".json": Format(".json", _lines, None, _to_array)},
)
"""The layout `label-studio`: a JSON array of tasks with the mentions as a prediction."""

DOCCANO = Layout(
    "doccano",
    _keep,
    _doccano,
    mentions=True,
    formats={".jsonl": Format(".jsonl", _lines, None)},
)
"""The layout `doccano`: a report a line, with the mentions as labels."""
