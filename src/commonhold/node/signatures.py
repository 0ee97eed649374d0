"""Checking many signatures, on as many cores as there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from ..journal.entry import open_envelope, signer_of
from ..problems import CommonholdError
from .findings import Report

BATCH = 2_000
PARALLEL_MIN = 6_000


def check_signatures(batch: list[bytes]) -> list[tuple[int, str]]:
    """(index, what is wrong) for each entry of a batch whose form or signature is not in order."""
    wrong = []
    for index, data in enumerate(batch):
        try:
            signer_of(data, open_envelope(data))
        except CommonholdError as error:
            wrong.append((index, str(error)))
    return wrong


def signature_findings(batches: Iterable[list[bytes]], workers: int, report: Report, progress: Callable[[int], None]) -> None:
    """Check the signatures of all entries, on several cores if there are many."""
    start = 0
    for size, wrong in _checked(iter(batches), workers):
        for index, what in wrong:
            report.found(f"entry {start + index}", what)
        start += size
        report.signatures = start
        progress(start)


def _checked(batches: Iterator[list[bytes]], workers: int) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    first = list(islice(batches, PARALLEL_MIN // BATCH))
    if workers == 1 or sum(map(len, first)) < PARALLEL_MIN:
        for batch in first:
            yield len(batch), check_signatures(batch)
        for batch in batches:
            yield len(batch), check_signatures(batch)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        yield from _spread(pool, iter(first), workers)
        yield from _spread(pool, batches, workers)


def _spread(pool: Executor, batches: Iterator[list[bytes]], workers: int) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """Keep every worker busy, without reading the whole journal ahead."""
    running: list[tuple[int, object]] = []
    for batch in batches:
        running.append((len(batch), pool.submit(check_signatures, batch)))
        if len(running) > 2 * workers:
            size, future = running.pop(0)
            yield size, future.result()  # type: ignore[attr-defined]
    for size, future in running:
        yield size, future.result()  # type: ignore[attr-defined]


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
