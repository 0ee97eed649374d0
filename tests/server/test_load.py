"""Many at the same time, through the pages of a real server: a short run of the benchmark, on both stores."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_is_lost_when_many_read_and_write(home: Path) -> None:
    """`home` says which store it is."""
    command = [sys.executable, "-m", "benchmarks.load", "--clients", "8", "--seconds", "4", "--workers", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    recorded = re.search(r"recorded: ([0-9]+) contributions", done.stdout)
    assert recorded and int(recorded[1]) > 0 and "lost: 0; journal verifies: True" in done.stdout and "problems: none" in done.stdout, done.stdout
