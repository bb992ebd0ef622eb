"""Worker processes that label frames, and hear what the others found out.

Each has a pipe of its own to this process and a thread here that waits at it, so that a frame goes to the first
worker that is free, and news to all. A worker ends when its pipe does: with `close`, or with a killed parent.
"""

import signal
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

import pandas as pd

Answer = Callable[[pd.DataFrame, Sequence[bytes]], tuple[pd.DataFrame, bytes]]
"""A frame and the others' news -> the labelled frame and news of one's own."""

_Task = tuple[pd.DataFrame, "Future[pd.DataFrame]"]

# News a worker has not taken: what it misses it finds out by itself.
_NEWS = 64


class WorkerKilled(Exception):  # noqa: N818 - it says what happened
    """A worker process has ended before its answer."""


class Pool:
    """Some worker processes.

    Args:
        context: how they are started.
        begin: called in each with the settings; gives what labels a frame there.
        settings: of all of them.
        workers: how many.
    """

    def __init__(
        self, context: BaseContext, begin: Callable[[Any], Answer], settings: Any, workers: int
    ) -> None:
        self._context, self._given = context, (begin, settings)
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._inboxes = [deque[bytes](maxlen=_NEWS) for _ in range(workers)]
        self._processes: list[BaseProcess] = []
        self._lock, self._closed = Lock(), False
        # Threads of a process that ends in between do not hold it up.
        self._threads = [
            Thread(target=self._drive, args=(inbox,), daemon=True) for inbox in self._inboxes
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, batch: pd.DataFrame) -> "Future[pd.DataFrame]":
        """Have a frame labelled by the first worker that is free; `WorkerKilled` where it cannot be."""
        future: Future[pd.DataFrame] = Future()
        self._tasks.put((batch, future))
        return future

    def close(self) -> None:
        """End the workers, whatever they do."""
        with self._lock:
            self._closed = True
        for process in self._processes:
            process.terminate()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            process.join()

    def _drive(self, inbox: deque[bytes]) -> None:
        connection: Connection | None = None
        while (task := self._tasks.get()) is not None:
            batch, future = task
            try:
                connection = connection or self._start()
                connection.send((batch, [inbox.popleft() for _ in range(len(inbox))]))
                answer = connection.recv()
            except Exception as error:
                ended = isinstance(error, EOFError | OSError)
                future.set_exception(WorkerKilled() if ended else error)
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
                continue
            labelled, news = answer
            for other in self._inboxes:
                if other is not inbox:
                    other.append(news)
            future.set_result(labelled)

    def _start(self) -> Connection:
        """The pipe to a worker that is started now.

        Raises:
            OSError: it cannot be started, or the pool is closed.
        """
        here, there = self._context.Pipe()
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_work, args=(there, *self._given), daemon=True
        )
        with self._lock:
            if self._closed:
                raise OSError("closed")
            process.start()
            self._processes.append(process)
        there.close()
        return here


def _work(connection: Connection, begin: Callable[[Any], Answer], settings: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends its workers
    answer = begin(settings)
    while True:
        try:
            batch, news = connection.recv()
        except EOFError:
            return
        said: Any
        try:
            said = answer(batch, news)
        except Exception as error:
            said = error
        try:
            connection.send(said)
        except OSError:  # the parent has ended
            return
