"""No input costs more than in proportion to its length; counted in calls, for times vary."""

import gc
import sys
from types import FrameType

import pytest

from benchmarks.hostile import CASES
from labeler import Labeler


def calls(labeler: Labeler, text: str) -> int:
    """How many calls (and steps of generators) it takes to label a text."""
    count = 0

    def step(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event == "call"

    gc.disable()
    sys.setprofile(step)
    try:
        labeler.label(text)
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


@pytest.mark.parametrize("name", CASES)
def test_a_text_twice_as_long_takes_at_most_twice_the_steps(name: str) -> None:
    labeler = Labeler(cache_size=0)
    make = CASES[name]
    labeler.label(make(3_000))  # every word met once
    short, long = calls(labeler, make(1_500)), calls(labeler, make(3_000))
    assert long < 2.3 * short + 2_000


def test_a_long_stretch_reads_the_same_by_every_path() -> None:
    text = "Lungs show no effusion, " + "no edema, " * 300 + "and no pneumothorax"
    labeler = Labeler()
    import pandas as pd

    frame = labeler.label_frame(pd.DataFrame({"report": [text]}), text="report")
    got = {name: None if pd.isna(v) else int(v) for name, v in frame.iloc[0].items()}
    assert got == labeler.label(text).labels
