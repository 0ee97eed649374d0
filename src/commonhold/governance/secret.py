"""Secret ballots: what an election of Belenios says, as far as it can be read without cryptography. Pure.

The journal holds all that Belenios publishes. Here is checked that it has the right form: that it belongs to this question, that a
ballot is that of its voter, that the sum can be a sum. Whether the encrypted ballots really come to it, whoever has `belenios-tool`
can check in addition (`node/belenios.py`); nothing here, and no fold, needs that program.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Protocol

import msgspec

from ..journal.keys import base58
from ..problems import Problem
from .entries import Ballot, Sealing, Unseal

GROUP = "BELENIOS-2048"
ELECTORS_MAX = 80
"""An entry has at most 65,535 bytes, and a public credential has some 680."""
ANSWERS_MAX = 20
"""A sealed ballot has some 1,600 bytes for each answer, the sum with its proofs 2,200."""

Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,620}\Z")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/]{43}\Z")]


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of what Belenios writes, its fields in Belenios' order."""


class Proof(_Form, frozen=True):
    challenge: Number
    response: Number


class Cipher(_Form, frozen=True):
    alpha: Number
    beta: Number


class Answer(_Form, frozen=True):
    choices: list[Cipher]
    individual_proofs: list[list[Proof]]
    overall_proof: list[Proof]


class Signature(_Form, frozen=True):
    hash: Digest
    proof: Proof


class SealedBallot(_Form, frozen=True):
    """One encrypted ballot."""

    election_uuid: str
    election_hash: Digest
    credential: Number
    answers: list[Answer]
    signature: Signature


class Question(_Form, frozen=True):
    answers: list[str]
    min: int
    max: int
    question: str


class Election(_Form, frozen=True):
    """`election.json`."""

    version: int
    description: str
    name: str
    group: str
    public_key: Number
    questions: list[Question]
    uuid: str
    administrator: str
    credential_authority: str


class TrusteeKey(_Form, frozen=True):
    pok: Proof
    public_key: Number


class SizedTally(_Form, frozen=True):
    num_tallied: int
    total_weight: int
    encrypted_tally: str


class Decryption(_Form, frozen=True):
    decryption_factors: list[list[Number]]
    decryption_proofs: list[list[Proof]]


class Owned(_Form, frozen=True):
    owner: int
    payload: str


class Totals(_Form, frozen=True):
    result: list[list[Annotated[int, msgspec.Meta(ge=0, le=ELECTORS_MAX)]]]


class Setup(msgspec.Struct, frozen=True):
    """A new election: what is published of it, and what is not.

    Attributes:
        private: The private credential of each elector, by id. key: The private key of the trustee.
    """

    election: str
    trustees: str
    public_credentials: list[str]
    private: dict[str, str]
    key: str


class Sum(msgspec.Struct, frozen=True):
    """What comes out of the box. invalid: The places of ballots that are none."""

    encrypted_tally: str
    partial_decryptions: list[str]
    result: str
    invalid: list[int]


class Cryptography(Protocol):
    """What the node does with Belenios. Everything raises Refused `governance.no_belenios` where the program is missing."""

    def setup(self, template: Election, voters: Sequence[str]) -> Setup:
        """A new election with keys and credentials."""

    def encrypt(self, sealing: Sealing, credential: str, marks: Sequence[int]) -> str:
        """The sealed ballot of who has this private credential."""

    def unseal(self, sealing: Sealing, ballots: Sequence[str], key: str) -> Sum:
        """The sum of those ballots that are valid."""

    def check(self, sealing: Sealing, ballots: Sequence[str], unseal: Unseal, excluded: Sequence[str]) -> str:
        """Whether the result is the sum of the ballots, and those that were excluded are invalid; empty, or what is wrong."""


def exact(text: str, form: Any) -> Any:
    """A text of Belenios as a value, or None: unknown members, blanks, members told twice, that two programs would read differently."""
    try:
        value = msgspec.json.decode(text, type=form)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return value if msgspec.json.encode(value).decode() == text else None


def answers_of(rule: str, options: Sequence[str]) -> list[str]:
    """What can be marked on a secret ballot."""
    return ["yes", "no"] if rule == "yes_no" else list(options)


def template(proposal: str, rule: str, options: Sequence[str], node: str) -> Election:
    """The election of a question: all but its public key follows from the question, so that no other can be put in its place."""
    answers = answers_of(rule, options)
    question = Question(answers, 0, 1 if rule == "yes_no" else len(answers), proposal)
    uuid = base58(hashlib.sha256(f"commonhold-election\n{proposal}\n".encode()).digest())[:14]
    return Election(1, "A question of a commons", "commonhold", GROUP, "0", [question], uuid, node, node)


def voters_of(sealing: Sealing) -> dict[str, str]:
    """The public credential of each elector, by id; empty if the list is not of that form, or tells something twice."""
    found = {}
    for line in sealing.publicCredentials:
        credential, _, voter = line.partition(",,")
        if not credential.isdecimal() or not credential.isascii() or not voter or "," in voter:
            return {}
        found[voter] = credential
    return found if len(set(found.values())) == len(sealing.publicCredentials) else {}


def sealing_problems(sealing: Sealing, expected: Election, voters: frozenset[str]) -> list[Problem]:
    """Whether an election is that of the question, with exactly its electors."""
    said: Election | None = exact(sealing.election, Election)
    if said is None or msgspec.structs.replace(said, public_key="0") != expected:
        return [Problem("governance.bad_sealing", "This is not the election of this question.", "body.election")]
    if exact(sealing.trustees, list[tuple[str, TrusteeKey]]) is None:
        return [Problem("governance.bad_sealing", "These are no trustees of an election.", "body.trustees")]
    if frozenset(voters_of(sealing)) != voters:
        problem = "Each elector, and nobody else, has a public credential of their own."
        return [Problem("governance.bad_sealing", problem, "body.publicCredentials")]
    return []


def ballot_problems(text: str, sealing: Sealing, voter: str) -> list[Problem]:
    """Whether a sealed ballot has the form of one of this election, by this voter. What is in it, nobody can tell."""
    said: SealedBallot | None = exact(text, SealedBallot)
    election = exact(sealing.election, Election)
    wrong = "It is not a ballot as Belenios writes it."
    if said is not None:
        count = len(election.questions[0].answers)
        right_size = len(said.answers) == 1 and len(said.answers[0].choices) == len(said.answers[0].individual_proofs) == count
        wrong = (
            "" if said.election_uuid == election.uuid and said.election_hash == _digest(sealing.election) else "It is a ballot of another election."
        )
        wrong = wrong or ("" if right_size else f"It does not have {count} answers.")
        wrong = wrong or ("" if said.credential == voters_of(sealing).get(voter) else "It was not made with the author's own credential.")
    return [Problem("governance.bad_sealed", wrong, "body.sealed")] if wrong else []


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def totals_of(unseal: Unseal) -> list[int]:
    """How often each answer was marked; empty if the result is not of that form."""
    said: Totals | None = exact(unseal.result, Totals)
    return said.result[0] if said is not None and len(said.result) == 1 else []


def unseal_problems(unseal: Unseal, sealing: Sealing, counted: int) -> list[Problem]:
    """Whether a sum can be that of so many ballots of this election."""
    question: Question = exact(sealing.election, Election).questions[0]
    totals = totals_of(unseal)
    if len(totals) != len(question.answers) or any(number > counted for number in totals) or (question.max == 1 and sum(totals) > counted):
        return [Problem("governance.bad_sum", f"So many ballots cannot come to this: {counted} are counted.", "body.result")]
    tally, _, size = unseal.encryptedTally.partition("\n")
    ciphers = exact(tally, list[list[Cipher]])
    if ciphers is None or [len(one) for one in ciphers] != [len(totals)]:
        return [Problem("governance.bad_sum", "This is no encrypted sum of this election.", "body.encryptedTally")]
    if exact(size, SizedTally) != SizedTally(counted, counted, hashlib.sha256(tally.encode()).hexdigest()):
        return [Problem("governance.bad_sum", f"It does not say that it is the sum of {counted} ballots.", "body.encryptedTally")]
    if len(unseal.partialDecryptions) != len(exact(sealing.trustees, list[tuple[str, TrusteeKey]])):
        return [Problem("governance.bad_sum", "Every trustee decrypts the sum, each once.", "body.partialDecryptions")]
    for number, text in enumerate(unseal.partialDecryptions, 1):
        factors, _, owner = text.partition("\n")
        if exact(factors, Decryption) is None or exact(owner, Owned) != Owned(number, hashlib.sha256(factors.encode()).hexdigest()):
            return [Problem("governance.bad_sum", "This is no decryption by the trustee.", f"body.partialDecryptions[{number - 1}]")]
    return []


def marks_of(ballot: Ballot, answers: Sequence[str]) -> list[int]:
    """A ballot as marks on a secret one. Who abstains marks nothing, and cannot be told from others either."""
    chosen = {ballot.answer} if ballot.answer is not None else set(ballot.approvals or ())
    return [int(answer in chosen) for answer in answers]


def ballots_that_sum_to(rule: str, answers: Sequence[str], totals: Sequence[int], count: int) -> list[Ballot]:
    """Some ballots with this sum, to count by. They are nobody's: which there were, only the sum is known of."""
    if rule == "yes_no":
        yes, no = totals
        return [Ballot(answer="yes")] * yes + [Ballot(answer="no")] * no + [Ballot(answer="abstain")] * (count - yes - no)
    return [Ballot(approvals=[answer for answer, total in zip(answers, totals, strict=True) if place < total]) for place in range(count)]
