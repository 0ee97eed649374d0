"""Figures for Prometheus. Each process of the server counts into files of a folder that `serve` makes, so that any of them tells the sum.

Without that folder (in tests, and under another WSGI server) a process tells what it has counted itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from .. import __version__
from ..node.figures import database_bytes, journal_figures
from ..node.node import Node
from ..problems import CommonholdError
from .options import COUNTED_IN

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

_counted = CollectorRegistry()
_requests = Counter("commonhold_requests", "Requests that were answered.", ("route", "method", "status"), registry=_counted)
_durations = Histogram(
    "commonhold_request_duration_seconds", "Time to the answer.", ("route",), buckets=BUCKETS_SECONDS, registry=_counted
)  # fmt: skip
_writes = Counter("commonhold_writes", "Write transactions on journals by their outcome.", ("outcome",), registry=_counted)
_refused = Counter("commonhold_writes_refused", "Writes that were refused, by the code of the problem.", ("code",), registry=_counted)
_logins = Counter("commonhold_logins", "Attempts to log in by their outcome.", ("outcome",), registry=_counted)

_cells: dict[tuple[str, str, int], tuple[Any, Any]] = {}
"""The counters of (route, method, hundreds of the status), since looking them up costs more than counting."""


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """A request has been answered."""
    key = (route, method if method in KNOWN_METHODS else "other", status // 100)
    cells = _cells.get(key)
    if cells is None:
        cells = _cells[key] = (_requests.labels(route, key[1], f"{key[2]}xx"), _durations.labels(route))
    cells[0].inc()
    cells[1].observe(seconds)


def count_write(outcome: str) -> None:
    """A write has ended: `written`, or `failed`."""
    _writes.labels(outcome).inc()


def count_refusal(code: str) -> None:
    """A write was refused."""
    _writes.labels("refused").inc()
    _refused.labels(code).inc()


def count_login(succeeded: bool) -> None:
    """Somebody has logged in, or tried to."""
    _logins.labels("ok" if succeeded else "failed").inc()


def exposition(node: Node) -> bytes:
    """Everything, in the text format of Prometheus."""
    registry = _counted
    if os.environ.get(COUNTED_IN):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    beside = CollectorRegistry()
    beside.register(_OfNode(node))
    return generate_latest(registry) + generate_latest(beside)


class _OfNode:
    """What is read from the node when it is asked for."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def collect(self) -> Iterable[Metric]:
        reachable = GaugeMetricFamily("commonhold_store_reachable", "Whether the store of the node could be read.")
        yield InfoMetricFamily("commonhold", "The program.", {"version": __version__})
        try:
            with self._node.read() as transaction:
                journals = journal_figures(transaction)
                size = database_bytes(transaction, self._node.database)
                now = self._node.now()
        except CommonholdError:
            reachable.add_metric((), 0)
            yield reachable
            return
        reachable.add_metric((), 1)
        yield reachable
        entries = GaugeMetricFamily("commonhold_journal_entries", "Entries of a journal.", labels=("commons",))
        age = GaugeMetricFamily("commonhold_journal_head_age_seconds", "Time since the newest entry.", labels=("commons",))
        waiting = GaugeMetricFamily("commonhold_journal_waiting_entries", "Entries that wait for others.", labels=("commons",))
        for journal in journals:
            entries.add_metric((journal.commons,), journal.entries)
            age.add_metric((journal.commons,), max(0, now - journal.head_time))
            waiting.add_metric((journal.commons,), journal.waiting)
        yield from (entries, age, waiting)
        yield GaugeMetricFamily("commonhold_database_bytes", "Size of the database of the node.", size)
