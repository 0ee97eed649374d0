"""Communal validation: a log is a claim until peers validate it."""

from __future__ import annotations

import pytest
from world import CHARTER, World

from commonhold.contributions.commands import AttestParams, ChooseParams, LapseParams, LogParams, OneParams
from commonhold.contributions.entries import Evidence
from commonhold.contributions.queries import Filter, attestations, list_contributions
from commonhold.journal.commands import Act
from commonhold.problems import BadInput, Refused


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


def test_a_log_is_a_claim_until_a_quorum_accepts(world: World) -> None:
    """One acceptance is not enough under a quorum of two; the second makes it count, in full."""
    position = world.log("Ana", amount="3.5")
    assert world.contribution(position) == ("claimed", 0, "work")
    world.attest("Bo", position)
    assert world.contribution(position) == ("claimed", 0, "work")
    world.attest("Cy", position)
    assert world.contribution(position) == ("validated", 3_500_000, "work")
    assert world.verify().ok


def test_nobody_validates_their_own(world: World) -> None:
    """The contributor's own acceptance is refused, and leaves no trace."""
    position = world.log("Ana")
    with pytest.raises(Refused) as refused:
        world.attest("Ana", position)
    assert code_of(refused) == "contributions.own"
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM attestation") == 0
    assert world.verify().ok


def test_a_peer_has_one_voice(world: World) -> None:
    """Accepting twice is one acceptance; the later verdict stands for the earlier."""
    world.join("Di")
    position = world.log("Ana")
    world.attest("Bo", position)
    world.attest("Bo", position)
    assert world.contribution(position)[0] == "claimed"
    world.attest("Bo", position, "refuse", reason="On second thought")
    world.attest("Cy", position)
    assert world.contribution(position)[0] == "claimed"
    world.attest("Di", position)
    assert world.contribution(position)[0] == "validated"
    assert world.verify().ok


def test_what_counts_is_the_lower_median_of_the_amounts(world: World) -> None:
    """With one peer at the claimed 10 and one at 6, 6 count: no single peer can raise an amount."""
    position = world.log("Ana", amount="10")
    world.attest("Bo", position)
    world.attest("Cy", position, "adjust", amount="6", reason="We paired for four of them")
    assert world.contribution(position) == ("validated", 6_000_000, "work")


def test_peers_can_move_a_contribution_to_another_kind_of_the_same_unit(world: World) -> None:
    """work and care are both counted in hours; code is not."""
    position = world.log("Ana", amount="2")
    with pytest.raises(Refused) as refused:
        world.attest("Bo", position, "adjust", kind="code", reason="wrong unit")
    assert code_of(refused) == "contributions.unknown_kind"
    for peer in ("Bo", "Cy"):
        world.attest(peer, position, "adjust", kind="care", reason="It was care")
    assert world.contribution(position) == ("validated", 2_000_000, "care")


@pytest.mark.parametrize(
    ("verdict", "fields", "code"),
    [
        ("refuse", {}, "contributions.reason_needed"),
        ("adjust", {"reason": "less"}, "contributions.adjust_what"),
        ("accept", {"amount": "1"}, "contributions.adjust_what"),
        ("adjust", {"amount": "1"}, "contributions.reason_needed"),
    ],
)
def test_a_verdict_says_what_it_must(world: World, verdict: str, fields: dict[str, str], code: str) -> None:
    """To refuse or adjust takes a reason, to adjust also what is right, and accepting changes nothing."""
    position = world.log("Ana")
    with pytest.raises(Refused) as refused:
        world.attest("Bo", position, verdict, **fields)
    assert code_of(refused) == code


def test_refused_appealed_and_validated_by_one_peer_more(world: World) -> None:
    """An appeal opens another round that takes one peer more; it can be made once."""
    world.join("Di")
    position = world.log("Ana")
    for peer in ("Bo", "Cy"):
        world.attest(peer, position, "refuse", reason="No evidence")
    assert world.contribution(position)[0] == "refused"
    world.act("Ana", "contribution.appeal", OneParams(contribution=str(position), reason="Here it is"))
    assert world.contribution(position)[0] == "appealed"
    for peer in ("Bo", "Cy"):
        world.attest(peer, position)
    assert world.contribution(position)[0] == "appealed"
    world.attest("Di", position)
    assert world.contribution(position) == ("validated", 1_000_000, "work")
    with pytest.raises(Refused) as refused:
        world.act("Ana", "contribution.appeal", OneParams(contribution=str(position), reason="More"))
    assert code_of(refused) == "contributions.nothing_to_appeal"
    with world.node.read() as transaction:
        said = attestations(transaction, "test", position)
    assert [(line["round"], line["verdict"]) for line in said] == [(0, "refuse")] * 2 + [(1, "accept")] * 3
    assert world.verify().ok


def test_only_the_contributor_appeals_or_withdraws(world: World) -> None:
    """What is somebody else's is not touched; an open claim can be withdrawn, a decided one cannot."""
    position, other = world.log("Ana"), world.validated("Ana")
    with pytest.raises(Refused) as refused:
        world.act("Bo", "contribution.withdraw", OneParams(contribution=str(position)))
    assert code_of(refused) == "contributions.not_own"
    world.act("Ana", "contribution.withdraw", OneParams(contribution=str(position)))
    assert world.contribution(position)[0] == "withdrawn"
    with pytest.raises(Refused) as refused:
        world.act("Ana", "contribution.withdraw", OneParams(contribution=str(other)))
    assert code_of(refused) == "contributions.not_open"
    with pytest.raises(Refused):
        world.attest("Bo", position)
    assert world.verify().ok


def test_silence_counts_after_the_window(world: World) -> None:
    """Lazy consensus: after the charter's 14 days, and not before; an objection stops it."""
    silent, disputed = world.log("Ana"), world.log("Ana", amount="9")
    world.attest("Bo", disputed, "refuse", reason="I doubt it")
    world.clock.days(13.9)
    assert world.act("Cy", "contribution.lapse", LapseParams())["validated"] == 0
    world.clock.days(0.2)
    assert world.act("Cy", "contribution.lapse", LapseParams())["validated"] == 1
    assert world.contribution(silent)[0] == "validated"
    assert world.contribution(disputed)[0] == "claimed"
    assert world.verify().ok


def test_a_backdated_claim_does_not_shorten_its_window(world: World) -> None:
    """The window is measured in journal time, which an author cannot set back."""
    from commonhold.contributions import entries as e
    from commonhold.flows.vocabulary import EconomicEvent, Measure

    world.clock.days(30)
    with world.node.writing("test") as writer:
        event = EconomicEvent(
            action="work",
            provider=world.ids["Bo"],
            hasPointInTime="2026-01-01T10:00:00Z",
            effortQuantity=Measure(hasNumericalValue="1", hasUnit="hour"),
        )
        old = world.clock.now - 29 * 86_400
        writer.write(world.keys["Bo"], world.ids["Bo"], "contributions.log", e.Log(event=event, kind="work", domain="firmware"), "old", created=old)
    assert world.act("Cy", "contribution.lapse", LapseParams())["validated"] == 0


def test_lazy_consensus_only_where_the_charter_allows_it(world: World) -> None:
    """Without lazy_days nothing lapses."""
    world.charter(CHARTER.replace("lazy_days = 14", "lazy_days = 0"))
    world.log("Ana")
    world.clock.days(400)
    with pytest.raises(Refused) as refused:
        world.act("Bo", "contribution.lapse", LapseParams())
    assert code_of(refused) == "contributions.no_lazy_consensus"


def test_a_whole_commitment_is_validated_at_once(world: World) -> None:
    """All contributions that fulfil one commitment take one verdict from each peer; a peer's own are left out."""
    world.commitment("Ana", "task-7", provider=None)
    mine = [world.log("Ana", fulfills="task-7"), world.log("Bo", fulfills="task-7")]
    other = world.log("Ana")
    for peer in ("Cy", "Bo", "Ana"):
        world.act(peer, "contribution.attest", AttestParams(verdict="accept", fulfills="task-7"))
    assert [world.contribution(position)[0] for position in mine] == ["validated", "validated"]
    assert world.contribution(other)[0] == "claimed"
    assert world.verify().ok


def test_old_claims_are_judged_by_the_charter_of_their_decision(world: World) -> None:
    """A charter that takes effect later does not change what was decided before."""
    before = world.validated("Ana")
    pending = world.log("Ana")
    world.attest("Bo", pending)
    world.attest("Cy", pending)
    world.charter(CHARTER.replace("quorum = 2", "quorum = 1"))
    after = world.log("Ana")
    world.attest("Bo", after)
    assert [world.contribution(position)[0] for position in (before, pending, after)] == ["validated"] * 3
    world.charter(CHARTER.replace("quorum = 2", "quorum = 3"), "stricter")
    assert world.contribution(after)[0] == "validated"
    report = world.verify()
    assert report.ok, report.findings


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "poetry"}, "contributions.unknown_kind"),
        ({"domain": "marketing"}, "contributions.unknown_domain"),
        ({"amount": "1.0000001"}, "journal.bad_body"),
        ({"amount": "-1"}, "flows.negative"),
        ({"amount": "1e3"}, "journal.bad_body"),
        ({"at": "2027-01-01T00:00:00Z"}, "contributions.in_the_future"),
        ({"at": "2025-02-30T00:00:00Z"}, "flows.bad_time"),
        ({"fulfills": "task-7"}, "journal.unknown_reference"),
        ({"process": "two words"}, "journal.bad_body"),
        ({"kind": "code", "repayment": "until_repaid"}, "contributions.no_value"),
    ],
)
def test_a_claim_that_is_not_in_order_is_refused(sqlite_world: World, fields: dict[str, str], code: str) -> None:
    """Each thing that can be wrong has its code, and nothing is written."""
    with sqlite_world.node.read() as transaction:
        before = transaction.value("SELECT size FROM journal_head")
    with pytest.raises((Refused, BadInput)) as refused:
        sqlite_world.act("Ana", "contribution.log", LogParams(**({"kind": "work", "amount": "1", "domain": "firmware"} | fields)))
    assert refused.value.code == code
    with sqlite_world.node.read() as transaction:
        assert transaction.value("SELECT size FROM journal_head") == before
        assert transaction.value("SELECT COUNT(*) FROM contribution") == 0


def test_logging_for_others_is_for_stewards(sqlite_world: World) -> None:
    """A member logs their own; a steward may log for another."""
    with pytest.raises(Refused) as refused:
        sqlite_world.log("Bo", by=sqlite_world.ids["Cy"])
    assert code_of(refused) == "contributions.not_for_others"
    position = sqlite_world.log("Ana", by=sqlite_world.ids["Cy"])
    with sqlite_world.node.read() as transaction:
        line = next(list_contributions(transaction, "test", Filter()))
    assert (line["position"], line["contributor"]) == (position, sqlite_world.ids["Cy"])


def test_evidence_choice_and_process_are_kept_with_valueflows_names(sqlite_world: World) -> None:
    """What was logged is what is listed."""
    evidence = [Evidence(type="url", value="https://example.org/7"), Evidence(type="sha256", value="ab" * 32, source="receipt.pdf")]
    sqlite_world.log("Ana", "expense", "12.50", evidence=evidence, repayment="until_repaid", process="prototype-3", at="2025-12-24T10:00:00Z")
    with sqlite_world.node.read() as transaction:
        line = next(list_contributions(transaction, "test", Filter()))
    assert (line["action"], line["unit"], line["claimed"], line["repayment"]) == ("transfer", "EUR", "12.5", "until_repaid")
    assert (line["process"], line["hasPointInTime"]) == ("prototype-3", "2025-12-24T10:00:00Z")
    assert line["evidence"][1] == {"type": "sha256", "value": "ab" * 32, "source": "receipt.pdf"}


def test_choosing_about_repayment_later(world: World) -> None:
    """A contributor may change their choice for all they contributed, or for some of it."""
    one, two = world.log("Ana"), world.log("Ana", "code", "10")
    world.act("Ana", "contribution.choose", ChooseParams(repayment="until_repaid"))
    world.act("Ana", "contribution.choose", ChooseParams(repayment="never", contributions=[str(two)]))
    with world.node.read() as transaction:
        rows = dict(transaction.rows("SELECT position, repayment FROM contribution"))
    assert rows == {one: "until_repaid", two: "never"}
    with pytest.raises(Refused) as refused:
        world.act("Bo", "contribution.choose", ChooseParams(repayment="never", contributions=[str(one)]))
    assert code_of(refused) == "contributions.not_own"
    assert world.verify().ok


def test_the_same_request_lands_once(world: World) -> None:
    """An idempotency key that is used again answers with the first entry, and is refused for another statement."""
    params = LogParams(kind="work", amount="2", domain="firmware")
    first = world.act("Ana", "contribution.log", params, key="k1")
    world.clock.now += 5
    again = world.act("Ana", "contribution.log", params, key="k1")
    assert (again["entry"], again["state"]) == (first["entry"], "known")
    with pytest.raises(Refused) as refused:
        world.act("Ana", "contribution.log", LogParams(kind="work", amount="3", domain="firmware"), key="k1")
    assert code_of(refused) == "journal.key_reused"


def test_a_dry_run_checks_and_writes_nothing(world: World) -> None:
    """The answer is what would have been, and the journal is as before."""
    with world.node.read() as transaction:
        before = transaction.rows("SELECT * FROM journal_head")
    assert world.act("Ana", "contribution.log", LogParams(kind="work", amount="2", domain="firmware"), dry_run=True)["state"] == "new"
    with world.node.read() as transaction:
        assert transaction.rows("SELECT * FROM journal_head") == before
    assert Act is not None
