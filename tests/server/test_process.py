"""`commonhold serve` as people run it: a process of its own."""

from __future__ import annotations

from serving import ServerProcess
from world import World


def test_it_starts_answers_and_ends_when_asked(world: World) -> None:
    with ServerProcess(world.node.home) as server:
        assert server.get("/api/commons/test")[0] == 200
        assert server.get("/test/")[0] == 200
        assert server.end() == 0
        assert "Traceback" not in server.said()
