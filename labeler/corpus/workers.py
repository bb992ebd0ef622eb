"""Runs the labeler over chunks of reports; how many processes share the work is decided here."""

import base64
import contextlib
import gc
import os
import pickle
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from multiprocessing import forkserver, get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from labeler.corpus.pool import Answer, Pool, WorkerKilled
from labeler.engine.exchange import Exchange
from labeler.errors import InputError, LabelerError
from labeler.rules.languages import load_asked
from labeler.rules.load import LANGUAGE
from labeler.text.policies import check_policy

if TYPE_CHECKING:
    from labeler.engine.labeler import Labeler

CACHE_SIZE = 200_000
"""Distinct sentences whose result is remembered, unless told otherwise: some 70 MB."""


@dataclass(frozen=True, slots=True)
class LabelerSettings:
    """Everything a process needs to label frames by itself; can be pickled.

    Attributes:
        label_set, rules, sections, language: the arguments of `Labeler`.
        text: name of the frames' column of raw text, `None` where the reports are split.
        section_columns: section name -> name of the frames' column, where the reports are split.
        keep: columns to carry through.
        evidence: also give the column `evidence`.
        doubt: also give the columns `doubt` and `reasons`.
        cache_size: distinct sentences that each process remembers.
    """

    label_set: str = "chexpert"
    rules: Path | None = None
    sections: str = "findings+impression"
    language: str = LANGUAGE
    text: str | None = None
    section_columns: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    evidence: bool = False
    doubt: bool = False
    cache_size: int = CACHE_SIZE


def run(
    settings: LabelerSettings, batches: Iterable[pd.DataFrame], *, workers: int = 1
) -> Iterator[pd.DataFrame]:
    """Label frames in order; the result does not depend on the number of workers.

    Args:
        settings: what to label, and how.
        batches: the frames, taken one by one as they are needed.
        workers: number of processes that label; with more than one, this process only hands out
            the frames.

    Yields:
        A labelled frame for each frame, in the same order, as `Labeler.label_batches` gives it,
        without the rows that could not be labelled for want of memory or time.

    Raises:
        InputError: `workers` is less than 1, or the settings name what does not exist.
        RulesError: a rule file is wrong.
        LabelerError: a worker process was killed.
    """
    if workers < 1:
        raise InputError(f"--workers {workers}: at least one is needed")
    if workers > 1:
        batches = iter(batches)
        first = list(islice(batches, 2))
        batches = chain(first, batches)
        if len(first) > 1:  # a single chunk is done before a second process has started
            yield from _run_pool(settings, batches, workers)
            return
    labeler = _make(settings)
    with _rare_collections():
        for batch in batches:
            yield _label(labeler, settings, batch)


def make_labeler(settings: LabelerSettings) -> "Labeler":
    """The labeler of a process that does nothing else."""
    labeler = _make(settings)
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()
    return labeler


def _make(settings: LabelerSettings) -> "Labeler":
    from labeler.engine.labeler import Labeler

    return Labeler(
        settings.label_set,
        settings.rules,
        settings.sections,
        language=settings.language,
        cache_size=settings.cache_size,
    )


# A sentence takes hundreds of short-lived objects, none of them in a cycle: to look for cycles
# every few of them took a tenth of a run.
_THRESHOLDS = (50_000, 20, 20)


@contextlib.contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage seldom, and not among what lives as long as the run; then as before."""
    enabled, thresholds, frozen = gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()
    if not frozen:  # else what the host froze would be thawed with ours
        gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()
    try:
        yield
    finally:
        if not frozen:
            gc.unfreeze()
        gc.set_threshold(*thresholds)
        if not enabled:
            gc.disable()


def _label(labeler: "Labeler", settings: LabelerSettings, batch: pd.DataFrame) -> pd.DataFrame:
    """Label a frame; where that takes too much memory or time, label its rows one by one."""

    def label(rows: pd.DataFrame) -> pd.DataFrame:
        (labelled,) = labeler.label_batches(
            [rows],
            text=settings.text,
            sections=dict(settings.section_columns) or None,
            keep=settings.keep,
            evidence=settings.evidence,
            **({"doubt": True} if settings.doubt else {}),
        )
        return labelled

    try:
        return label(batch)
    except TOO_MUCH:
        done = [label(batch.iloc[:0])]
        for row in range(len(batch)):
            with contextlib.suppress(*TOO_MUCH):
                done.append(label(batch.iloc[row : row + 1]))
        return pd.concat(done)


TOO_MUCH = (MemoryError, TimeoutError, RecursionError)
"""What a report raises that cannot be labelled with the memory, time or stack that there is."""


def _run_pool(
    settings: LabelerSettings, batches: Iterable[pd.DataFrame], workers: int
) -> Iterator[pd.DataFrame]:
    """Label frames in worker processes, a few of them under way at a time."""
    # Ids stay here: only text goes to the workers, only labels come back.
    there = replace(settings, keep=())
    context = _shared_start(there)
    # A mistake in the rules or the policy is told here, not by a worker that cannot start.
    rules = load_asked(settings.label_set, settings.rules, settings.language)
    check_policy(rules.sections, settings.sections)
    texts = [settings.text] if settings.text is not None else [*settings.section_columns.values()]
    pool = Pool(context, _serve, there, workers)
    under_way: deque[tuple[pd.DataFrame, Future[pd.DataFrame]]] = deque()
    try:
        for batch in batches:
            under_way.append((batch[list(settings.keep)], pool.submit(batch[texts])))
            if len(under_way) > 2 * workers:
                yield _joined(*under_way.popleft())
        while under_way:
            yield _joined(*under_way.popleft())
    except WorkerKilled:
        raise LabelerError(
            "a worker process was killed, perhaps for want of memory; what was labelled so far is "
            "kept: run again with --resume and fewer --workers"
        ) from None
    finally:
        pool.close()


PREPARE = "LABELER_PREPARE"
"""The environment variable by which the fork server hears what its workers will label."""


def _shared_start(settings: LabelerSettings) -> BaseContext:
    """Begin the workers' start, which they share where the system lets them.

    Not forked from this process: pyarrow has threads by now, and a host may have more, which a fork leaves in
    any state. A fork server is a fresh process; it makes the labeler while this one still reads rules, and
    each worker is a fork of it. Elsewhere than on Linux libraries do not bear a fork, and each worker starts anew.
    """
    if sys.platform != "linux":
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["labeler.corpus.prepared"])
    os.environ[PREPARE] = base64.b64encode(pickle.dumps(settings)).decode()
    try:
        forkserver.ensure_running()
    finally:
        del os.environ[PREPARE]
    return context


def _joined(kept: pd.DataFrame, future: "Future[pd.DataFrame]") -> pd.DataFrame:
    labelled = future.result()
    return pd.concat([kept.loc[labelled.index], labelled], axis=1)


def _serve(settings: LabelerSettings) -> Answer:
    """What a worker process does, once it has begun."""
    from labeler.corpus.prepared import prepared

    # A server that is left from an earlier run may have prepared for other settings.
    shared = prepared is not None and prepared[1] == settings
    labeler = prepared[0] if shared and prepared else make_labeler(settings)
    exchange = Exchange(settings.cache_size)
    labeler.exchange_with(exchange)

    def answer(batch: pd.DataFrame, news: Sequence[bytes]) -> tuple[pd.DataFrame, bytes]:
        for told in news:
            exchange.hear(told)
        return _label(labeler, settings, batch), exchange.tell()

    return answer
