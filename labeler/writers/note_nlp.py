"""OMOP's NOTE_NLP table (CDM v5.4): one row a mention.

https://ohdsi.github.io/CommonDataModel/cdm54.html#NOTE_NLP. No concept is mapped: the concept ids are
0, as the CDM says for a term without one, and the observation is in `term_modifiers`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from labeler.readers.records import Columns
from labeler.tables.names import key_columns
from labeler.types import NEGATIVE, UNCERTAIN
from labeler.writers.table import LabelTable, Layout, Run, joined_ids

COLUMNS = (
    "note_nlp_id", "note_id", "section_concept_id", "snippet", "offset", "lexical_variant",
    "note_nlp_concept_id", "note_nlp_source_concept_id", "nlp_system", "nlp_date", "nlp_datetime",
    "term_exists", "term_temporal", "term_modifiers",
)  # fmt: skip
"""The columns in the order of the CDM."""

_NUMBERS = frozenset(name for name in COLUMNS if name.endswith("_id") and name != "note_id")
_LONGEST = 250  # characters of `snippet` and `lexical_variant`
_VALUES = {NEGATIVE: "negative", UNCERTAIN: "uncertain"}
_ATTRIBUTES = ("finding", "side", "location", "severity", "change")


def _arrange(
    frame: pd.DataFrame, columns: Columns, observations: Sequence[str], run: Run
) -> LabelTable:
    ids = joined_ids(frame, columns, telling=len(key_columns(columns.id_names)))
    rows = list(_rows(ids, frame["evidence"], run))
    cells = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    return LabelTable(dict(zip(COLUMNS, cells, strict=True)), {}, _NUMBERS)


def _rows(ids: Sequence[str], evidence: Any, run: Run) -> Iterator[tuple[Any, ...]]:
    number = run.mentions
    for note, mentions in zip(ids, evidence, strict=True):
        for mention in mentions:
            number += 1
            yield (
                number, note, 0, _snippet(mention), str(mention["start"]),
                mention["text"][:_LONGEST], 0, 0, run.system, run.date, f"{run.date} 00:00:00",
                # The CDM counts an uncertain term as existing; the modifiers say how it was meant.
                "N" if mention["value"] == NEGATIVE else "Y", "", _modifiers(mention),
            )  # fmt: skip


def _snippet(mention: Mapping[str, Any]) -> str:
    """The mention's sentence; of a longer one the part about the mention."""
    sentence: str = mention["sentence"]
    middle = mention["start"] - mention["sentence_start"] + len(mention["text"]) // 2
    start = max(0, min(middle - _LONGEST // 2, len(sentence) - _LONGEST))
    return sentence[start : start + _LONGEST]


def _modifiers(mention: Mapping[str, Any]) -> str:
    value = mention["value"]
    found = {
        "observation": mention["observation"],
        "value": _VALUES.get(value, "positive"),
        "certainty": "uncertain" if value == UNCERTAIN else "certain",
        "section": mention["section"],
    }
    for name in _ATTRIBUTES:
        said = mention.get(name) or ""
        found[name] = said if isinstance(said, str) else "|".join(said)
    return ";".join(f"{name}={said}" for name, said in found.items() if said)


NOTE_NLP = Layout(
    "note_nlp", lambda columns: columns.id_columns, _arrange, mentions=True, dated=True
)
"""The layout `note_nlp`."""
