"""Secret ballots through the node: it prepares the election, seals a ballot for its voter, and opens nothing but the sum."""

from __future__ import annotations

from typing import Any

from ..commons.queries import all_agents, find_agent, node_key
from ..journal.commands import Act, Sealing, landed
from ..problems import refuse
from . import entries as e
from .closing import House
from .electorate import rolls_of
from .keeping import forget_secrets, keep_secret, kept_secret
from .sealing import box_of
from .secret import ELECTORS_MAX, Cryptography, Election, exact, marks_of, template, voters_of
from .store import Proposal, on_ballot, options_of, vote_of

TRUSTEE = ""
"""The key of the trustee is kept where the credentials of voters are, under the name of nobody."""


class BallotBox:
    """See the module; `house` is what the floors above tell."""

    def __init__(self, house: House) -> None:
        self._house = house

    def _needs(self, act: Act) -> tuple[Cryptography, Sealing]:
        if act.sealing is None or self._house.cryptography is None:
            raise refuse("governance.no_keeping", "Here the node cannot keep what secret ballots need.", "proposal")
        return self._house.cryptography, act.sealing

    def seal(self, act: Act, found: Proposal, id_: str) -> dict[str, Any]:
        """Let the node prepare the election; once, from when the vote is open."""
        cryptography, sealing = self._needs(act)
        act.writer.tick()
        transaction, commons = act.transaction, act.commons
        if found.terms.ballots != "secret":
            raise refuse("governance.not_secret", "Ballots on this question are not secret.", "proposal")
        if found.phase(max(act.writer.head.time, act.writer.now)) != "voting":
            raise refuse("governance.wrong_phase", f"The vote on proposal {found.number} is not open.", "proposal")
        if box_of(transaction, commons, found, cast=False) is not None:
            raise refuse("governance.said_already", "The election is prepared already.", "proposal")
        agents = all_agents(transaction, commons)
        electors = sorted(agents[number].id for number in frozenset().union(*rolls_of(transaction, commons, found).values()))
        if not electors or len(electors) > ELECTORS_MAX:
            problem = f"From 1 to {ELECTORS_MAX} can vote in secret, and here are {len(electors)}."
            raise refuse("governance.too_many_electors", problem, "proposal")
        choices = [option.id for option in on_ballot(options_of(transaction, commons, found.number), found.question)]
        made = cryptography.setup(template(id_, found.terms.rule, choices, node_key(transaction, commons)), electors)
        body = e.Sealing(proposal=id_, election=made.election, trustees=made.trustees, publicCredentials=made.public_credentials)
        entry = act.writer.says("governance.sealing", body, f"seal-{id_}")
        for voter, credential in made.private.items():
            keep_secret(transaction, sealing, commons, id_, voter, credential)
        keep_secret(transaction, sealing, commons, id_, TRUSTEE, made.key)
        return {**landed(entry), "electors": len(electors)}

    def vote(self, act: Act, found: Proposal, id_: str, ballot: e.Ballot) -> dict[str, Any]:
        """Encrypt a ballot for its voter. The node forgets what was in it: it keeps nothing, and the answer has nothing to show to others."""
        cryptography, sealing = self._needs(act)
        if act.writer.known_keys(act.author, [act.key]):
            return self._again(act, found)
        box = box_of(act.transaction, act.commons, found, cast=False)
        if box is None and found.phase(max(act.writer.head.time, act.writer.now)) == "voting":
            self.seal(act, found, id_)
            box = box_of(act.transaction, act.commons, found, cast=False)
        if box is None:
            raise refuse("governance.not_sealed", "The vote is not open, and its election not prepared.", "proposal")
        credential = kept_secret(act.transaction, sealing, act.commons, id_, act.author)
        if credential is None:
            voter = act.author in voters_of(box.sealing)
            lost = (
                "The node keeps no credential of yours: seal the ballot yourself with the one that you were given."
                if voter
                else "You have no voice in it."
            )
            raise refuse("governance.no_credential" if voter else "governance.no_elector", lost, "author")
        answers = exact(box.sealing.election, Election).questions[0].answers
        sealed = cryptography.encrypt(box.sealing, credential, marks_of(ballot, answers))
        return {**landed(act.say("governance.vote", e.Vote(proposal=id_, sealed=sealed))), "secret": True}

    def _again(self, act: Act, found: Proposal) -> dict[str, Any]:
        """The answer to a vote that was recorded before with the same key; what was in it cannot be compared."""
        author = find_agent(act.transaction, act.commons, act.author)
        cast = None if author is None else vote_of(act.transaction, act.commons, found.number, author.number)
        if cast is None:
            raise refuse("journal.key_reused", f"The author has used the key {act.key!r} for another entry.", "key")
        sql = "SELECT leaf FROM journal_entry WHERE commons = ? AND position = ?"
        entry = bytes(act.transaction.value(sql, (act.commons, cast.position))).hex()
        return {"entry": entry, "position": cast.position, "state": "known", "secret": True}

    def unseal(self, act: Act, found: Proposal, id_: str) -> None:
        """Open the sum of the ballots that count, and forget key and credentials: single ballots can be opened by nobody then."""
        box = box_of(act.transaction, act.commons, found)
        if box is None or box.unseal is not None or not box.cast:
            return
        cryptography, sealing = self._needs(act)
        key = kept_secret(act.transaction, sealing, act.commons, id_, TRUSTEE)
        if key is None:
            raise refuse(
                "governance.no_trustee_key", "The node has lost the key of this election: it cannot be counted. Put the question again.", "proposal"
            )
        made = cryptography.unseal(box.sealing, [one.text for one in box.cast], key)
        body = e.Unseal(
            proposal=id_, encryptedTally=made.encrypted_tally, partialDecryptions=made.partial_decryptions, result=made.result,
            excluded=[box.cast[place].vote for place in made.invalid],
        )  # fmt: skip
        act.writer.says("governance.unseal", body, f"unseal-{id_}")
        forget_secrets(act.transaction, act.commons, id_)
