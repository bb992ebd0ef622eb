"""Inputs made to be slow: each must cost time in proportion to its length."""

import gc
import math
import time
from collections.abc import Callable

from labeler import Labeler

WORDS = (12_500, 25_000, 50_000, 100_000)
MOST_SECONDS = 2.0
MOST_GROWTH = 1.2


def _repeated(unit: str) -> Callable[[int], str]:
    """A unit repeated until it has so many words."""
    size = max(len(unit.split()), 1)
    return lambda words: unit * (words // size)


CASES: dict[str, Callable[[int], str]] = {
    "alternatives": lambda n: " or ".join(["effusion", "pneumonia"] * (n // 4)),
    "versus": lambda n: " versus ".join(["edema", "pneumonia"] * (n // 4)),
    "denied items": _repeated("no effusion, "),
    "denials": _repeated("no "),
    "denials, then an item": lambda n: "no " * n + "effusion and edema",
    "items": _repeated("effusion "),
    "hedged items": _repeated("possible effusion or "),
    "resolved items": _repeated("effusion, edema resolved, "),
    "answers": _repeated("effusion resolved but "),
    "structures": _repeated("heart enlarged, mediastinum normal and "),
    "states": _repeated("enlarged normal "),
    "explained": _repeated("density likely nipple shadow "),
    "no punctuation": _repeated("the lungs are clear and the heart is not enlarged "),
    "unknown words": lambda n: " ".join(f"word{i}" for i in range(n)),
    "unbroken letters": lambda n: "x" * (5 * n),
    "unbroken pneumonias": lambda n: "pneumonia" * (n // 2),
    "nested brackets": lambda n: "(" * (n // 2) + "effusion" + ")" * (n // 2),
    "open brackets": _repeated("(effusion "),
    "commas": lambda n: "," * n,
    "commas and blanks": lambda n: ", " * n,
    "question marks": _repeated("effusion ? "),
    "dashes": _repeated("effusion - "),
    "signs in front": _repeated("+ effusion, "),
    "tabs": _repeated("effusion\t"),
    "full stops": lambda n: "effusion." * (n // 2),
    "glued stops": lambda n: "." * (5 * n),
    "numbers": _repeated("1. 2) 3 "),
    "one line": _repeated("No focal consolidation, effusion or pneumothorax is seen there. "),
    "lines without full stops": _repeated("no effusion seen\n"),
    "bare headers": _repeated("FINDINGS:\n"),
    "organ lines": _repeated("Lungs: clear\n"),
    "wrapped lines between headers": _repeated("FINDINGS:\nthe heart is\nnot enlarged and\n"),
    "blank lines": lambda n: "\n" * (5 * n),
    "blanks": lambda n: "effusion" + " " * (5 * n) + "edema",
    "letters with accents": lambda n: "e\u0301" * (2 * n),
}


def seconds_of(labeler: Labeler, text: str) -> float:
    """CPU seconds to label a text nobody has seen."""
    # what a garbage collection costs depends on all that lives in the process, not on the text
    gc.collect()
    gc.disable()
    start = time.process_time()
    labeler.label(text)
    spent = time.process_time() - start
    gc.enable()
    return spent


def measure(only: str = "") -> list[list[object]]:
    """case, seconds at most words, growth exponent, verdict."""
    rows: list[list[object]] = []
    for name, make in CASES.items():
        if only not in name:
            continue
        spent = []
        for words in WORDS:
            labeler = Labeler()
            labeler.label("No effusion.")
            spent.append(seconds_of(labeler, make(words)))
            if spent[-1] > 20:
                break
        # growth over the longer half, where fixed costs no longer show
        longest = len(spent) - 1
        growth = math.log(max(spent[longest], 1e-4) / max(spent[longest - 2], 1e-4)) / math.log(4)
        fine = spent[-1] < MOST_SECONDS and growth < MOST_GROWTH and len(spent) == len(WORDS)
        rows.append([name, WORDS[longest], spent[-1], growth, "" if fine else "TOO SLOW"])
        print(rows[-1], flush=True)
    return rows
