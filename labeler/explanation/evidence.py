"""An evidence file and the reports' texts, brought together for marking up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labeler.comparison.compare import Comparison
from labeler.corpus.reports import open_reports
from labeler.errors import InputError
from labeler.explanation.marks import Block, Marked, describe
from labeler.tables.files import read_frame
from labeler.tables.labels import id_columns, id_strings, match_id
from labeler.tables.names import find_section, read_value
from labeler.types import ATTRIBUTES

_EVIDENCE = ("section", "observation", "value", "start", "end", "mention")
_MORE = ("cue", "rule", "sentence", *ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Texts:
    """Reports' texts with their mentions.

    Attributes:
        blocks: id -> what there is to show.
        notes: what does not fit together, a sentence each.
    """

    blocks: dict[str, tuple[Block, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    section: str
    observation: str
    value: int
    start: int
    end: int
    mention: str
    cue: str
    rule: str
    sentence: str
    attributes: str


def read_texts(
    comparison: Comparison,
    evidence: Path | None,
    reports: Path | None,
    *,
    on: str | None = None,
    columns: str | None = None,
    id_pattern: str | None = None,
) -> Texts:
    """Read what a page shows of the compared reports.

    Args:
        comparison: says which reports.
        evidence: the evidence file; without it nothing is marked.
        reports: the file that the labels were made from; without it only sentences of the evidence
            are shown.
        on: the id column of both; the obvious one by default.
        columns: the text column or columns of `reports`, joined by commas.
        id_pattern: as for the label tables.

    Raises:
        InputError: a file or a column is wrong.
    """
    wanted = set(comparison.pairs.ids)
    rows: dict[str, list[_Row]] = {}
    if evidence is not None:
        rows = _read_evidence(evidence, wanted, on, id_pattern)
    if reports is None:
        return Texts({name: _sentences(found) for name, found in rows.items()})
    texts = _read_reports(reports, wanted, on, columns, id_pattern)
    blocks, astray = {}, 0
    for name, parts in texts.items():
        blocks[name], lost = _blocks(parts, rows.get(name, []))
        astray += lost
    notes = []
    if astray:
        notes.append(
            f"{astray} mention(s) of the evidence are not at their place in the reports' text; "
            "give the file that was labelled"
        )
    without = len(wanted) - len(texts)
    if without:
        notes.append(f"{without} compared report(s) are not in {reports.name}")
    return Texts(blocks, tuple(notes))


def _read_evidence(
    path: Path, wanted: set[str], on: str | None, pattern: str | None
) -> dict[str, list[_Row]]:
    frame = read_frame(path)
    for name in _EVIDENCE:
        if name not in frame.columns:
            raise InputError(
                f"{path}: no column {name!r}; give a file of `labeler label --evidence`"
            )
    named = on if on is not None and set(on.split(",")) <= set(frame.columns) else None
    names = id_columns(list(frame.columns), named, source=path)
    ids = id_strings(frame, names, source=path, pattern=pattern)
    for name in _MORE:
        if name not in frame.columns:
            frame[name] = ""
    rows: dict[str, list[_Row]] = defaultdict(list)
    for number in np.flatnonzero(ids.isin(list(wanted))).tolist():
        cells: dict[str, Any] = {name: frame[name].iat[number] for name in (*_EVIDENCE, *_MORE)}
        try:
            start, end = int(float(cells["start"])), int(float(cells["end"]))
        except ValueError as error:
            raise InputError(f"{path}: row {number + 1}: start and end must be numbers") from error
        value = read_value(cells["value"])
        if value not in (1, 0, -1):
            raise InputError(f"{path}: row {number + 1}: value must be 1, 0 or -1")
        text = {name: _plain(cell) for name, cell in cells.items()}
        rows[str(ids[number])].append(
            _Row(
                section=text["section"],
                observation=text["observation"],
                value=value,
                start=start,
                end=end,
                mention="" if pd.isna(cells["mention"]) else str(cells["mention"]),
                cue=text["cue"],
                rule=text["rule"],
                sentence=text["sentence"],
                attributes=describe(text),
            )
        )
    return rows


def _plain(cell: Any) -> str:
    """Return a cell as it was before its apostrophe kept a spreadsheet from running it."""
    text = "" if pd.isna(cell) else str(cell)
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _read_reports(
    path: Path, wanted: set[str], on: str | None, columns: str | None, pattern: str | None
) -> dict[str, dict[str, str]]:
    names = [name.strip() for name in columns.split(",")] if columns else []
    sections = {find_section(name) or place: name for place, name in enumerate(names)}
    # A lone column is the whole text unless it has a section's name; of two that have none, the
    # first holds the findings.
    text = sections.pop(0, None) if len(names) == 1 else None
    found = {}
    for report in open_reports(
        [str(path)],
        text=text,
        findings=sections.get("findings", sections.get(0)),
        impression=sections.get("impression", sections.get(1)),
        ids=[name.strip() for name in on.split(",")] if on else (),
        skip_bad_rows=True,
    ).reports:
        key = match_id(report.key, pattern) if pattern is not None else report.key
        if key is not None and key in wanted:
            texts = {"report": report.text} if isinstance(report.text, str) else report.text
            found[key] = dict(texts)
    return found


def _blocks(parts: dict[str, str], rows: Sequence[_Row]) -> tuple[tuple[Block, ...], int]:
    """Put each mention into its section's text, or into the only text there is."""
    placed: dict[str, list[Marked]] = {name: [] for name in parts}
    only = next(iter(parts)) if len(parts) == 1 else None
    lost = 0
    for row in rows:
        name = row.section if row.section in parts else only
        if name is None or parts[name][row.start : row.end] != row.mention:
            lost += 1
            continue
        placed[name].append(_mark(parts[name], row, row.start, row.end))
    blocks = tuple(
        Block(name, text, tuple(placed[name])) for name, text in parts.items() if text.strip()
    )
    return blocks, lost


def _sentences(rows: Sequence[_Row]) -> tuple[Block, ...]:
    """Without the reports, each sentence of the evidence is shown separately."""
    grouped: dict[tuple[str, str], list[Marked]] = defaultdict(list)
    for row in rows:
        at = row.sentence.find(row.mention)
        if row.sentence and at >= 0:
            mark = _mark(row.sentence, row, at, at + len(row.mention))
            grouped[row.section, row.sentence].append(mark)
    return tuple(Block(name, text, tuple(marks)) for (name, text), marks in grouped.items())


def _mark(text: str, row: _Row, start: int, end: int) -> Marked:
    cue_start, cue_end = _find_cue(text, row, start, end)
    return Marked(
        start,
        end,
        row.observation,
        row.value,
        row.cue,
        cue_start,
        cue_end,
        row.rule,
        row.attributes,
    )


def _find_cue(text: str, row: _Row, start: int, end: int) -> tuple[int, int]:
    """Return where the cue is: within the mention's sentence, the place nearest to the mention."""
    if not row.cue:
        return -1, -1
    low, high = 0, len(text)
    at = text.rfind(row.sentence, 0, end + len(row.sentence)) if row.sentence else -1
    if at >= 0 and at <= start and end <= at + len(row.sentence):
        low, high = at, at + len(row.sentence)
    window, cue = text[low:high].lower(), row.cue.lower()
    if len(window) != high - low:  # a letter whose lower case is longer: offsets would shift
        window, cue = text[low:high], row.cue
    best = -1
    place = window.find(cue)
    while place >= 0:
        here = low + place
        if best < 0 or abs(here - start) < abs(best - start):
            best = here
        place = window.find(cue, place + 1)
    return (best, best + len(cue)) if best >= 0 else (-1, -1)
