"""Options with a fixed choice: the command line knows the same as the modules behind it."""

import subprocess
import sys

import pytest
from corpora import run_cli

from labeler import __version__
from labeler.cli import choices
from labeler.comparison.compare import EMPTY
from labeler.references import KINDS
from labeler.references.consensus import RULES
from labeler.tables import encode
from labeler.writers.layouts import LAYOUTS


@pytest.mark.parametrize(
    ("choice", "known"),
    [
        (choices.LayoutName, LAYOUTS),
        (choices.Kind, KINDS),
        (choices.Consensus, RULES),
        (choices.Uncertain, encode.UNCERTAIN),
        (choices.EmptyCode, ("auto", *encode.EMPTY)),
        (choices.EmptyReference, ("auto", *EMPTY)),
    ],
)
def test_the_choices_are_those_that_there_are(choice, known):
    assert [member.value for member in choice] == list(known)


@pytest.mark.parametrize(
    ("arguments", "listed"),
    [
        (["label", "x.csv", "-o", "o.csv", "--engine", "dask"], "'plain', 'spark'"),
        (["reference", "mnist", "x.csv", "-o", "o.csv"], "'chexpert', 'mimic'"),
        (["encode", "x.csv", "-o", "o.csv", "--uncertain", "two"], "'ones', 'zeros'"),
        (["compare", "x.csv", "y.csv", "--empty", "full"], "'auto', 'not-mentioned'"),
        (["agreement", "x.csv", "--empty", "full"], "'auto', 'not-mentioned'"),
        (["label", "x.csv", "-o", "o.csv", "--wokers", "2"], "--workers"),
        (["sections", "x.csv"], "Missing option '--output'"),
    ],
)
def test_a_wrong_choice_is_one_line_that_lists_the_choices(monkeypatch, capsys, arguments, listed):
    status, out, err = run_cli(monkeypatch, capsys, *arguments)
    assert (status, out) == (2, "")
    assert (err.count("\n"), err.startswith("labeler: "), listed in err) == (1, True, True), err


def test_the_version_and_whether_it_is_compiled():
    command = [sys.executable, "-m", "labeler", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    from labeler.text import tokens

    built = "" if str(tokens.__file__).endswith(".py") else " (compiled)"
    assert (done.returncode, done.stdout) == (0, f"labeler {__version__}{built}\n")
