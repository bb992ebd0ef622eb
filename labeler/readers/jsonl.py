"""JSON Lines: one object a line."""

import json
from collections.abc import Callable, Iterator
from itertools import islice

from labeler.errors import InputError
from labeler.readers.columns import recognise
from labeler.readers.records import Block, Columns, Meter, Rejection
from labeler.readers.sources import Source, find_codec, open_binary, peek, refuse_binary

# The columns are the keys of the first lines together: a line may leave out what it lacks.
_PEEK_LINES = 200


def read_jsonl(
    source: Source,
    meter: Meter,
    *,
    encoding: str,
    chunk_rows: int,
    chunk_characters: int,
    choose: Callable[..., Columns] = recognise,
) -> tuple[Columns, Iterator[Block]]:
    """Open a JSON Lines file; the arguments are those of `read_delimited`.

    Raises:
        InputError: the file is empty, no text, or its keys are unusable.
    """
    codec = find_codec(encoding)
    if codec.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        raise InputError(
            f"{source.name}: JSON Lines in {encoding} cannot be read: save it as UTF-8"
        )
    binary = open_binary(source, meter)
    refuse_binary(peek(binary), source.name, codec)
    records = _records(source.name, binary, encoding)
    first = list(islice(records, _PEEK_LINES))
    names = list(
        dict.fromkeys(key for _, _, record in first if isinstance(record, dict) for key in record)
    )
    if not names:
        problem = next((str(r) for _, _, r in first if isinstance(r, Rejection)), None)
        raise InputError(problem or f"{source.name}: no line holds a JSON object")
    columns = choose(names, source.name)
    wanted = columns.wanted

    def blocks() -> Iterator[Block]:
        values: dict[str, list[object]] = {name: [] for name in wanted}
        numbers: list[int] = []
        lines: list[int] = []
        rejected: list[Rejection] = []
        last = characters = 0
        waiting = iter(first)
        for last, (line, size, record) in enumerate(_chain(waiting, records), start=1):
            characters += size
            if isinstance(record, Rejection):
                rejected.append(Rejection(record.file, last, line, "", record.byte, record.reason))
            else:
                for name in wanted:
                    values[name].append(record.get(name))
                numbers.append(last)
                lines.append(line)
            if len(numbers) + len(rejected) >= chunk_rows or characters >= chunk_characters:
                yield Block(source.name, values, numbers, lines, rejected, last)
                values = {name: [] for name in wanted}
                numbers, lines, rejected, characters = [], [], [], 0
        if numbers or rejected:
            yield Block(source.name, values, numbers, lines, rejected, last)

    return columns, blocks()


_Record = tuple[int, int, "dict[str, object] | Rejection"]


def _chain(first: Iterator[_Record], rest: Iterator[_Record]) -> Iterator[_Record]:
    yield from first
    yield from rest


def _records(name: str, binary: Iterator[bytes], encoding: str) -> Iterator[_Record]:
    """Give `(line number, size, object or what is wrong)` for each line that is not blank."""
    codec = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    offset = 0
    for number, data in enumerate(binary, start=1):
        start, offset = offset, offset + len(data)
        if not data.strip():
            continue
        try:
            record = json.loads(data.decode(codec if number == 1 else encoding))
            if isinstance(record, dict):
                yield number, len(data), record
                continue
            byte, reason = start, "not a JSON object"
        except LookupError as error:
            raise InputError(f"--encoding {encoding}: there is no such text encoding") from error
        except UnicodeDecodeError as error:
            byte = start + error.start
            reason = "does not decode: name the file's encoding with --encoding"
        except json.JSONDecodeError as error:
            byte = start + len(error.doc[: error.pos].encode(encoding, "replace"))
            reason = f"broken JSON: {error.msg[:1].lower()}{error.msg[1:].removesuffix(' at')}"
        except ValueError:  # Python refuses an integer of thousands of digits
            byte, reason = start, "a number of too many digits"
        except RecursionError:
            byte, reason = start, "JSON nested too deeply"
        yield number, len(data), Rejection(name, 0, number, "", byte, reason)
