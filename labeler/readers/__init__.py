"""Readers: report corpora in any of their forms, as chunks of `(id, text or sections)`.

One module a form; `open_corpus` is the way in. All of them read in constant memory, keep the order
and the text as they are, and name the place of whatever is wrong.
"""

import sys
from collections.abc import Iterator, Sequence
from functools import partial

from labeler.errors import InputError
from labeler.readers.checks import RowChecker
from labeler.readers.columns import recognise
from labeler.readers.delimited import read_delimited
from labeler.readers.documents import read_openi, read_text_files
from labeler.readers.hl7 import read_hl7
from labeler.readers.json_items import read_json
from labeler.readers.json_lines import read_jsonl
from labeler.readers.parquet import read_parquet
from labeler.readers.records import (
    CHUNK_ROWS,
    Block,
    Chunk,
    Columns,
    Corpus,
    Meter,
    Rejection,
)
from labeler.readers.sources import STDIN, Source, check_unchanged, find_sources, peek
from labeler.readers.workbook import read_workbook

__all__ = [
    "TABLES",
    "Chunk",
    "Columns",
    "Corpus",
    "Meter",
    "Rejection",
    "Source",
    "check_unchanged",
    "find_sources",
    "open_corpus",
]

_CHUNK_CHARACTERS = 32 * 2**20
TABLES = ("csv", "tsv", "xlsx", "parquet", "jsonl", "json", "hl7")
"""The forms whose columns have names."""

_READERS = {"jsonl": read_jsonl, "json": read_json, "hl7": read_hl7}


def open_corpus(
    sources: Sequence[Source],
    *,
    text: str | None = None,
    findings: str | None = None,
    impression: str | None = None,
    ids: Sequence[str] = (),
    keep: Sequence[str] = (),
    also: Sequence[str] = (),
    header: bool = True,
    encoding: str = "utf-8",
    skip_bad_rows: bool = False,
    chunk_rows: int = CHUNK_ROWS,
) -> Corpus:
    """Open report files, one after the other as one corpus.

    Args:
        sources: the files, from `find_sources`; all of one kind and with the same columns.
        text: the column of raw report text; by default the obvious columns are recognised.
        findings: the column of the findings, of a report that is already split.
        impression: the column of the impression, of a report that is already split.
        ids: the id columns; by default the obvious one, else the row's number.
        keep: further columns to carry along, or `all`.
        also: further columns to read if they are there.
        header: whether CSV and TSV files name their columns; without, they hold a single column.
        encoding: encoding of the text files; XML and Parquet know their own.
        skip_bad_rows: leave bad rows out and list them; otherwise the first one raises.
        chunk_rows: rows a chunk at most; the result does not depend on it.

    Returns:
        The columns found, and the chunks, read as they are asked for.

    Raises:
        InputError: a file cannot be read, is not text, or its columns are unusable; while reading, a
            row is bad.
    """
    choose = partial(
        recognise,
        text=text,
        findings=findings,
        impression=impression,
        ids=ids,
        keep=keep,
        also=also,
    )
    named = any(name is not None for name in (text, findings, impression)) or ids or keep
    form = sources[0].form
    if not header and (named or form not in ("csv", "tsv")):
        raise InputError("--no-header is for a CSV file with a single column, without column names")
    if named and form not in TABLES:
        raise InputError(f"{sources[0].name}: has no columns to name with --text, --id or --keep")

    sizes = [source.size for source in sources]
    meter = Meter(None if None in sizes else sum(size or 0 for size in sizes))

    def open_parts(given: Sequence[Source], gauge: Meter) -> tuple[Columns, Iterator[Block]]:
        first = given[0]
        if first.form == "xml":
            return read_openi(given, gauge, chunk_rows=chunk_rows)
        if first.form == "txt":
            return read_text_files(given, gauge, encoding=encoding, chunk_rows=chunk_rows)
        if first.form == "parquet":
            return read_parquet(first, gauge, chunk_rows=chunk_rows, choose=choose)
        size = {"chunk_rows": chunk_rows, "chunk_characters": _CHUNK_CHARACTERS}
        if first.form == "xlsx":
            return read_workbook(first, gauge, choose=choose, **size)
        read = _READERS.get(_piped_form() if first.path == STDIN and header else first.form)
        if read is not None:
            return read(first, gauge, encoding=encoding, choose=choose, **size)
        return read_delimited(first, gauge, header=header, encoding=encoding, choose=choose, **size)

    documents = {"xml", "txt"}
    if {source.form for source in sources} & documents and len({s.form for s in sources}) > 1:
        raise InputError("tables, text files and XML files cannot be read together: label each")
    groups = [list(sources)] if form in documents else [[source] for source in sources]

    columns, opened = open_parts(groups[0], meter)
    for group in groups[1:]:
        # A file that does not fit is an error now, not after hours of labelling.
        if group[0].size is not None and open_parts(group, Meter())[0] != columns:
            raise InputError(
                f"{group[0].name}: its id and text columns differ from those of "
                f"{groups[0][0].name}: label it alone"
            )

    def chunks() -> Iterator[Chunk]:
        checker = RowChecker(columns, skip=skip_bad_rows)
        offset = 0
        for position, group in enumerate(groups):
            found, blocks = (columns, opened) if position == 0 else open_parts(group, meter)
            if found != columns:
                raise InputError(f"{group[0].name}: its columns differ from the other inputs'")
            last = 0
            for block in blocks:
                last = block.last
                if last:
                    yield checker.chunk(block, offset)
            if not last:
                raise InputError(f"{group[0].name}: there are no rows below the header")
            offset += last

    return Corpus(columns, chunks(), meter)


def _piped_form() -> str:
    """What standard input holds, by its first characters."""
    if sys.stdin is None:
        raise InputError("standard input is closed: give a file")
    head = peek(sys.stdin.buffer).lstrip(b"\xef\xbb\xbf \t\r\n\x0b")
    if head.startswith(b"MSH"):
        return "hl7"
    return "json" if head.startswith(b"[") else "jsonl" if head.startswith(b"{") else "csv"
