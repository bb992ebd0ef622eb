"""Sets of token positions as numbers: bit `i` stands for token `i`.

Whether one of some positions lies in a stretch is a shift and a mask, whatever their number; sets and sorted
lists of them took most of the time of a sentence.
"""

from collections.abc import Iterable


def span(low: int, high: int) -> int:
    """All positions of `[low, high)`."""
    return ((1 << high) - 1) >> low << low


def within(bits: int, low: int, high: int) -> int:
    """Those of some positions that lie in `[low, high)`."""
    return (bits & ((1 << high) - 1)) >> low << low


def first(bits: int) -> int:
    """The first position, -1 where there is none."""
    return (bits & -bits).bit_length() - 1


def last(bits: int) -> int:
    """The last position, -1 where there is none."""
    return bits.bit_length() - 1


def places(bits: int) -> list[int]:
    """The positions, ascending."""
    out: list[int] = []
    while bits:
        lowest = bits & -bits
        out.append(lowest.bit_length() - 1)
        bits ^= lowest
    return out


def cover(spans: Iterable[tuple[int, int]]) -> int:
    """All positions of some spans."""
    bits = 0
    for low, high in spans:
        bits |= (1 << high) - (1 << low)
    return bits


def starts(spans: Iterable[tuple[int, int]]) -> int:
    """The first positions of some spans."""
    bits = 0
    for low, _ in spans:
        bits |= 1 << low
    return bits
