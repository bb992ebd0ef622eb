"""Damaged files of every form: each is read, or refused in one clear line that quotes nobody.

A file is made sound, then damaged some times: bytes change, go, come twice or change places, and
tokens that have broken readers before are put in. The seed of a file is all that it depends on.
"""

import io
import json
import random
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa

from labeler.errors import LabelerError
from labeler.readers import find_sources, open_corpus
from labeler.references import KINDS, read_reference
from labeler.rules import assertion_schema, rules_folder
from labeler.rules.load import read_model
from labeler.tables.labels import read_label_table

MARKER = "Zorblatt"
TEXT = f"FINDINGS: Mr {MARKER} has a small effusion, left; no edema. IMPRESSION: As above, says {MARKER}."
_TOKENS = (
    b"\0", b'"', b'""', b",", b"\t", b"\n", b"\r", b"\r\n", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe",
    b"[", b"{", b"]", b"}", b"9" * 5000, b"-", b"NaN", b"null", b"&a;", b"<!ENTITY a 'b'>", b"*a",
    b"&a ", b"!!int x", b"2024-13-45", b"\xed\xa0\x80", b"\\ud800", b"1e999", b"PK\x03\x04",
)  # fmt: skip


def _frame() -> pd.DataFrame:
    return pd.DataFrame({"uid": [f"r{n}" for n in range(20)], "report": [TEXT] * 20})


def _labels() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image_id": [f"i{n}" for n in range(20)],
            "rad_id": ["R1", "R2"] * 10,
            "Edema": [1, 0, -1, 0] * 5,
            "class_name": ["Consolidation"] * 20,
            "x_min": [1.0] * 20,
            "Finding Labels": ["Edema|Mass"] * 20,
        }
    )


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def _jsonl(frame: pd.DataFrame) -> bytes:
    text = frame.to_json(orient="records", lines=True)
    return text.encode()


def _parquet(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.to_parquet(sink, index=False)
    return sink.getvalue()


def _packed(data: bytes, codec: str) -> bytes:
    if codec == "xz":
        import lzma

        return lzma.compress(data)
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, codec) as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


def _xml() -> bytes:
    return (
        "<?xml version='1.0' encoding='utf-8'?><eCitation><uId id='CXR1'/><MedlineCitation><Article>"
        f"<Abstract><AbstractText Label='FINDINGS'>{TEXT}</AbstractText></Abstract></Article>"
        "</MedlineCitation><MeSH><major>Cardiomegaly/mild</major></MeSH></eCitation>"
    ).encode()


def _read_corpus(path: Path) -> None:
    for skip in (True, False):
        corpus = open_corpus(find_sources([str(path)]), skip_bad_rows=skip)
        for _ in corpus.chunks:
            pass


def _read_tables(path: Path) -> None:
    failed = None
    reads: list[Callable[[], object]] = [lambda: read_label_table(path)]
    kind = KINDS[path.stat().st_size % len(KINDS)]  # one of them: reading a crosswalk takes time
    reads.append(lambda: read_reference(kind, [path], unknown_names="ignore"))
    for read in reads:
        try:
            read()
        except LabelerError as error:
            failed = error
            _check(error)
    if failed:
        raise failed


def _read_rules(path: Path) -> None:
    read_model(path, assertion_schema.CueFile)


def _check(error: LabelerError) -> None:
    message = str(error)
    if MARKER in message or "\n" in message:
        raise AssertionError(f"a message quotes the file or has several lines: {type(error)}")


FORMS: dict[str, tuple[Callable[[], bytes], Callable[[Path], None]]] = {
    "reports.csv": (lambda: _csv(_frame()), _read_corpus),
    "reports.tsv": (lambda: _csv(_frame()).replace(b",", b"\t"), _read_corpus),
    "reports.jsonl": (lambda: _jsonl(_frame()), _read_corpus),
    "reports.parquet": (lambda: _parquet(_frame()), _read_corpus),
    "reports.csv.gz": (lambda: _packed(_csv(_frame()), "gzip"), _read_corpus),
    "reports.csv.zst": (lambda: _packed(_csv(_frame()), "zstd"), _read_corpus),
    "reports.csv.bz2": (lambda: _packed(_csv(_frame()), "bz2"), _read_corpus),
    "reports.csv.xz": (lambda: _packed(_csv(_frame()), "xz"), _read_corpus),
    "report.xml": (_xml, _read_corpus),
    "report.txt": (lambda: TEXT.encode(), _read_corpus),
    "labels.csv": (lambda: _csv(_labels()), _read_tables),
    "labels.jsonl": (lambda: _jsonl(_labels()), _read_tables),
    "labels.parquet": (lambda: _parquet(_labels()), _read_tables),
    "labels.csv.zst": (lambda: _packed(_csv(_labels()), "zstd"), _read_tables),
    "boxes.json": (
        lambda: json.dumps(
            [{"file_name": "1.png", "syms": ["Mass"], "boxes": [[1, 2, 3, 4]]}]
        ).encode(),
        _read_tables,
    ),
    "cues.yaml": (
        lambda: (rules_folder() / "en/assertion/20_negation.yaml").read_bytes()[:4000],
        _read_rules,
    ),
}


def damage(data: bytes, dice: random.Random) -> bytes:
    """Damage bytes in one to four places."""
    content = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        if not content:
            break
        start = dice.randrange(len(content))
        end = min(len(content), start + dice.randint(1, 40))
        kind = dice.randrange(7)
        if kind == 0:
            content[start] = dice.randrange(256)
        elif kind == 1:
            del content[start:end]
        elif kind == 2:
            content[start:start] = content[start:end] * dice.randint(1, 5)
        elif kind == 3:
            content[start:start] = dice.choice(_TOKENS)
        elif kind == 4:
            content[start:end] = dice.randbytes(end - start)
        elif kind == 5:
            del content[start:]
        else:
            content = content[start:] + content[:start]
    return bytes(content)


def run(folder: Path, first: int, count: int) -> dict[str, int]:
    """Read damaged files.

    Args:
        folder: where they are put, one after the other.
        first: the first seed.
        count: how many.

    Returns:
        How many were `read` and `refused`.

    Raises:
        AssertionError: one did what it must not; the message names its seed.
    """
    tally = {"read": 0, "refused": 0}
    names = list(FORMS)
    for seed in range(first, first + count):
        name = names[seed % len(names)]
        make, read = FORMS[name]
        path = folder / name
        path.write_bytes(damage(make(), random.Random(seed)))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                read(path)
            tally["read"] += 1
        except LabelerError as error:
            _check(error)
            tally["refused"] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, {name}: {type(error).__name__}") from error
        finally:
            path.unlink()
    return tally
