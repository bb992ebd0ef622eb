"""Excel workbooks: the sheet that holds reports, its first row the column names."""

from collections.abc import Callable, Iterator

from labeler.errors import InputError
from labeler.readers.columns import recognise
from labeler.readers.mappings import Row, read_mappings
from labeler.readers.records import Block, Columns, Meter
from labeler.readers.sources import Source
from labeler.tables.workbook import Sheet, open_sheets


def read_workbook(
    source: Source,
    meter: Meter,
    *,
    chunk_rows: int,
    chunk_characters: int,
    choose: Callable[..., Columns] = recognise,
) -> tuple[Columns, Iterator[Block]]:
    """Open a workbook; the arguments are those of `read_delimited`.

    Of several sheets the one is read whose columns are known to hold reports. Empty rows are no
    rows.

    Raises:
        InputError: as `open_sheets`; or no sheet holds reports, or several do.
    """
    sheet = _with_reports(open_sheets(source.path), source, choose)
    meter.done += source.size or 0
    return read_mappings(
        source.name,
        _rows(sheet),
        nothing="the workbook is empty",
        chunk_rows=chunk_rows,
        chunk_characters=chunk_characters,
        choose=choose,
        names=sheet.names,
    )


def _with_reports(sheets: list[Sheet], source: Source, choose: Callable[..., Columns]) -> Sheet:
    """The only sheet, or the only one whose columns will do."""
    if len(sheets) == 1:
        return sheets[0]
    fitting = []
    for sheet in sheets:
        try:
            choose(sheet.names, source.name)
        except InputError:
            continue
        fitting.append(sheet)
    if len(fitting) != 1:
        raise InputError(
            f"{source.name}: {len(fitting)} of its {len(sheets)} sheets look like reports: name "
            "the columns with --text and --id, or save the sheet as a workbook of its own"
        )
    return fitting[0]


def _rows(sheet: Sheet) -> Iterator[Row]:
    for line, values in sheet.rows():
        yield Row(line, sum(len(v) for v in values.values() if isinstance(v, str)), values)
