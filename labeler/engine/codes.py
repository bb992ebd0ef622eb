"""Labels as bytes: what runs over many reports keep of each."""

NOT_MENTIONED = 2
"""The code of a label that is `None`; the others are their own codes, as signed bytes."""
UNCERTAIN = 255
"""The code of -1."""


def decode(codes: bytes) -> list[int | None]:
    """The labels that some codes stand for."""
    return [None if code == NOT_MENTIONED else code - 256 if code > 127 else code for code in codes]


def is_silent(codes: bytes) -> bool:
    """Is no label mentioned?"""
    return codes.count(NOT_MENTIONED) == len(codes)
