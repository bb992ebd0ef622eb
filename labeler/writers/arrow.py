"""Tables that grow as Arrow streams in one file, and become a Parquet file in the end.

A Parquet file cannot grow once closed, so that a run could not resume in the middle of one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

_ROW_GROUP = 65_536


def encode(table: Any) -> bytes:
    """Encode an Arrow table as a separate stream."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def read_streams(path: Path) -> Iterator[Any]:
    """Give the Arrow tables of the streams that stand one after the other in a file."""
    import pyarrow as pa

    size = path.stat().st_size
    with pa.OSFile(str(path)) as source:
        while source.tell() < size:
            yield pa.ipc.open_stream(source).read_all()


def to_parquet(streams: Path, final: Path) -> None:
    """Write the tables of a file of streams as one Parquet file.

    The row groups have a fixed size: the bytes do not depend on how the rows came.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer, waiting, rows = None, [], 0
    for table in read_streams(streams):
        writer = writer or pq.ParquetWriter(str(final), table.schema)
        waiting.append(table)
        rows += table.num_rows
        while rows >= _ROW_GROUP:
            joined = pa.concat_tables(waiting).combine_chunks()
            writer.write_table(joined.slice(0, _ROW_GROUP))
            waiting, rows = [joined.slice(_ROW_GROUP)], rows - _ROW_GROUP
    if writer is not None:
        if rows:
            writer.write_table(pa.concat_tables(waiting).combine_chunks())
        writer.close()
