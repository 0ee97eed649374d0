"""A commons in which work waits for peers: some drawn by lot, some over its time, an import, evidence, adjusted, refused and odd words."""

from __future__ import annotations

import time
from pathlib import Path

from commons_to_show import ARABIC, IMAGE, LONG, SCRIPT
from world import CHARTER, World

from commonhold.commons.people import write_profile
from commonhold.contributions.commands import DrawParams, LogParams, OneParams
from commonhold.contributions.entries import Evidence
from commonhold.node.evidence import log_with_files
from commonhold.node.imports import Importer

LABELLED = CHARTER.replace("[kinds.care]\n", f"[kinds.care]\n[kinds.design]\nlabel = '''{LONG}'''\n")
DRAWN = LABELLED.replace("quorum = 2\n", "quorum = 2\nreviewers = 3\nreview_days = 7\ncontest_days = 30\n")
PEOPLE = ("Ana", "Bo", "Cy", "Di", "Ed", "Flo")


def work_world(home: Path, *, drawn: bool = False, until_now: bool = False) -> World:
    """Ana, Bo, Cy, Di, Ed and Flo, whose names are public. drawn: Reviewers are drawn by lot. until_now: Its last day is today."""
    world = World(home, LABELLED)
    if until_now:
        world.clock.now = int(time.time()) - 12 * 86_400
    world.join("Di", "Ed", "Flo")
    with world.node.database.write() as transaction:
        for who in PEOPLE:
            write_profile(transaction, "test", world.ids[who], name=who, public=True)
    link = Evidence(type="url", value="https://example.org/boards/7")
    commit = Evidence(type="commit", value="ab" * 20, source="https://codeberg.org/a/b")
    world.validated("Bo", amount="6", note="Wound the coils")
    if drawn:
        world.charter(DRAWN)
    less = world.log("Bo", amount="9")
    for peer in ("Cy", "Di"):
        if not drawn:
            world.attest(peer, less, "adjust", amount="7", reason="We began at ten")
    world.log("Bo", amount="3.5", note="Soldered two prototypes of the charge controller, and measured their ripple", evidence=[link, commit])
    world.log("Di", kind="expense", amount="49.90", domain="hardware", note=f"{SCRIPT} {IMAGE} {ARABIC}", evidence=[link])
    world.clock.days(9)
    params = LogParams(kind="code", amount="120", domain="firmware", note=LONG)
    log_with_files(world.node, "test", world.ids["Ed"], params, [("measurements.csv", b"1,2\n"), ("board.svg", b"<svg/>")], "files")
    two = world.log("Flo", amount="2", note="Answered questions in the forum")
    if not drawn:
        world.attest("Bo", two, "adjust", amount="1.5", reason="The last half hour was about something else")
        refused = world.log("Ed", amount="40")
        for peer in ("Bo", "Di"):
            world.attest(peer, refused, "refuse", reason="Where can it be seen?")
        world.act("Ed", "contribution.appeal", OneParams(contribution=str(refused), reason="It is on the shelf now"))
    rows = "kind,amount,domain,at,note\n" + "".join(f"care,{n}.25,hardware,,Cooked on day {n}\n" for n in range(1, 6))
    Importer(world.node, "test", world.ids["Ana"]).sheet(rows.encode(), "Spring camp", {})
    if drawn:
        world.act("Ana", "contribution.draw", DrawParams())
    return world
