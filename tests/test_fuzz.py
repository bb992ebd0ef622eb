"""Damaged files of every form; `python -m benchmarks fuzz` tries more of them."""

import pytest

from benchmarks import fuzz


@pytest.mark.parametrize("first", range(0, 500, 100))
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path, first):
    tally = fuzz.run(tmp_path, first, 100)
    assert tally["read"] > 0
    assert tally["refused"] > 10
