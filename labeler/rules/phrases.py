"""Phrases as rule files write them: `heart( size| silhouette|)` stands for three phrases, `{side}` for a fragment."""

import re
from collections.abc import Mapping
from itertools import product

MAX_EXPANSION = 5_000
_FRAGMENT = re.compile(r"\{([a-z_]\w*)\}")


_RANGE = re.compile(r"\{(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)\}")


def _numbers(match: re.Match[str]) -> str:
    """`{0.51..0.6}` -> `(0.51|0.52|...|0.6|0.60)`: all numbers of the finer end's decimals."""
    low, high = match[1], match[2]
    decimals = max(len(number.partition(".")[2]) for number in (low, high))
    first, last = (round(float(number) * 10**decimals) for number in (low, high))
    if not first <= last < first + 1000:
        raise ValueError(f"{match[0]} holds no numbers, or more than 1000")
    spelt: dict[str, None] = {}
    for number in range(first, last + 1):
        text = f"{number / 10**decimals:.{decimals}f}"
        spelt[text] = None
        if decimals and text.endswith("0"):
            spelt[text.rstrip("0").rstrip(".")] = None
    return f"({'|'.join(spelt)})"


def fill_in(phrase: str, fragments: Mapping[str, str]) -> str:
    """The phrase with its named fragments (`{side}`) written out, and its numbers (`{0.51..0.8}`).

    Fragments may name others.

    Raises:
        ValueError: there is no such fragment, or it holds itself, or a range holds no numbers.
    """
    phrase = _RANGE.sub(_numbers, phrase)
    for _ in range(10):
        names = _FRAGMENT.findall(phrase)
        if not names:
            return phrase
        for name in names:
            if name not in fragments:
                known = ", ".join(sorted(fragments)) or "none"
                raise ValueError(f"no fragment {name!r}; there are {known}")
        phrase = _FRAGMENT.sub(lambda match: fragments[match[1]], phrase)
    raise ValueError("a fragment holds itself")


def expand(phrase: str) -> list[str]:
    """All plain phrases that a phrase with `(a|b|)` alternations stands for, in order.

    Raises:
        ValueError: a bracket is not closed or not opened, or the phrase stands for too many.
    """
    if "(" not in phrase and ")" not in phrase:
        return [" ".join(phrase.split())]
    options, rest = _sequence(phrase, 0, top=True)
    if rest != len(phrase):
        raise ValueError(f"unopened ')' at character {rest + 1}")
    return list(dict.fromkeys(" ".join(option.split()) for option in options))


def _sequence(text: str, at: int, *, top: bool) -> tuple[list[str], int]:
    """Options of the text from `at` up to an unnested `|` or `)`, and where that is."""
    parts: list[list[str]] = []
    plain = ""
    while at < len(text) and text[at] not in ("|)" if not top else ")"):
        if text[at] == "(":
            parts += [[plain]]
            plain = ""
            group: list[str] = []
            opened = at
            while at < len(text) and text[at] in "(|":
                options, at = _sequence(text, at + 1, top=False)
                group += options
            if at >= len(text):
                raise ValueError(f"'(' at character {opened + 1} is not closed")
            parts += [group]
            at += 1
        else:
            plain += text[at]
            at += 1
    parts += [[plain]]
    count = 1
    for part in parts:
        count *= len(part)
    if count > MAX_EXPANSION:
        raise ValueError(f"stands for more than {MAX_EXPANSION} phrases")
    return ["".join(option) for option in product(*parts)], at
