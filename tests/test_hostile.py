"""No input costs more than in proportion to its length; counted in calls, for times vary."""

import gc
import io
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from rich.console import Console

from benchmarks.hostile import CASES
from labeler import Labeler
from labeler.corpus.reports import Report
from labeler.explanation.explain import Explainer, mark_blocks
from labeler.explanation.explain_text import print_explanation
from labeler.pages.explanation import explanation_page


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


def lines(work: Callable[[], object]) -> int:
    """How many lines of Python a piece of work runs."""
    count = 0

    def step(frame: FrameType, event: str, arg: object) -> object:
        nonlocal count
        count += event == "line"
        return step

    sys.settrace(step)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize(
    "unit", ["no effusion, possible edema, ", "FINDINGS: no effusion.\nIMPRESSION: edema.\n"]
)
def test_an_explanation_grows_with_the_text(unit: str) -> None:
    explainer = Explainer(Labeler())
    console = Console(file=io.StringIO(), highlight=False, soft_wrap=True)

    def page(times: int) -> int:
        explanation = explainer(unit * times)
        return lines(lambda: explanation_page(explanation))

    def terminal(times: int) -> int:
        explanation = explainer(unit * times)
        return lines(lambda: print_explanation(explanation, console))

    def marked(times: int) -> int:
        report = Report("", unit * times)
        labeled = explainer(report).report
        return lines(lambda: mark_blocks(report, labeled))

    for work in (page, terminal, marked):
        work(2)  # what is made once
        assert work(120) < 2.2 * work(60) + 2_000
