"""What the readers hand on: chunks of reports, and the rows that were rejected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

TEXT_COLUMN = "text"
"""Frame column with a report's raw text."""

CHUNK_ROWS = 1000
"""Reports in a chunk, unless told otherwise: a fraction of a second of labelling."""

ROW_ID = "row"
"""Name of the id column of an input that has none: the row's number, from 1."""


def id_column(position: int) -> str:
    """Name the frame column that holds the id at `position` of `Columns.ids`."""
    return f"id:{position}"


def extra_column(position: int) -> str:
    """Name the frame column that holds the column at `position` of `Columns.extras`."""
    return f"extra:{position}"


def also_column(name: str) -> str:
    """Name the frame column that holds what `Columns.also` calls `name`."""
    return f"also:{name}"


def section_column(section: str) -> str:
    """Name the frame column that holds the text of an already split section."""
    return f"section:{section}"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the input hold the ids and the text.

    The frames have names of their own (`id_column`, `TEXT_COLUMN`, `section_column`), so that no
    column name of an input can collide with an observation's.

    Attributes:
        ids: the id columns' names as the input spells them; empty where the row number is the id.
        text: name of the column with raw report text, `None` where the report is already split.
        sections: section name -> column name, empty where `text` is given.
        extras: further columns to carry along, in the order of the output.
        also: what a layout would like to know, such as the subject -> column name.
    """

    ids: tuple[str, ...]
    text: str | None
    sections: Mapping[str, str] = field(default_factory=dict)
    extras: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[str, ...]:
        """All the columns of the input that are read, each once."""
        return tuple(
            dict.fromkeys((*self.ids, *self.text_sources.values(), *self.further.values()))
        )

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Names of the further columns in the frames."""
        return tuple(extra_column(position) for position in range(len(self.extras)))

    @property
    def further(self) -> dict[str, str]:
        """Frame column -> input column, of those that are neither id nor text."""
        extras = zip(self.extra_columns, self.extras, strict=True)
        return dict(extras) | {also_column(name): column for name, column in self.also.items()}

    @property
    def id_names(self) -> tuple[str, ...]:
        """Names of the id columns in the output."""
        return self.ids or (ROW_ID,)

    @property
    def id_columns(self) -> tuple[str, ...]:
        """Names of the id columns in the frames."""
        return tuple(id_column(position) for position in range(len(self.id_names)))

    def __str__(self) -> str:
        """What is read, for a summary."""
        texts = ", ".join(map(repr, self.text_sources.values()))
        return f"{texts}, ids from {', '.join(map(repr, self.ids)) or 'the row numbers'}"

    @property
    def text_sources(self) -> dict[str, str]:
        """Frame column -> input column, of all the columns that hold text."""
        if self.text is not None:
            return {TEXT_COLUMN: self.text}
        return {section_column(section): column for section, column in self.sections.items()}


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that cannot be labelled, its place and the reason, without any of its text.

    Attributes:
        file: the input file.
        row: the row's number in the file, from 1, the header not counted; 0 for the whole file.
        line: the line of the file where the row begins, `None` where the form has no lines.
        column: the column at fault, `""` where it is the whole row.
        byte: offset of the byte at fault in the (decompressed) file, where there is one.
        reason: what is wrong and what to do.
    """

    file: str
    row: int
    line: int | None
    column: str
    byte: int | None
    reason: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row:
            place.append(f"row {self.row}")
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.byte is not None:
            place.append(f"byte {self.byte}")
        if self.column:
            place.append(f"column {self.column!r}")
        return f"{', '.join(place)}: {self.reason}"


@dataclass(slots=True)
class Block:
    """Rows of one file as its form gives them, before the checks that all forms share.

    Attributes:
        file: the file's name for messages.
        values: input column -> the rows' values, text or `None`; all of the same length.
        rows: the rows' numbers in the file, from 1.
        lines: the lines where the rows begin, empty where the form has no lines.
        rejected: the rows between them that the form could not read.
        last: number of the last row read, rejected ones counted.
        files: the rows' own files, where each row is one.
    """

    file: str
    values: Mapping[str, Sequence[object]]
    rows: Sequence[int]
    lines: Sequence[int]
    rejected: list[Rejection]
    last: int
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Reports ready to be labelled.

    Attributes:
        frame: the ids and texts as strings, under the frame column names; the index is the row's
            number over all inputs, from 1.
        rejected: the rows left out, each with its number over all inputs.
        last: number of the last row of the chunk over all inputs, rejected ones counted.
    """

    frame: pd.DataFrame
    rejected: tuple[tuple[int, Rejection], ...]
    last: int


@dataclass(slots=True)
class Meter:
    """How much of the input has been read, in bytes on disk; `total` is `None` for a pipe."""

    total: int | None = None
    done: int = 0


@dataclass(frozen=True, slots=True)
class Corpus:
    """An opened input: its columns, and its reports chunk by chunk."""

    columns: Columns
    chunks: Iterator[Chunk]
    meter: Meter
