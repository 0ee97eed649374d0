"""Reviewers drawn by lot, in tests: a charter that has them drawn, and who was drawn."""

from __future__ import annotations

from world import CHARTER, World

PANELS = CHARTER.replace("quorum = 2\n", "quorum = 2\nreviewers = 3\nreview_days = 7\ncontest_days = 10\n")


def panel(world: World, position: int, state: str = "asked") -> set[str]:
    """The names of those who were drawn."""
    names = {did: name for name, did in world.ids.items()}
    with world.node.read() as transaction:
        rows = transaction.rows(
            "SELECT a.id FROM review r JOIN agent a ON a.commons = r.commons AND a.number = r.agent JOIN contribution c ON c.commons = r.commons"
            " AND c.position = r.position AND c.round = r.round WHERE r.commons = 'test' AND r.position = ? AND r.state = ?",
            (position, state),
        )
    return {names[row[0]] for row in rows}
