"""A secret question whose election is made up: it has the right form, and nothing behind it.

The rules and folds know no cryptography, so tests of what has nothing to do with it need no Belenios. (Only a recount finds it out.)
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import msgspec
from governance.deciding import close, option, propose
from world import World

from commonhold.governance import entries as e
from commonhold.governance.commands import find_proposal
from commonhold.governance.secret import Election, template

SECRET_ROLE = '\n[governance.questions.role]\nballots = "secret"\n'
"""What the charter says, so that `secret_question` can be asked."""
PROOF = {"challenge": "1", "response": "2"}
CIPHER = {"alpha": "3", "beta": "4"}


def text(value: Any) -> str:
    """JSON as Belenios writes it."""
    return json.dumps(value, separators=(",", ":"))


def secret_question(world: World, who: str = "Bo", about: str = "Cy", days: int = 7) -> int:
    """A question about a role that is voted on and decided in pretended secret: all who vote are for it."""
    number = propose(world, who, "role", option("yes", "commons.role", {"agent": world.ids[about], "role": "scribe", "granted": True}))
    world.clock.days(days)
    with world.node.read() as transaction:
        found, id_ = find_proposal(transaction, "test", number)
        sql = "SELECT a.id FROM membership m JOIN agent a ON a.commons = m.commons AND a.number = m.agent WHERE m.state = 'member' AND a.type = 'Person'"
        voters = sorted(row[0] for row in transaction.rows(sql))
        node = str(transaction.value("SELECT node FROM commons"))
    election = _election(template(id_, found.terms.rule, ["yes"], node))
    sealing = e.Sealing(
        proposal=id_, election=election, trustees=text([["Single", {"pok": PROOF, "public_key": "5"}]]),
        publicCredentials=[f"{place},,{voter}" for place, voter in enumerate(voters, 100)],
    )  # fmt: skip
    _node_says(world, "governance.sealing", sealing)
    cast = [name for name, id_ in world.ids.items() if id_ in voters]
    for name in cast:
        with world.node.writing("test") as writer:
            credential = str(100 + voters.index(world.ids[name]))
            body = e.Vote(proposal=id_, sealed=_ballot(election, credential))
            writer.write(world.keys[name], world.ids[name], "governance.vote", body, f"pretended-{number}")
    world.clock.days(days)
    _node_says(world, "governance.unseal", _sum(id_, len(cast)))
    close(world, number)
    return number


def _election(expected: Election) -> str:
    return msgspec.json.encode(msgspec.structs.replace(expected, public_key="5")).decode()


def _ballot(election: str, credential: str) -> str:
    digest = base64.b64encode(hashlib.sha256(election.encode()).digest()).decode().rstrip("=")
    answers = {"choices": [CIPHER, CIPHER], "individual_proofs": [[PROOF, PROOF], [PROOF, PROOF]], "overall_proof": [PROOF, PROOF]}
    uuid = json.loads(election)["uuid"]
    signature = {"hash": digest, "proof": PROOF}
    return text({"election_uuid": uuid, "election_hash": digest, "credential": credential, "answers": [answers], "signature": signature})


def _sum(proposal: str, count: int) -> e.Unseal:
    tally, factors = text([[CIPHER, CIPHER]]), text({"decryption_factors": [["6", "7"]], "decryption_proofs": [[PROOF, PROOF]]})
    size = {"num_tallied": count, "total_weight": count, "encrypted_tally": hashlib.sha256(tally.encode()).hexdigest()}
    owner = {"owner": 1, "payload": hashlib.sha256(factors.encode()).hexdigest()}
    return e.Unseal(
        proposal=proposal, encryptedTally=f"{tally}\n{text(size)}", partialDecryptions=[f"{factors}\n{text(owner)}"],
        result=text({"result": [[count, 0]]}),
    )  # fmt: skip


def _node_says(world: World, kind: str, body: Any) -> None:
    with world.node.writing("test") as writer:
        writer.tick()
        writer.says(kind, body, f"{kind}-{body.proposal}")
