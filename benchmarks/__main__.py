"""`python -m benchmarks [journal] [sharing] [importing] [tracing] [governance] [pages] [--repository PATH] [--small] [--json]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks import governance, importing, journal, pages, sharing, tracing
from benchmarks.measure import Ratio


def main() -> int:
    """Run and print; return 1 if a goal is missed.

    Each part runs in a process of its own: its peak memory is not that of the others.
    """
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="journal, sharing, importing, tracing, governance, pages; all by default")
    parser.add_argument("--repository", type=Path, help="import this repository instead of a made-up one")
    parser.add_argument("--small", action="store_true", help="a tenth of the size")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    part = 10 if options.small else 1
    runs: dict[str, tuple[Callable[..., list[Ratio]], tuple[Any, ...]]] = {
        "journal": (journal.run, (60_000 // part,)),
        "sharing": (sharing.run, (1_000_000 // part, 10_000 // part)),
        "importing": (importing.run, (options.repository, 20_000 // part)),
        "tracing": (tracing.run, (1_000_000 // part,)),
        "governance": (governance.run, (part,)),
        "pages": (pages.run, (1_000_000 // part, 10_000 // part)),
    }
    if unknown := set(options.parts) - set(runs):
        parser.error(f"no part {unknown.pop()!r}: journal, sharing, importing, tracing, governance, pages")
    found: list[Ratio] = []
    for name in options.parts or runs:
        function, arguments = runs[name]
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            ratios = pool.submit(function, *arguments).result()
        for ratio in ratios:
            found.append(ratio)
            if not options.json:
                goal = f"{ratio.goal[0]} {ratio.goal[1]:g}" if ratio.goal[1] else "-"
                met = "" if not ratio.goal[1] else "met" if ratio.met else "NOT MET"
                print(
                    f"{ratio.name}\n    ours      {ratio.ours}\n    baseline  {ratio.baseline}\n    ratio     {ratio.ratio:.2f}   goal {goal}   {met}",
                    flush=True,
                )
    if options.json:
        json.dump([asdict(ratio) | {"met": ratio.met} for ratio in found], sys.stdout, indent=2)
    return int(any(ratio.goal[1] and not ratio.met for ratio in found))


if __name__ == "__main__":
    sys.exit(main())
