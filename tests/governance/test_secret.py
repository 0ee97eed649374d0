"""Secret ballots by Belenios: real elections, and what may be tried against them."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from command_line import commonhold
from governance.deciding import close, delegate, found, option, propose, refusal, result, say, vote
from governance.pretended import SECRET_ROLE, secret_question
from serving import Site
from world import CHARTER, World

from commonhold.commons import entries as c
from commonhold.governance import entries as e
from commonhold.governance import secret
from commonhold.governance.commands import Named, VoteParams, find_proposal
from commonhold.governance.keeping import kept_secret
from commonhold.governance.sealing import Box, box_of
from commonhold.governance.secret_commands import BallotBox
from commonhold.journal.commands import Act
from commonhold.node.belenios import Belenios
from commonhold.node.composition import CHARTER_SECTIONS, HOUSE
from commonhold.node.decisions import decision, exported, heard, recount
from commonhold.node.erasure import erase_person
from commonhold.node.node import Node

needs_belenios = pytest.mark.skipif(shutil.which("belenios-tool") is None, reason="belenios-tool is not installed")

RULES = """
[governance.questions.member]
ballots = "secret"
majority = "1/2"

[governance.questions.election]
rule = "approval"
ballots = "secret"
"""
PEOPLE = ("Ana", "Bo", "Cy", "Di", "Eve")


@pytest.fixture(name="five")
def _five(sqlite_home: Path) -> Iterator[World]:
    """Five members who decide about persons in secret."""
    world = World(sqlite_home, CHARTER + RULES)
    world.join("Di", "Eve")
    yield world
    world.node.close()


def expel(world: World, who: str = "Eve") -> int:
    """Ask whether somebody is to go; the vote is open."""
    number = propose(world, "Bo", "member", option("go", "commons.expel", {"agent": world.ids[who], "reason": "to test"}))
    world.clock.days(7)
    return number


def seal(world: World, number: int) -> None:
    world.act("Cy", "decision.seal", Named(proposal=number))


def box(world: World, number: int) -> Box:
    """The box of a question."""
    with world.node.read() as transaction:
        here = box_of(transaction, "test", found(world, number))
    assert here is not None
    return here


def checked(world: World, number: int) -> dict[str, Any]:
    """The recount."""
    with world.node.read() as transaction:
        return recount(transaction, "test", number)


def rows(world: World, sql: str) -> list[Any]:
    """What a query of the tables finds."""
    with world.node.read() as transaction:
        return list(transaction.rows(sql))


def says(world: World, kind: str, body: Any) -> None:
    """Let the node say something that its commands would not: it holds the key, and might be dishonest."""
    with world.node.writing("test") as writer:
        writer.tick()
        writer.says(kind, body, hashlib.sha256(msgspec.json.encode(body)).hexdigest())


def lands(world: World, who: str, kind: str, body: Any) -> None:
    """Let a member write an entry by themselves."""
    with world.node.writing("test") as writer:
        writer.tick()
        writer.write(world.keys[who], world.ids[who], kind, body, hashlib.sha256(msgspec.json.encode(body)).hexdigest())


def opened(world: World, number: int) -> e.Unseal:
    """What an honest node would say after the close; it says nothing yet."""
    with world.node.writing("test", dry_run=True) as writer:
        writer.tick()
        act = Act(writer, world.ids["Ana"], world.keys["Ana"], sealing=world.node.vault)
        BallotBox(HOUSE).unseal(act, *find_proposal(writer.transaction, "test", number))
        said = box_of(writer.transaction, "test", find_proposal(writer.transaction, "test", number)[0])
    assert said is not None and said.unseal is not None
    return said.unseal


@pytest.fixture(name="over")
def _over(five: World) -> tuple[World, int, e.Unseal]:
    """A vote that is over, three for and two against, and what an honest node would say."""
    number = expel(five)
    vote(five, number, Ana="yes", Bo="yes", Cy="yes", Di="no", Eve="no")
    five.clock.days(7)
    return five, number, opened(five, number)


@needs_belenios
def test_a_secret_vote_is_carried_and_checked(home: Path) -> None:
    """Who votes again is counted once; all of it can be folded anew, and checked."""
    world = World(home, CHARTER + RULES)
    world.join("Di", "Eve")
    number = expel(world)
    vote(world, number, Ana="no", Bo="yes", Cy="yes", Di="abstain")
    vote(world, number, Ana="yes", Di="no", Eve="no")
    world.clock.days(7)
    assert close(world, number)["outcome"] == "carried"
    counted = result(world, number)
    assert [(one.votes_for, one.votes_against, one.voted) for one in counted.support] == [(3, 2, 5)]
    assert (counted.voted, counted.delegated, counted.alternatives) == (5, 0, {})
    assert checked(world, number)["belenios"] == {"checked": True, "problem": "", "why": ""}
    assert checked(world, number)["same"]
    assert world.verify().ok
    world.node.rebuild()
    assert world.verify().ok
    assert result(world, number) == counted
    world.node.close()


@needs_belenios
def test_a_secret_vote_is_rejected_and_who_has_left_is_not_counted(five: World) -> None:
    number = expel(five, "Di")
    vote(five, number, Ana="no", Bo="yes", Cy="abstain", Eve="yes")
    five.act("Eve", "member.leave", c.Leave())
    five.clock.days(7)
    assert close(five, number)["outcome"] == "rejected"
    assert [(one.votes_for, one.votes_against, one.voted, one.electors) for one in result(five, number).support] == [(1, 1, 3, 4)]
    assert checked(five, number)["belenios"]["problem"] == ""
    assert five.verify().ok


@needs_belenios
def test_approval_of_three_in_secret(five: World) -> None:
    chosen = [option(who.lower(), "commons.role", {"agent": five.ids[who], "role": "treasurer", "granted": True}) for who in ("Ana", "Bo", "Cy")]
    number = propose(five, "Di", "election", *chosen, seats=1)
    five.clock.days(7)
    for who, approvals in {"Ana": ["ana"], "Bo": ["bo", "cy"], "Cy": ["cy"], "Di": ["bo", "cy"], "Eve": []}.items():
        say(five, who, "vote", number, approvals=approvals)
    five.clock.days(7)
    assert close(five, number)["winners"] == ["cy"]
    tallies = result(five, number).rounds[0]["tallies"]
    assert tallies == {"ana": "1", "bo": "2", "cy": "3"}
    assert secret.totals_of(opened_by(five, number)) == [1, 2, 3]
    assert checked(five, number)["same"] and checked(five, number)["belenios"]["checked"]
    assert five.verify().ok


def opened_by(world: World, number: int) -> e.Unseal:
    """What the node said."""
    said = box(world, number).unseal
    assert said is not None
    return said


@needs_belenios
def test_who_may_vote_and_with_what(five: World) -> None:
    number = expel(five)
    five.join("Flo")
    assert refusal(lambda: say(five, "Flo", "vote", number, answer="yes")) == "governance.no_elector"
    assert refusal(lambda: say(five, "Ana", "vote", number, ranking=[["go"], ["no-change"]])) == "governance.bad_ballot"
    id_ = propose_id(five, number)
    ballot = e.Vote(proposal=id_, sealed="{}")
    assert refusal(lambda: lands(five, "Ana", "governance.vote", ballot)) == "governance.not_sealed"
    vote(five, number, Bo="yes")
    theirs = box(five, number).cast[0].text
    cases = {
        "{}": "governance.bad_sealed",
        theirs: "governance.bad_sealed",
        theirs + " ": "governance.bad_sealed",
        theirs.replace('"credential":', '"credential":"1","credential":'): "governance.bad_sealed",
    }
    for text, code in cases.items():
        assert refusal(lambda text=text: lands(five, "Ana", "governance.vote", e.Vote(proposal=id_, sealed=text))) == code  # type: ignore[misc]
    assert refusal(lambda: lands(five, "Flo", "governance.vote", e.Vote(proposal=id_, sealed=theirs))) == "governance.no_elector"
    assert refusal(lambda: lands(five, "Ana", "governance.vote", e.Vote(proposal=id_, ballot=e.Ballot(answer="yes")))) == "governance.secrecy"
    other = expel(five, "Di")
    seal(five, other)
    assert refusal(lambda: lands(five, "Bo", "governance.vote", e.Vote(proposal=propose_id(five, other), sealed=theirs))) == "governance.bad_sealed"
    assert refusal(lambda: seal(five, other)) == "governance.said_already"


def propose_id(world: World, number: int) -> str:
    """The id of the entry of a proposal."""
    with world.node.read() as transaction:
        return find_proposal(transaction, "test", number)[1]


@needs_belenios
def test_a_vote_that_is_sent_again_lands_once(five: World) -> None:
    number = expel(five)
    first = five.act("Ana", "decision.vote", VoteParams(proposal=number, answer="yes"), key="once")
    again = five.act("Ana", "decision.vote", VoteParams(proposal=number, answer="yes"), key="once")
    assert (again["entry"], again["state"]) == (first["entry"], "known")


@needs_belenios
def test_a_false_result_is_found(over: tuple[World, int, e.Unseal]) -> None:
    """A sum of the right form passes the rules, which know no cryptography; whoever has Belenios finds it."""
    world, number, honest = over
    says(world, "governance.unseal", msgspec.structs.replace(honest, result='{"result":[[1,4]]}'))
    assert close(world, number)["outcome"] == "rejected"
    told = checked(world, number)
    assert not told["same"] and told["belenios"]["problem"]
    assert world.verify().ok


@needs_belenios
def test_a_false_tally_is_found(over: tuple[World, int, e.Unseal]) -> None:
    world, number, honest = over
    ciphers, _, size = honest.encryptedTally.partition("\n")
    swapped = json.dumps([json.loads(ciphers)[0][::-1]], separators=(",", ":"))
    digest = hashlib.sha256(swapped.encode()).hexdigest()
    size = json.dumps(json.loads(size) | {"encrypted_tally": digest}, separators=(",", ":"))
    says(world, "governance.unseal", msgspec.structs.replace(honest, encryptedTally=f"{swapped}\n{size}", result='{"result":[[2,3]]}'))
    assert close(world, number)["outcome"] == "rejected"
    assert checked(world, number)["belenios"]["problem"]


@needs_belenios
def test_a_dropped_ballot_is_found(over: tuple[World, int, e.Unseal]) -> None:
    """A node that leaves out ballots says that they are invalid; they are not."""
    world, number, _ = over
    here = box(world, number)
    left = [one.text for one in here.cast[1:]]
    key = kept_key_of(world, number)
    made = Belenios().unseal(here.sealing, left, key)
    body = e.Unseal(
        proposal=propose_id(world, number), encryptedTally=made.encrypted_tally, partialDecryptions=made.partial_decryptions, result=made.result,
        excluded=[here.cast[0].vote],
    )  # fmt: skip
    says(world, "governance.unseal", body)
    assert close(world, number)["outcome"] == "rejected"
    assert checked(world, number)["belenios"]["problem"] == "a ballot was excluded that is valid"


def kept_key_of(world: World, number: int) -> str:
    """The key of the trustee, which only the node has."""
    with world.node.read() as transaction:
        key = kept_secret(transaction, world.node.vault, "test", propose_id(world, number), "")
    assert key is not None
    return key


@needs_belenios
def test_an_invalid_ballot_spoils_nothing(five: World) -> None:
    """A member can write something that looks like a ballot. It is left out, and everybody can check that it is none."""
    number = expel(five)
    vote(five, number, Ana="yes", Bo="yes", Di="no")
    text = box(five, number).cast[2].text
    ballot = json.loads(text)
    ballot["answers"][0]["overall_proof"][0]["response"] = "12345"
    spoilt = json.dumps(ballot, separators=(",", ":"))
    lands(five, "Di", "governance.vote", e.Vote(proposal=propose_id(five, number), sealed=spoilt))
    five.clock.days(7)
    assert close(five, number)["outcome"] == "carried"
    assert [(one.votes_for, one.votes_against, one.voted) for one in result(five, number).support] == [(2, 0, 2)]
    assert len(box(five, number).excluded) == 1
    assert checked(five, number)["belenios"] == {"checked": True, "problem": "", "why": ""}
    assert five.verify().ok


@needs_belenios
def test_sums_that_cannot_be_are_refused(over: tuple[World, int, e.Unseal]) -> None:
    world, number, honest = over
    replace = msgspec.structs.replace
    tally, _, size = honest.encryptedTally.partition("\n")
    wrong = [
        replace(honest, result='{"result":[[3,3]]}'),
        replace(honest, result='{"result":[[6,0]]}'),
        replace(honest, result='{"result":[[3,-1]]}'),
        replace(honest, result='{"result":[[3]]}'),
        replace(honest, result='{"result":[[3,2]],"result":[[2,3]]}'),
        replace(honest, encryptedTally=tally),
        replace(honest, encryptedTally=f"{tally}\n{size.replace('5', '4')}"),
        replace(honest, partialDecryptions=[*honest.partialDecryptions, *honest.partialDecryptions]),
        replace(honest, partialDecryptions=["{}"]),
        replace(honest, excluded=[box(world, number).cast[0].vote]),
    ]
    for body in wrong:
        assert refusal(lambda body=body: says(world, "governance.unseal", body)) == "governance.bad_sum"  # type: ignore[misc]
    strange = replace(honest, excluded=["0" * 64])
    assert refusal(lambda: says(world, "governance.unseal", strange)) == "governance.unknown_vote"
    assert refusal(lambda: lands(world, "Ana", "governance.unseal", honest)) == "governance.not_the_node"
    closing = e.Close(proposal=honest.proposal, outcome="rejected", result="0" * 64)
    assert refusal(lambda: says(world, "governance.close", closing)) == "governance.not_unsealed"
    says(world, "governance.unseal", honest)
    assert refusal(lambda: says(world, "governance.unseal", replace(honest, result='{"result":[[2,3]]}'))) == "governance.said_already"


@needs_belenios
def test_elections_of_something_else_are_refused(five: World) -> None:
    number = expel(five)
    with five.node.writing("test", dry_run=True) as writer:
        writer.tick()
        BallotBox(HOUSE).seal(Act(writer, "", five.keys["Ana"], sealing=five.node.vault), *find_proposal(writer.transaction, "test", number))
        here = box_of(writer.transaction, "test", find_proposal(writer.transaction, "test", number)[0])
    assert here is not None
    replace, honest = msgspec.structs.replace, here.sealing
    wrong = [
        replace(honest, election=honest.election.replace('["yes","no"]', '["no","yes"]')),
        replace(honest, election=honest.election.replace('"max":1', '"max":2')),
        replace(honest, election=honest.election + " "),
        replace(honest, trustees="[]]"),
        replace(honest, publicCredentials=honest.publicCredentials[1:]),
        replace(honest, publicCredentials=[*honest.publicCredentials[1:], honest.publicCredentials[1]]),
        replace(honest, publicCredentials=[*honest.publicCredentials, f"123,,{five.ids['Ana']}"]),
        replace(honest, publicCredentials=[*honest.publicCredentials[1:], "1,2,x"]),
    ]
    for body in wrong:
        assert refusal(lambda body=body: says(five, "governance.sealing", body)) == "governance.bad_sealing"  # type: ignore[misc]
    assert refusal(lambda: lands(five, "Ana", "governance.sealing", honest)) == "governance.not_the_node"
    says(five, "governance.sealing", honest)


@needs_belenios
def test_nothing_tells_a_ballot(five: World) -> None:
    """Not the journal, not the tables, not what anybody is told; and when it is over, the node has forgotten the keys."""
    number = expel(five)
    vote(five, number, Ana="yes", Bo="no", Cy="yes")
    assert len(rows(five, "SELECT agent FROM private_credential")) == 6
    for _ in range(2):
        told = told_of(five, number)
        assert told.get("ballots", []) == []
        assert "'answer'" not in str(told) and '"answer"' not in str(told)
        for who in PEOPLE:
            with five.node.read() as transaction:
                how = heard(transaction, "test", number, five.ids[who])
            assert how.get("ballot") is None
        assert rows(five, "SELECT ballot, commitment, salt FROM vote") == [(None, None, None)] * 3
        if not told["outcome"]:
            five.clock.days(7)
            close(five, number)
    for (data,) in rows(five, "SELECT j.data FROM journal_entry j JOIN vote v ON v.position = j.position"):
        assert set(json.loads(bytes(data))["body"]) == {"proposal", "sealed"}
    assert rows(five, "SELECT * FROM private_credential") == rows(five, "SELECT * FROM private_ballot") == []
    with five.node.read() as transaction:
        blt = exported(transaction, "test", number, "blt")
    assert five.ids["Ana"] not in blt


def told_of(world: World, number: int) -> dict[str, Any]:
    with world.node.read() as transaction:
        return decision(world.node, transaction, "test", number)


@needs_belenios
def test_nobody_is_spoken_for_in_secret(five: World) -> None:
    delegate(five, "Eve", "Ana")
    number = expel(five, "Di")
    vote(five, number, Ana="yes", Bo="no")
    five.clock.days(7)
    assert close(five, number)["outcome"] == "rejected"
    assert (result(five, number).voted, result(five, number).delegated) == (2, 0)
    with five.node.read() as transaction:
        assert heard(transaction, "test", number, five.ids["Eve"])["delegates"] == []


@needs_belenios
def test_a_jury_decides_in_secret(sqlite_home: Path) -> None:
    world = World(sqlite_home, CHARTER + RULES + 'jury = 3\n[governance.questions.role]\njury = 3\nballots = "secret"\n')
    world.join("Di", "Eve", "Flo", "Gil")
    number = propose(world, "Bo", "role", option("yes", "commons.role", {"agent": world.ids["Cy"], "role": "treasurer", "granted": True}))
    world.clock.days(7)
    world.act("Bo", "decision.draw", Named(proposal=number))
    with world.node.read() as transaction:
        jury = [who for who, id_ in world.ids.items() if heard(transaction, "test", number, id_)["mayVote"]]
    assert len(jury) == 3
    vote(world, number, **dict.fromkeys(jury, "yes"))
    world.clock.days(7)
    assert close(world, number)["outcome"] == "carried"
    assert len(box(world, number).sealing.publicCredentials) == 3
    assert checked(world, number)["belenios"]["checked"] and world.verify().ok
    world.node.close()


@needs_belenios
def test_who_is_erased_leaves_no_credential(five: World) -> None:
    number = expel(five, "Di")
    vote(five, number, Ana="yes")
    erase_person(five.node, "test", five.ids["Bo"])
    assert five.ids["Bo"] not in {row[0] for row in rows(five, "SELECT agent FROM private_credential")}


@needs_belenios
def test_the_journal_is_verified_without_the_program(five: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = expel(five)
    vote(five, number, Ana="yes", Bo="yes")
    monkeypatch.setenv("PATH", "/nowhere")
    assert refusal(lambda: vote(five, number, Cy="yes")) == "governance.no_belenios"
    five.clock.days(7)
    assert refusal(lambda: close(five, number)) == "governance.no_belenios"
    monkeypatch.undo()
    close(five, number)
    monkeypatch.setenv("PATH", "/nowhere")
    five.node.rebuild()
    assert five.verify().ok
    told = checked(five, number)
    assert told["same"] and told["belenios"]["code"] == "governance.no_belenios" and not told["belenios"]["checked"]


def test_without_votes_it_is_closed_without_the_program(five: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    number = expel(five)
    assert refusal(lambda: seal(five, number)) == "governance.no_belenios"
    five.clock.days(7)
    assert close(five, number)["outcome"] == "rejected"
    assert result(five, number).voted == 0
    assert checked(five, number)["belenios"]["why"] == "nobody voted"
    assert five.verify().ok


def test_a_secret_question_has_one_option_or_approvals_and_not_too_many_voters(five: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = propose(five, "Bo", "member", option("go", "commons.expel", {"agent": five.ids["Eve"], "reason": "to test"}))
    other = option("other", "commons.expel", {"agent": five.ids["Di"], "reason": "to test"})
    assert refusal(lambda: say(five, "Ana", "amend", number, option=other)) == "governance.one_option"
    assert refusal(lambda: seal(five, number)) == "governance.wrong_phase"
    monkeypatch.setattr(secret, "ELECTORS_MAX", 4)
    assert refusal(lambda: expel(five)) == "governance.too_many_electors"
    monkeypatch.setattr(secret, "ANSWERS_MAX", 2)
    chosen = [option(who.lower(), "commons.role", {"agent": five.ids[who], "role": "treasurer", "granted": True}) for who in ("Ana", "Bo", "Cy")]
    monkeypatch.setattr(secret, "ELECTORS_MAX", 80)
    assert refusal(lambda: propose(five, "Di", "election", *chosen, seats=1)) == "governance.too_many_options"


@pytest.mark.parametrize(
    ("question", "more"), [("money", 'rule = "consent"'), ("charter", ""), ("election", 'rule = "stv"'), ("budget", ""), ("role", 'rule = "lazy"')]
)
def test_only_sums_of_one_roll_can_be_secret(question: str, more: str) -> None:
    values = tomllib.loads(CHARTER + f'\n[governance.questions.{question}]\nballots = "secret"\n{more}\n')
    assert [one.code for one in CHARTER_SECTIONS["governance"](values)] == ["charter.bad_secrecy"]


@pytest.mark.parametrize(("rule", "totals", "count"), [("yes_no", [3, 2], 7), ("approval", [0, 4, 2], 4), ("approval", [0, 0, 0], 0)])
def test_ballots_come_to_the_sum_that_they_are_made_from(rule: str, totals: list[int], count: int) -> None:
    answers = secret.answers_of(rule, ["a", "b", "c"])
    ballots = secret.ballots_that_sum_to(rule, answers, totals, count)
    assert len(ballots) == count
    assert [sum(marks) for marks in zip(*(secret.marks_of(one, answers) for one in ballots), strict=True)] == (totals if count else [])


@needs_belenios
def test_from_the_command_line(five: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    number = expel(five)
    make = Node.open
    monkeypatch.setattr(Node, "open", lambda home, **options: make(home, **{"clock": five.clock} | options))

    def text(*arguments: str, who: str = "", code: int = 0) -> str:
        said = commonhold("decide", *arguments, *(["--as", who] if who else []), "--home", str(five.node.home))
        assert said.code == code, said
        return said.out + said.err

    assert "ballots are secret; the vote is prepared by the first who votes" in text("show", str(number))
    assert "is prepared for 5 (entry" in text("seal", str(number), who="Cy")
    receipt = tmp_path / "receipt.json"
    said = text("vote", str(number), "yes", "--receipt", str(receipt), who="Ana")
    assert "what you voted is never told" in said and "there is no receipt" in said and not receipt.exists()
    text("vote", str(number), "yes", who="Bo")
    own = text("credential", str(number), who="Di").strip()
    folder = tmp_path / "election"
    assert "1 or 0 for: yes, no" in text("credential", str(number), "--out", str(folder), who="Di")
    assert (folder / "credential").read_text().strip() == own and (folder / "credential").stat().st_mode & 0o777 == 0o600
    (folder / "marks.json").write_text("[[0,1]]")
    subprocess.run(["belenios-tool", "archive", "init"], cwd=folder, check=True)
    seals = ["belenios-tool", "election", "generate-ballot", "--privcred", "credential", "--ballot", "marks.json"]
    (folder / "ballot").write_bytes(subprocess.run(seals, cwd=folder, check=True, capture_output=True).stdout)
    assert "is encrypted" in text("vote", str(number), "--sealed", str(folder / "ballot"), who="Di")
    assert "the ballot is secret" in text("explain", str(number), "Ana")
    five.clock.days(7)
    assert "carried" in text("close", str(number), who="Ana")
    assert "2 for, 1 against" in text("show", str(number)) and "only their sum was opened" in text("show", str(number))
    assert "Checked by Belenios: the result is the sum of the secret ballots." in text("recount", str(number))
    assert "keeps no credential" in text("credential", str(number), who="Di", code=1)
    monkeypatch.setenv("PATH", "/nowhere")
    assert "was not checked: Secret ballots need the program belenios-tool" in text("recount", str(number))


@needs_belenios
def test_the_recount_says_what_is_false(over: tuple[World, int, e.Unseal], monkeypatch: pytest.MonkeyPatch) -> None:
    world, number, honest = over
    make = Node.open
    monkeypatch.setattr(Node, "open", lambda home, **options: make(home, **{"clock": world.clock} | options))
    says(world, "governance.unseal", msgspec.structs.replace(honest, result='{"result":[[1,4]]}'))
    close(world, number)
    said = commonhold("decide", "recount", str(number), "--home", str(world.node.home))
    assert said.code == 5 and "the result is NOT the sum of the secret ballots: check_result failed" in said.out


@needs_belenios
def test_pages_and_reads_tell_no_ballot(five: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = expel(five)
    site = Site(five, monkeypatch)
    vote(five, number, Ana="yes", Bo="no")
    for _ in range(2):
        page = site.text(f"/test/decisions/{number}/?recount=1" if found(five, number).outcome else f"/test/decisions/{number}/")
        assert "Traceback" not in page
        told = site.json(f"/api/commons/test/decisions/{number}")
        assert not told.get("ballots")
        site.text("/test/decisions/")
        if not found(five, number).outcome:
            five.clock.days(7)
            close(five, number)
    assert site.text(f"/api/commons/test/decisions/{number}/ballots").splitlines()[:3] == ["2 1", "1 1 2 0", "1 2 1 0"]


def test_rules_and_folds_know_no_cryptography(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An election that is made up passes them, is folded anew, and verified as a journal; without Belenios, and the recount says so."""
    monkeypatch.setenv("PATH", "/nowhere")
    world = World(home, CHARTER + SECRET_ROLE)
    number = secret_question(world)
    assert [(one.votes_for, one.votes_against) for one in result(world, number).support] == [(3, 0)]
    world.node.rebuild()
    assert world.verify().ok
    assert checked(world, number)["belenios"]["code"] == "governance.no_belenios"
    world.node.close()


@needs_belenios
def test_a_made_up_election_is_found(sqlite_home: Path) -> None:
    world = World(sqlite_home, CHARTER + SECRET_ROLE)
    number = secret_question(world)
    told = checked(world, number)
    assert not told["same"] and told["belenios"]["problem"]
    world.node.close()
