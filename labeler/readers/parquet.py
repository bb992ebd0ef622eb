"""Parquet files; only the columns needed are read."""

from collections.abc import Callable, Iterator

from labeler.errors import InputError, LabelerError
from labeler.readers.columns import recognise
from labeler.readers.records import Block, Columns, Meter
from labeler.readers.sources import Source
from labeler.tables.names import listing


def read_parquet(
    source: Source,
    meter: Meter,
    *,
    chunk_rows: int,
    choose: Callable[..., Columns] = recognise,
) -> tuple[Columns, Iterator[Block]]:
    """Open a Parquet file; the arguments are those of `read_delimited`.

    Raises:
        InputError: the file is not a Parquet file, or its columns are unusable.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source.path)
    except OSError as error:
        raise InputError(f"{source.name}: cannot be opened: {error.strerror or 'no data'}") from (
            error
        )
    except pa.ArrowException as error:
        raise InputError(
            f"{source.name}: this is no Parquet file, or it is damaged or cut off"
        ) from error
    schema = file.schema_arrow
    columns = choose(schema.names, source.name)
    for name in columns.text_sources.values():
        kind = schema.field(name).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if not (
            pa.types.is_string(kind)
            or pa.types.is_large_string(kind)
            or pa.types.is_string_view(kind)
            or pa.types.is_null(kind)
        ):
            raise InputError(
                f"{source.name}: column {name!r} holds {kind}, not text; its columns: "
                f"{listing(schema.names)}"
            )
    wanted = columns.wanted
    size, total = source.size or 0, max(1, file.metadata.num_rows)

    def blocks() -> Iterator[Block]:
        last, before = 0, meter.done
        try:
            for batch in file.iter_batches(batch_size=chunk_rows, columns=list(wanted)):
                numbers = range(last + 1, last + batch.num_rows + 1)
                last += batch.num_rows
                values = {name: batch.column(name).to_pylist() for name in wanted}
                meter.done = before + size * last // total
                yield Block(source.name, values, numbers, [], [], last)
        except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
            raise LabelerError(
                f"{source.name}: cannot be read on after row {last}: the file is damaged"
            ) from error

    return columns, blocks()
