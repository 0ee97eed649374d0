"""A process that writes claims as fast as it can and says which were acknowledged, until it is killed."""

from __future__ import annotations

import sys
from pathlib import Path

from commonhold.contributions.commands import LogParams
from commonhold.node.node import Node


def main() -> None:
    """Arguments: home, agent, prefix of the keys, how many at most, how many in one transaction."""
    home, agent, prefix, most, batch = sys.argv[1:6]
    node = Node.open(Path(home))
    for number in range(int(most)):
        if int(batch) == 1:
            node.act("test", agent, "contribution.log", LogParams(kind="work", amount="1", domain="firmware"), key=f"{prefix}-{number}")
            print(f"{prefix}-{number}", flush=True)
            continue
        from commonhold.commons.custody import kept_key
        from commonhold.contributions.commands import log_body

        with node.writing("test") as writer:
            signer = kept_key(writer.transaction, node.vault, "test", agent)
            for place in range(int(batch)):
                body = log_body(writer.transaction, "test", agent, writer.now, LogParams(kind="work", amount="1", domain="firmware"))
                writer.write(signer, agent, "contributions.log", body, f"{prefix}-{number}-{place}")
        for place in range(int(batch)):
            print(f"{prefix}-{number}-{place}", flush=True)


if __name__ == "__main__":
    main()
