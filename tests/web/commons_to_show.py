"""Nodes to look at: one like the example; one with hostile and odd words, a commons of one contribution, and an empty one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from world import CHARTER, World

from commonhold.commons import entries as e
from commonhold.commons.people import write_profile
from commonhold.contributions import entries as c
from commonhold.contributions.commands import AttestParams, LogParams, OneParams
from commonhold.journal.keys import SigningKey
from commonhold.node.imports import Importer
from commonhold.sharing.commands import IncomeParams

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "libre-solar"
REPOSITORIES = ("LibreSolar/bms-c1", "LibreSolar/mppt-2420-hc")
SCRIPT = "<script>document.title='pwned'</script>"
IMAGE = "<img src=x onerror=alert(1)>"
QUOTES = "\"'><svg/onload=alert(1)>"
TEMPLATE = "{{ 7*7 }}{% raw %}%(x)s &lt;"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ARABIC = "تعاونية الطاقة الشمسية"
OVERRIDE = "\u202eevil\u202c Ana"
SECRET = "Zerubbabel Hidden"
"""The name of a member who has not made it public."""

STRANGE = f"""
[commons]
name = '''{SCRIPT} {ARABIC} & Söhne'''
purpose = '''{IMAGE} {LONG}'''
licence = ["CERN-OHL-W-2.0"]
currency = "EUR"
domains = ["firmware", "{"a" * 41}"]
notice = '''{QUOTES} {TEMPLATE}'''

[kinds.work]
label = '''{SCRIPT}'''
value = "25.00"
[kinds.code]
label = '''{LONG}'''
[kinds.documentation]
label = '''{ARABIC} {QUOTES}'''
[kinds.care]
[kinds.design]
[kinds.loan]
[kinds.expense]
[kinds.organising]
[kinds.hardware_test]

[validation]
quorum = 2
lazy_days = 1

[[sharing.steps]]
id = "reserve"
label = '''{LONG}'''
percent = "0.01"
to = "reserve"

[[sharing.steps]]
id = "equal"
label = '''{SCRIPT}'''
percent = "33"
to = "members"

[[sharing.steps]]
id = "contributions"
label = '''{ARABIC} {QUOTES}'''
rest = true
to = "contributions"
weights = {{ work = "1", code = "0.01", documentation = "0.5", care = "1", design = "1" }}
"""


def example_world(home: Path) -> World:
    """The smaller half of the example: 63 commits, validated by two stewards, and a distribution. Alder has claimed their identity."""
    world = World(home, (EXAMPLE / "charter.toml").read_text(encoding="utf-8"))
    world.clock.days(320)
    for id_, name, class_ in (
        ("org:example-foundation", "Example Foundation", "foundation"),
        ("org:example-workshop", "Example Solar Workshop", "enterprise"),
        ("org:example-rtos-commons", "Example RTOS Commons", "commons"),
    ):
        world.act("Ana", "agent.add", e.AddAgent(id=id_, name=name, classifiedAs=class_))  # type: ignore[arg-type]
    importer = Importer(world.node, "test", world.ids["Ana"])
    batches = [
        importer.commit_tables(EXAMPLE / "commits.csv", EXAMPLE / "changes.csv", repository, "hardware")["batch"] for repository in REPOSITORIES
    ]
    claim(world, importer, "Alder")
    for who in ("Ana", "Bo"):
        for batch in batches:
            world.act(who, "contribution.attest", AttestParams(verdict="accept", batch=batch))
    world.act("Ana", "income.add", IncomeParams(amount="10000.00", currency="EUR", giver="org:example-workshop", source="benefit_share"))
    world.share()
    return world


def claim(world: World, importer: Importer, name: str) -> None:
    """Let somebody join under a public name, and claim the identity of that name."""
    world.join(name)
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids[name], name=name, public=True)
    world.act("Ana", "identity.claim", e.Claim(identity=importer.identity(name), agent=world.ids[name], by="steward"))


def strange_world(home: Path) -> World:
    """Make the node; the world's own commons, `test`, is the hostile one."""
    world = World(home, STRANGE)
    world.join("Public", "Override", "Hidden")
    for who, name, public in (
        ("Ana", f"{LONG} {ARABIC}", True),
        ("Public", f"{SCRIPT}{QUOTES}", True),
        ("Override", OVERRIDE, True),
        ("Hidden", SECRET, False),
    ):
        with world.node.database.write() as transaction:
            write_profile(transaction, "test", world.ids[who], name=name, public=public)
    world.act("Ana", "agent.add", e.AddAgent(id="org:giver", name=f"{SCRIPT} {LONG}"[:500], classifiedAs="enterprise"))
    world.act("Ana", "agent.add", e.AddAgent(id=f"org:{'b' * 63}", name=ARABIC, classifiedAs="public"))
    evidence = [
        c.Evidence(type="url", value="javascript:alert(1)"),
        c.Evidence(type="url", value=f"https://example.org/{QUOTES}"),
        c.Evidence(type="commit", value="ab" * 20, source=SCRIPT),
    ]
    world.validated("Public", "work", "999999999.123456", note=f"{SCRIPT} {TEMPLATE} {LONG}", process="a-process", evidence=evidence)
    for kind in ("code", "documentation", "care", "design", "organising", "hardware_test"):
        world.validated("Hidden", kind, "0.000001", at="1970-01-01T00:00:00Z")
        world.validated("Override", kind, "3", at="2025-12-31T23:59:59Z", domain="a" * 41)
    refused = world.log("Ana", note=ARABIC)
    for peer in ("Bo", "Cy"):
        world.attest(peer, refused, "refuse", reason=SCRIPT)
    appealed = world.log("Bo")
    for peer in ("Ana", "Cy"):
        world.attest(peer, appealed, "refuse", reason=SCRIPT)
    world.act("Bo", "contribution.appeal", OneParams(contribution=str(appealed), reason=QUOTES))
    world.act("Cy", "contribution.withdraw", OneParams(contribution=str(world.log("Cy")), reason=QUOTES))
    world.log("Cy", "work", "2")
    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(b"by,kind,amount,domain\nnobody@example.org,work,2,firmware\n", "sheet", {}, identities=True)
    world.act("Ana", "income.add", IncomeParams(amount="9999999999999.99", currency="EUR", giver="org:giver", note=f"{SCRIPT} {LONG}"))
    world.act("Ana", "income.add", IncomeParams(amount="0.01", currency="EUR", giver=f"org:{'b' * 63}", source="gift", note=ARABIC))
    world.share("9999999999999.99")
    world.charter(STRANGE.replace("lazy_days = 1", "lazy_days = 2"), reason=f"{SCRIPT} {LONG}")
    _single(world)
    world.node.found("empty", CHARTER.split("[[sharing")[0].replace("Test commons", "Empty commons"), SigningKey.derived("empty"), keep=True)
    return world


def _single(world: World) -> None:
    """One contribution, nobody's word on it, and money that has not been shared."""
    key = SigningKey.derived("single")
    world.node.found("single", CHARTER.replace("Test commons", "Single commons"), key, keep=True)

    def act(command: str, params: Any) -> None:
        world.node.act("single", key.did, command, params)

    act("contribution.log", LogParams(kind="work", amount="0.5", domain="hardware"))
    act("agent.add", e.AddAgent(id="org:giver", name="Giver", classifiedAs="enterprise"))
    act("income.add", IncomeParams(amount="0.01", currency="EUR", giver="org:giver", source="grant"))
