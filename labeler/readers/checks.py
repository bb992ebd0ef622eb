"""The checks that all forms share: unique ids, text that is text, blanks that are blank."""

import json
import math
import re
from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd

from labeler.errors import InputError
from labeler.readers.records import Block, Chunk, Columns, Rejection

# CheXpert Plus writes a blank section as the two characters `\n`.
_BLANK = re.compile(r"(?:\s|\\n)*")
_SURROGATE = re.compile("[\ud800-\udfff]")


class RowChecker:
    """Turns the blocks of all inputs into chunks, in order, and rejects rows on the way.

    Args:
        columns: which columns hold the ids and the text.
        skip: reject bad rows and go on; otherwise the first one raises.
    """

    def __init__(self, columns: Columns, *, skip: bool) -> None:
        self._columns, self._skip = columns, skip
        self._seen = _SeenIds()

    def chunk(self, block: Block, offset: int) -> Chunk:
        """Check a block and number its rows over all inputs.

        Args:
            block: the rows as their form gives them.
            offset: number of rows in the inputs before this file.

        Raises:
            InputError: a row is bad, and bad rows are not to be skipped.
        """
        problems: dict[int, tuple[str, str]] = {}  # position in the block -> column, reason
        texts = {
            frame_column: self._texts(block.values[column], column, problems)
            for frame_column, column in self._columns.text_sources.items()
        }
        numbers = np.fromiter(block.rows, dtype=np.int64, count=len(block.rows)) + offset
        ids = self._ids(block, numbers, problems)
        extras = self._extras(block, problems)

        rejected = [(rejection.row + offset, rejection) for rejection in block.rejected]
        for position, (column, reason) in problems.items():
            row = block.rows[position]
            line = block.lines[position] if block.lines else None
            file = block.files[position] if block.files else block.file
            place_row = 0 if block.files else row
            rejected.append((row + offset, Rejection(file, place_row, line, column, None, reason)))
        rejected.sort(key=lambda item: item[0])
        if rejected and not self._skip:
            raise InputError(f"{rejected[0][1]} (--on-error skip leaves such rows out)")

        data = {
            name: pd.Series(values, dtype=object, index=numbers)
            for name, values in (ids | texts | extras).items()
        }
        frame = pd.DataFrame(data, index=numbers)
        if problems:
            frame = frame[~np.isin(np.arange(len(numbers)), list(problems))]
        return Chunk(frame, tuple(rejected), block.last + offset)

    def _texts(
        self, values: Sequence[object], column: str, problems: dict[int, tuple[str, str]]
    ) -> list[str]:
        texts = list(values)
        for position, value in enumerate(texts):
            if value is None or value == "":
                texts[position] = ""
            elif not isinstance(value, str):
                texts[position] = ""
                problems[position] = (column, "not text")
            elif value.isspace() or (len(value) < 16 and _BLANK.fullmatch(value)):
                texts[position] = ""
        _check_characters(cast("list[str]", texts), column, problems)
        return cast("list[str]", texts)

    def _extras(self, block: Block, problems: dict[int, tuple[str, str]]) -> dict[str, list[str]]:
        extras = {}
        for name, column in self._columns.further.items():
            extras[name] = [as_text(value) for value in block.values[column]]
            _check_characters(extras[name], column, problems)
        return extras

    def _ids(
        self, block: Block, numbers: np.ndarray, problems: dict[int, tuple[str, str]]
    ) -> dict[str, list[str]]:
        names = self._columns.id_columns
        if not self._columns.ids:
            return {names[0]: [str(number) for number in numbers.tolist()]}
        ids: dict[str, list[str]] = {}
        for name, column in zip(names, self._columns.ids, strict=True):
            values = []
            for position, value in enumerate(block.values[column]):
                text = value if isinstance(value, str) else _id_text(value)
                if isinstance(value, bool | dict | list | tuple | bytes):
                    problems[position] = (column, "an id must be a text or a number")
                if not text or text.isspace():
                    problems[position] = (column, "the id is missing")
                values.append(text)
            _check_characters(values, column, problems)
            ids[name] = values
        keys = list(ids.values())
        joined = (
            keys[0] if len(keys) == 1 else ["\x1f".join(key) for key in zip(*keys, strict=True)]
        )
        sound = np.setdiff1d(np.arange(len(joined)), list(problems))
        if len(sound):
            hashes = pd.util.hash_array(np.array(joined, dtype=object)[sound], categorize=False)
            for position, earlier in self._seen.add(hashes, numbers[sound]):
                problems[int(sound[position])] = (
                    " + ".join(self._columns.ids),
                    f"a duplicate id: row {earlier} of the input has it already",
                )
        return ids


def as_text(value: object) -> str:
    """Write a value of a further column as text: lists and the like as JSON, a gap as `""`."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return ""
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _id_text(value: object) -> str:
    """An id as text; a whole number is one also in a column that missing ids made a float's."""
    if value is None:
        return ""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)


def _check_characters(texts: list[str], column: str, problems: dict[int, tuple[str, str]]) -> None:
    joined = "".join(texts)
    if "\0" not in joined and (joined.isascii() or not _SURROGATE.search(joined)):
        return
    for position, text in enumerate(texts):
        if "\0" in text:
            problems[position] = (column, "a NUL character")
        elif _SURROGATE.search(text):
            problems[position] = (column, "half a surrogate pair, which is no character")


class _SeenIds:
    """Remembers the ids of all rows in 16 bytes each: a set of them would need 100 and more.

    Holds sorted runs of 64-bit hashes, each at least twice as long as the next, so that a million
    ids are looked up in a few binary searches. Two of n different ids collide with probability
    n^2 / 2^65: one in 370,000 for ten million.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []  # hashes, row numbers

    def add(self, hashes: np.ndarray, numbers: np.ndarray) -> list[tuple[int, int]]:
        """Remember ids; give `(position, earlier row)` of those that were seen before."""
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        repeated = np.zeros(len(hashes), dtype=bool)
        repeated[1:] = ordered[1:] == ordered[:-1]
        first = np.maximum.accumulate(np.where(repeated, 0, np.arange(len(hashes))))
        found = {
            int(order[i]): int(numbers[order[first[i]]]) for i in np.flatnonzero(repeated).tolist()
        }
        for known, rows in self._runs:
            places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
            for position in np.flatnonzero(known[places] == hashes).tolist():
                found[position] = int(rows[places[position]])
        is_new = np.ones(len(hashes), dtype=bool)
        is_new[list(found)] = False
        fresh = order[is_new[order]]
        if len(fresh):
            self._runs.append((hashes[fresh], numbers[fresh]))
        while len(self._runs) > 1 and 2 * len(self._runs[-1][0]) > len(self._runs[-2][0]):
            merged = [
                np.concatenate(parts)
                for parts in zip(self._runs.pop(), self._runs.pop(), strict=True)
            ]
            order = np.argsort(merged[0], kind="stable")
            self._runs.append((merged[0][order], merged[1][order]))
        return sorted(found.items())
