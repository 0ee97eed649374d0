"""Secret ballots by Belenios: elections are made, ballots sealed, sums opened and checked by `belenios-tool`, another program.

Each use works in a folder of its own that nobody else can read and that is gone afterwards. Secrets are given in files, never in
arguments, which other users of a machine can see. What is here can be recomputed, or replaced by hand: it only writes and reads the
texts that the journal holds.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ..governance.entries import Sealing, Unseal
from ..governance.secret import Election, Setup, Sum, TrusteeKey
from ..problems import refuse

PROGRAM = "belenios-tool"
SECONDS_MAX = 120
"""The slowest step, of 80 ballots with 20 options, takes a tenth of it on a small machine."""


class _Failed(Exception):
    """The program found something wrong, in its own words."""


class Box:
    """A folder in which the program works on one election."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self.folder = folder

    def run(self, *arguments: str, given: str = "") -> str:
        """What the program prints.

        Raises:
            _Failed: It ended with an error. Refused: `governance.belenios_failed`, for want of time.
        """
        environment = {"LC_ALL": "C", "BELENIOS_USE_URANDOM": "1"}
        try:
            done = subprocess.run(
                [self._program, *arguments],
                input=given.encode(),
                cwd=self.folder,
                env=environment,
                capture_output=True,
                timeout=SECONDS_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise refuse("governance.belenios_failed", f"belenios-tool did not end within {SECONDS_MAX} seconds.", "proposal") from None
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it ended with an error"]
            raise _Failed(lines[-1].removeprefix(f"{PROGRAM}: ")[:200])
        return done.stdout.decode().strip()

    def write(self, name: str, text: str) -> str:
        """Write a file for the owner alone."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text + "\n", encoding="utf-8")
        return name

    def begin(self, sealing: Sealing, ballots: Sequence[str]) -> None:
        """An archive of an election, with ballots."""
        self.write("election.json", sealing.election)
        self.write("trustees.json", sealing.trustees)
        self.write("public_creds.json", json.dumps(sealing.publicCredentials, separators=(",", ":")))
        self.run("archive", "init")
        for ballot in ballots:
            self.add("Ballot", ballot)

    def add(self, kind: str, text: str = "") -> None:
        """Add to the archive."""
        self.run("archive", "add-event", f"--type={kind}", given=f"{text}\n" if text else "")

    def only(self, pattern: str) -> str:
        """The text of the one file of this sort."""
        (path,) = self.folder.glob(pattern)
        return path.read_text(encoding="utf-8").strip()


class Belenios:
    """What governance asks of cryptography; see `governance.secret.Cryptography`."""

    @contextmanager
    def _box(self) -> Iterator[Box]:
        program = shutil.which(PROGRAM)
        if program is None:
            problem = "Secret ballots need the program belenios-tool, which is not installed here: apt install belenios-tool."
            raise refuse("governance.no_belenios", problem, "proposal")
        with tempfile.TemporaryDirectory(prefix="commonhold-") as folder:
            try:
                yield Box(program, Path(folder))
            except _Failed as failed:
                raise refuse("governance.belenios_failed", f"belenios-tool says: {failed}.", "proposal") from None

    def setup(self, template: Election, voters: Sequence[str]) -> Setup:
        """A new election with one trustee, this node, and a credential for each voter."""
        with self._box() as box:
            group = ("--group", template.group, "--protocol-version", "1")
            box.write("voters.txt", "\n".join(voters))
            box.run("setup", "generate-credentials", "--uuid", template.uuid, *group, "--file", "voters.txt")
            box.run("setup", "generate-trustee-key", *group)
            key = box.only("*.pubkey")
            trustees = msgspec.json.encode([("Single", msgspec.json.decode(key, type=TrusteeKey))]).decode()
            election = msgspec.structs.replace(template, public_key=msgspec.json.decode(key, type=TrusteeKey).public_key)
            lines = [line.rpartition(" ") for line in box.only("*.privcreds").splitlines()]
            credentials = json.loads(box.only("*.pubcreds"))
            private = {voter: credential for voter, _, credential in lines}
            return Setup(msgspec.json.encode(election).decode(), trustees, credentials, private, box.only("*.privkey"))

    def encrypt(self, sealing: Sealing, credential: str, marks: Sequence[int]) -> str:
        """A sealed ballot."""
        with self._box() as box:
            box.begin(sealing, ())
            box.write("credential", credential)
            box.write("marks.json", json.dumps([list(marks)]))
            return box.run("election", "generate-ballot", "--privcred", "credential", "--ballot", "marks.json")

    def unseal(self, sealing: Sealing, ballots: Sequence[str], key: str) -> Sum:
        """The sum of the valid ballots, decrypted."""
        invalid = [] if self._valid(sealing, ballots) else [place for place, one in enumerate(ballots) if not self._valid(sealing, [one])]
        with self._box() as box:
            box.begin(sealing, [one for place, one in enumerate(ballots) if place not in invalid])
            box.add("EndBallots")
            tally = box.run("election", "compute-encrypted-tally")
            box.add("EncryptedTally", tally)
            decryption = box.run("election", "decrypt", "--privkey", box.write("key", key), "--trustee-id", "1")
            box.add("PartialDecryption", decryption)
            return Sum(tally, [decryption], box.run("election", "compute-result"), invalid)

    def check(self, sealing: Sealing, ballots: Sequence[str], unseal: Unseal, excluded: Sequence[str]) -> str:
        """All that Belenios can verify of an election that is over; empty, or what is wrong."""
        with self._box() as box:
            try:
                box.begin(sealing, ballots)
                box.add("EndBallots")
                box.add("EncryptedTally", unseal.encryptedTally)
                for decryption in unseal.partialDecryptions:
                    box.add("PartialDecryption", decryption)
                box.add("Result", unseal.result)
                box.run("election", "verify")
            except _Failed as failed:
                return str(failed) or "it cannot be verified"
        return "a ballot was excluded that is valid" if any(self._valid(sealing, [one]) for one in excluded) else ""

    def _valid(self, sealing: Sealing, ballots: Sequence[str]) -> bool:
        """Whether ballots are those of an election. Without any, the election itself is verified: a failure is that of a ballot."""
        with self._box() as box:
            box.begin(sealing, ())
            box.run("election", "verify")
            try:
                for ballot in ballots:
                    box.add("Ballot", ballot)
                box.run("election", "verify")
            except _Failed:
                return False
        return True
