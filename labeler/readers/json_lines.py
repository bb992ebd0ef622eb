"""JSON Lines: one object a line, or one FHIR resource a line."""

import json
from collections.abc import Callable, Iterator

from labeler.errors import InputError
from labeler.readers.columns import recognise
from labeler.readers.fhir import report_rows
from labeler.readers.mappings import Row, read_mappings
from labeler.readers.records import Block, Columns, Meter, Rejection
from labeler.readers.sources import Source, find_codec, open_binary, peek, refuse_binary


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
    return read_mappings(
        source.name,
        report_rows(_rows(source.name, binary, encoding)),
        nothing="no line holds a JSON object, or none of its FHIR resources is a DiagnosticReport",
        chunk_rows=chunk_rows,
        chunk_characters=chunk_characters,
        choose=choose,
    )


def _rows(name: str, binary: Iterator[bytes], encoding: str) -> Iterator[Row]:
    codec = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    offset = 0
    for number, data in enumerate(binary, start=1):
        start, offset = offset, offset + len(data)
        if not data.strip():
            continue
        try:
            record = json.loads(data.decode(codec if number == 1 else encoding))
            if isinstance(record, dict):
                yield Row(number, len(data), record)
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
        yield Row(number, len(data), Rejection(name, 0, number, "", byte, reason))
