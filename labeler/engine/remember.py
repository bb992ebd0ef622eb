"""Methods whose results are remembered, without keeping their object alive; and how large tables are made."""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar, cast

Result = TypeVar("Result")


def remembered(method: Callable[..., Result], size: int) -> Callable[..., Result]:
    """Remember a bound method's results, the least recently used goes first.

    An `lru_cache` of the method itself, kept by its object, is a cycle: tens of megabytes of results
    would stay until the next full collection of garbage.

    Args:
        method: a bound method of the object that will keep what is returned.
        size: how many results are remembered; 0 for none.
    """
    return cast("Callable[..., Result]", lru_cache(maxsize=size)(weak(method)))


def weak(method: Callable[..., Result]) -> Callable[..., Result]:
    """Give a bound method as a function that does not keep the method's object alive."""
    reference = weakref.WeakMethod(method)

    def call(*arguments: Any) -> Result:
        bound = reference()
        assert bound is not None
        return bound(*arguments)

    return call


@contextmanager
def without_collection() -> Iterator[None]:
    """Look for no garbage meanwhile: among tables that only grow the search takes a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
