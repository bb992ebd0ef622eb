"""Rows that come as mappings from column to value: of JSON, FHIR, HL7 and workbooks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from labeler.errors import InputError
from labeler.readers.columns import recognise
from labeler.readers.records import Block, Columns, Rejection

# The columns are the keys of the first rows together: a row may leave out what it lacks.
_PEEK_ROWS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file.

    Attributes:
        line: the line of the file where it begins, from 1.
        size: its length, in bytes or characters.
        values: column -> value, or what is wrong with the row.
    """

    line: int
    size: int
    values: dict[str, object] | Rejection


def read_mappings(
    name: str,
    rows: Iterator[Row],
    *,
    nothing: str,
    chunk_rows: int,
    chunk_characters: int,
    choose: Callable[..., Columns] = recognise,
    names: Iterable[str] = (),
) -> tuple[Columns, Iterator[Block]]:
    """Choose the columns and put the rows into blocks.

    Args:
        name: the file's name for messages.
        rows: the file's rows in order; the row numbers of their rejections are filled in.
        nothing: what to say where no row is a mapping.
        chunk_rows, chunk_characters: see `read_delimited`.
        choose: picks the columns from their names and the file's name.
        names: the column names, where the file says them; otherwise those of the first rows.

    Raises:
        InputError: there are no rows, or the columns are unusable.
    """
    first = list(islice(rows, _PEEK_ROWS))
    found = list(names) or list(
        dict.fromkeys(key for row in first if isinstance(row.values, dict) for key in row.values)
    )
    if not found:
        problem = next((str(row.values) for row in first if isinstance(row.values, Rejection)), "")
        raise InputError(problem or f"{name}: {nothing}")
    columns = choose(found, name)
    wanted = columns.wanted

    def blocks() -> Iterator[Block]:
        values: dict[str, list[object]] = {column: [] for column in wanted}
        numbers: list[int] = []
        lines: list[int] = []
        rejected: list[Rejection] = []
        last = characters = 0
        for last, row in enumerate(chain(first, rows), start=1):
            characters += row.size
            if isinstance(row.values, Rejection):
                rejected.append(replace(row.values, file=name, row=last, line=row.line))
            else:
                for column in wanted:
                    values[column].append(row.values.get(column))
                numbers.append(last)
                lines.append(row.line)
            if len(numbers) + len(rejected) >= chunk_rows or characters >= chunk_characters:
                yield Block(name, values, numbers, lines, rejected, last)
                values = {column: [] for column in wanted}
                numbers, lines, rejected, characters = [], [], [], 0
        if numbers or rejected:
            yield Block(name, values, numbers, lines, rejected, last)

    return columns, blocks()
