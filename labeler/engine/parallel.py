"""Labels reports in several processes, in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import Any, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


def map_in_processes(
    work: Callable[[In], Out], items: Iterable[In], *, processes: int, batch_size: int
) -> Iterator[Out]:
    """Give `work(item)` of each item, in order, while few of them are under way.

    Args:
        work: can be pickled; each process gets it once.
        items: taken as they are needed.
        processes: number of processes.
        batch_size: items sent at a time.
    """
    left = iter(items)
    # Spawned, not forked: a fork leaves the threads of pyarrow and the like in any state.
    with ProcessPoolExecutor(processes, get_context("spawn"), _start, (work,)) as pool:
        under_way: deque[Future[list[Any]]] = deque()
        try:
            while batch := list(islice(left, batch_size)):
                under_way.append(pool.submit(_work, batch))
                if len(under_way) > 2 * processes:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_here: Callable[..., Any] | None = None


def _start(work: Callable[..., Any]) -> None:
    global _here
    _here = work


def _work(batch: list[Any]) -> list[Any]:
    assert _here is not None
    return [_here(item) for item in batch]
