"""`python earlier.py DAYS ARGUMENT…`: runs `commonhold ARGUMENT…` as if it were so many days ago.

Decisions take weeks. The story of the example begins two weeks before today, so that one of them is over when it ends.
"""

from __future__ import annotations

import sys
import time

DAY = 86_400

if __name__ == "__main__":
    days, arguments = int(sys.argv[1]), sys.argv[2:]
    now = time.time
    time.time = lambda: now() - days * DAY
    from commonhold.cli import main  # only now: it takes the clock that it finds

    sys.argv = ["commonhold", *arguments]
    main()
