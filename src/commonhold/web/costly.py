"""What takes long to work out, and may be an hour old: kept in the process for so long, whatever is written meanwhile."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

SECONDS_MIN = 0.05
"""What takes less of the processor's time is worked out anew whenever it is asked for."""
SECONDS_KEPT = 3_600
_KEPT_MAX = 64
_kept: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
_lock = Lock()


def hourly(key: Hashable, now: int, work_out: Callable[[], Any], *, least: float = SECONDS_MIN) -> tuple[Any, int]:
    """(the value, unix seconds of when it was worked out). least: So many seconds must it take to be kept.

    Args:
        key: Names what is worked out, for all nodes that this process may serve.
    """
    with _lock:
        if key in _kept and 0 <= now - _kept[key][0] < SECONDS_KEPT:
            _kept.move_to_end(key)
            return _kept[key][1], _kept[key][0]
    started = time.thread_time()
    value = work_out()
    if time.thread_time() - started >= least:
        with _lock:
            _kept[key] = now, value
            while len(_kept) > _KEPT_MAX:
                _kept.popitem(last=False)
    return value, now
