"""The two readers of CSV files: pyarrow for blocks that are regular, line by line for the others."""

import csv
import io
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeler.errors import InputError
from labeler.readers import delimited, find_sources, open_corpus, row_blocks

FIELD = st.text('ab7 .,;\t"\n\r\0é\x85\u2028', max_size=8)


@st.composite
def well_formed(draw):
    """Rows as a program writes them."""
    rows = draw(st.lists(st.lists(FIELD, min_size=3, max_size=3), min_size=1, max_size=6))
    out = io.StringIO()
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    how = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(out, lineterminator=ends, quoting=how).writerows(
        [f"{draw(st.integers(1, 99))}", *row[1:]] for row in rows
    )
    return out.getvalue().encode()


# What a hand, a script or a bad disk makes of a file.
FRAGMENT = st.sampled_from(
    [
        b'"', b'""', b",", b"\n", b"\r\n", b"\r", b"\n\n", b"\xff", b"\xc3", b"\0", b"\xef\xbb\xbf",
        b"5,a,b\n", b'6,"a\nb",c\r\n', b'7,"a","b\n', b'8,a"b,c\n', b'9,"a" ,b\n', b'1,"a"b,c\n',
        b"2,a\n", b"3,a,b,c\n", b'"4","a""b","c"\n', b" ", b'7, "a",b\n', b"\xed\xa0\x80", b"4;5;6\n",
    ]
)  # fmt: skip
FILE = st.lists(st.one_of(well_formed(), FRAGMENT), max_size=10).map(b"".join)


@contextmanager
def sizes(block, learned):
    with (
        mock.patch.object(row_blocks, "BLOCK", block),
        mock.patch.object(delimited, "_LEARNED", learned),
    ):
        yield


def rows_and_problems(source, *, skip, **options):
    """All that a reader tells of a file, chunks forgotten."""
    rows, rejected, last = [], [], 0
    try:
        for chunk in open_corpus([source], skip_bad_rows=skip, **options).chunks:
            rows += [(number, *row) for number, *row in chunk.frame.itertuples(name=None)]
            rejected += [str(rejection) for _, rejection in chunk.rejected]
            last = chunk.last
    except InputError as error:
        return rows if skip else None, rejected if skip else None, last if skip else 0, str(error)
    return rows, rejected, last, ""


def both(path, *, skip=True, **options):
    """What is read in blocks, and what is read as from a pipe: line by line."""
    (source,) = find_sources([str(path)])
    return tuple(
        rows_and_problems(one, skip=skip, **options) for one in (source, replace(source, size=None))
    )


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=FILE,
    head=st.sampled_from([b"study_id,note,report\n", b"\xef\xbb\xbfnote,x,report\r\n", b'"a",b,text\n']),
    skip=st.booleans(),
    block=st.integers(3, 90),
    learned=st.integers(0, 4),
    chunk_rows=st.integers(1, 5),
)  # fmt: skip
def test_any_file_reads_the_same_in_blocks_and_line_by_line(
    tmp_path, body, head, skip, block, learned, chunk_rows
):
    path = tmp_path / "reports.csv"
    path.write_bytes(head + body)
    with sizes(block, learned):
        fast, careful = both(path, skip=skip, chunk_rows=chunk_rows, keep=["all"])
    assert fast == careful


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=FILE, block=st.integers(3, 90))
def test_a_file_of_one_column_reads_the_same_in_blocks_and_line_by_line(tmp_path, body, block):
    path = tmp_path / "reports.csv"
    path.write_bytes(body)
    with sizes(block, 1):
        fast, careful = both(path, header=False)
    assert fast == careful


@pytest.fixture
def parsed(monkeypatch):
    """Counts the rows that pyarrow read."""
    counts = []
    real = row_blocks.parse_rows

    def parse_rows(*given):
        found = real(*given)
        counts.append(len(found[0]) if found is not None else None)
        return found

    monkeypatch.setattr(delimited, "parse_rows", parse_rows)
    return counts


def rows(first, last):
    return "".join(
        f'{number},"Clear ""lungs"",\nno effusion."\r\n' for number in range(first, last)
    )


def test_regular_rows_are_read_by_pyarrow(tmp_path, parsed):
    path = tmp_path / "reports.csv"
    path.write_text("study_id,report\r\n" + rows(1, 3001), newline="")
    fast, careful = both(path)
    assert fast == careful
    assert sum(parsed) == 2000


def test_behind_a_broken_row_the_blocks_go_on(tmp_path, parsed):
    path = tmp_path / "reports.csv"
    broken = rows(1, 3001) + '3001,5" nodule,\n3002,"a"b\n3003,"' + rows(3004, 30_001)
    path.write_bytes(("study_id,report\n" + broken).encode() + b"30001,\xff\n")
    with sizes(100_000, 1000):
        fast, careful = both(path)
    assert fast == careful
    assert len(fast[1]) >= 3
    assert parsed.count(None) < 5
    assert sum(filter(None, parsed)) > 20_000


def test_a_bad_row_of_a_regular_block_has_its_line(tmp_path):
    path = tmp_path / "reports.csv"
    path.write_text(
        "study_id,report\n" + rows(1, 1501) + "\n7,Clear.\n" + rows(1502, 1700), newline=""
    )
    fast, careful = both(path)
    assert fast == careful
    assert "row 1501, line 3003" in fast[1][0]
