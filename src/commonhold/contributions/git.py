"""Reading a git history: `git log --numstat` streamed through a pipe, which nothing in Python matches in speed."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

from ..problems import Refused, bad_input, refuse
from .history import CO_AUTHOR, VOUCHING_TRAILERS, Commit, Person
from .readahead import ReadAhead
from .sizing import FileChange

_FIELDS = ("%H", "%P", "%aN", "%aE", "%at", "%cN", "%cE", "%ct", "%(trailers:only,unfold)")
_TRAILERS = frozenset(key.encode() for key in (CO_AUTHOR, *VOUCHING_TRAILERS))
_PATHS_PER_QUERY = 2_000


class Repository:
    """A bare git repository that this program has made, opened for reading: git obeys its configuration."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identities: dict[bytes, Person] = {}
        self._mailmap: subprocess.Popen[bytes] | None = None
        self._mark = secrets.token_hex(8)

    def close(self) -> None:
        """End the helper processes."""
        if self._mailmap is not None:
            self._mailmap.communicate()
            self._mailmap = None

    def git(self, *arguments: str, stdin: bytes | None = None, environment: dict[str, str] | None = None) -> bytes:
        """The output of a git command.

        Raises:
            Refused: `imports.git_failed`.
        """
        done = subprocess.run(
            [*_command(self.path), *arguments], input=stdin, capture_output=True, env=_environment() | (environment or {}), check=False
        )
        if done.returncode:
            raise refuse("imports.git_failed", f"git {arguments[0]}: {done.stderr.decode('utf-8', 'replace').strip()[:300]}", "path")
        return done.stdout

    def head(self) -> str:
        """The commit that HEAD names.

        Raises:
            Refused: `imports.empty_repository`.
        """
        try:
            return self.git("rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip()
        except Refused:
            raise refuse("imports.empty_repository", "The repository has no commit yet.", "path") from None

    def has(self, commit: str) -> bool:
        """Whether a commit is in the repository and an ancestor of HEAD."""
        ancestor = [*_command(self.path), "merge-base", "--is-ancestor", commit, "HEAD"]
        return subprocess.run(ancestor, capture_output=True, env=_environment(), check=False).returncode == 0

    def count(self, since: str | None = None) -> int:
        """How many commits HEAD has that `since` has not."""
        return int(self.git("rev-list", "--count", *_range(since)))

    def left_out(self, paths: list[str]) -> set[str]:
        """Which paths the repository's .gitattributes (of HEAD) call vendored or generated."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self.git("read-tree", "HEAD", environment=index)
            found = set()
            for at in range(0, len(paths), _PATHS_PER_QUERY):
                query = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths[at : at + _PATHS_PER_QUERY])
                arguments = ("check-attr", "--cached", "-z", "--stdin", "linguist-vendored", "linguist-generated")
                answer = self.git(*arguments, stdin=query, environment=index).split(b"\0")
                for path, _, value in zip(answer[0::3], answer[1::3], answer[2::3], strict=False):
                    if value in (b"set", b"true"):
                        found.add(path.decode("utf-8", "surrogateescape"))
            return found

    def uses_linguist(self) -> bool:
        """Whether any .gitattributes of HEAD speaks of vendored or generated files."""
        arguments = [*_command(self.path), "grep", "-qE", "linguist-(vendored|generated)", "HEAD", "--", "*.gitattributes", ".gitattributes"]
        return subprocess.run(arguments, capture_output=True, env=_environment(), check=False).returncode == 0

    def mergers(self, since: str | None = None) -> dict[str, Person]:
        """Who brought each commit into the main line: the committer of the first-parent merge that it came with."""
        rows = self.git("log", "--topo-order", "--format=%H%x00%P%x00%aN%x00%aE", *_range(since)).split(b"\n")
        parents: dict[str, list[str]] = {}
        author: dict[str, Person] = {}
        for row in filter(None, rows):
            commit, above, name, email = map(_text, row.split(b"\0"))
            parents[commit] = above.split()
            if len(parents[commit]) > 1:
                author[commit] = Person(name, email)
        line, at = [], next(iter(parents), None)
        while at in parents:
            line.append(at)
            at = parents[at][0] if parents[at] else None
        found: dict[str, Person] = {}
        seen = set(line)
        for merge in reversed(line):
            stack = [parent for parent in parents[merge][1:] if parent in parents and parent not in seen]
            while stack:
                commit = stack.pop()
                if commit not in seen:
                    seen.add(commit)
                    found[commit] = author[merge]
                    stack += [parent for parent in parents[commit] if parent in parents and parent not in seen]
        return found

    def commits(self, since: str | None = None) -> Iterator[Commit]:
        """The commits that HEAD has and `since` has not, parents before children.

        `.mailmap` is applied to authors, committers and trailers; renames count what changed; texts in broken encodings
        are read as they are, byte for byte.
        """
        layout = f"%x01{self._mark}" + f"%x02{self._mark}".join(_FIELDS) + f"%x03{self._mark}"
        arguments = ["log", "--topo-order", "--reverse", "--numstat", "-M", "-z", f"--format={layout}", "--encoding=UTF-8", *_range(since)]
        with self._streaming(arguments) as chunks:
            for record in self._records(chunks):
                yield self._commit(record)

    def _records(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Header and files of each commit. The marks between them are random, so that no message can imitate them."""
        start, rest = b"\x01" + self._mark.encode(), b""
        for chunk in chunks:
            *records, rest = (rest + chunk).split(start)
            yield from filter(None, records)
        if rest:
            yield rest

    @contextmanager
    def _streaming(self, arguments: list[str]) -> Iterator[Iterator[bytes]]:
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen([*_command(self.path), *arguments], stdout=subprocess.PIPE, stderr=errors, env=_environment())
            assert isinstance(process.stdout, BufferedReader)
            ahead = ReadAhead(process.stdout)
            try:
                yield iter(ahead)
            except BaseException:
                process.kill()
                raise
            finally:
                ahead.stop()
                code = process.wait()
            if code:
                errors.seek(0)
                said = errors.read(300).decode("utf-8", "replace").strip()
                raise refuse("imports.git_failed", f"git log: {said}", "path")

    def _commit(self, record: bytes) -> Commit:
        header, _, stats = record.partition(b"\x03" + self._mark.encode())
        fields = header.split(b"\x02" + self._mark.encode())
        id_, parents, name, email, authored, committer, committer_email, committed, trailers = fields
        return Commit(
            id=id_.decode(),
            author=Person(_text(name), _text(email)),
            committer=Person(_text(committer), _text(committer_email)),
            authored=_seconds(authored),
            committed=_seconds(committed),
            is_merge=b" " in parents,
            trailers=self._trailers(trailers) if trailers else (),
            files=tuple(_files(stats)),
        )

    def _trailers(self, text: bytes) -> tuple[tuple[str, Person], ...]:
        found = []
        for line in text.split(b"\n"):
            key, colon, named = line.partition(b":")
            key = key.strip().lower()
            if colon and key in _TRAILERS:
                found.append((key.decode(), self._mapped(named.strip())))
        return tuple(found)

    def _mapped(self, named: bytes) -> Person:
        """The person of a trailer, after `.mailmap`."""
        if named not in self._identities:
            person = _person(_text(named))
            if person.email and "\0" not in person.name + person.email:
                answer = self._ask_mailmap(f"{person.name} <{person.email}>")
                person = _person(answer) if answer else person
            self._identities[named] = person
        return self._identities[named]

    def _ask_mailmap(self, named: str) -> str:
        """One question to `git check-mailmap`, which stays open for the next."""
        if self._mailmap is None:
            command = [*_command(self.path), "check-mailmap", "--stdin"]
            self._mailmap = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment())
        assert self._mailmap.stdin is not None and self._mailmap.stdout is not None
        self._mailmap.stdin.write(named.encode("utf-8", "surrogateescape") + b"\n")
        self._mailmap.stdin.flush()
        return _text(self._mailmap.stdout.readline()).strip()


def with_merger(commit: Commit, mergers: dict[str, Person]) -> Commit:
    """The commit with who merged it."""
    merger = mergers.get(commit.id)
    return commit if merger is None else replace(commit, merged_by=merger)


@contextmanager
def open_repository(source: str) -> Iterator[Repository]:
    """A repository by path, or by address: cloned into a folder that is removed in the end.

    A repository on this machine can have commands in its configuration (`core.fsmonitor`, `core.sshCommand`), and most of
    git obeys them. So it is not read where it is, but in a clone that borrows its objects: what git runs to clone from is
    made for sources that nobody trusts.

    Raises:
        BadInput: `imports.not_a_repository`. Refused: `imports.git_failed`, `imports.git_missing`, `imports.not_yours`.
    """
    if shutil.which("git") is None:
        raise refuse("imports.git_missing", "git is not installed: apt install git.")
    if re.match(r"[a-z][a-z0-9+.-]*://|[\w.-]+@[\w.-]+:", source) and not Path(source).exists():
        if not re.match(r"(https?|ssh|git|file)://|[\w.-]+@[\w.-]+:", source):
            raise bad_input("imports.not_a_repository", f"{source} is not an address that git fetches from.", "path")
        arguments = [source]
    else:
        arguments = ["--shared", _git_folder(source)]
    with tempfile.TemporaryDirectory(prefix="commonhold-git-") as folder:
        target = Path(folder) / "repository.git"
        *how, place = arguments
        command = ["clone", "--bare", "--single-branch", "--no-tags", "--template=", "--quiet", *how, "--", place, str(target)]
        done = subprocess.run([*_command(Path(folder)), *command], capture_output=True, env=_environment(), check=False)
        if done.returncode:
            raise _not_cloned(source, done.stderr)
        with closing(Repository(target)) as repository:
            yield repository


def _git_folder(path: str) -> str:
    """Where the repository is to which a folder belongs: git answers this without obeying what is configured there.

    Raises:
        BadInput: `imports.not_a_repository`. Refused: `imports.not_yours`.
    """
    if not Path(path).is_dir():
        raise bad_input("imports.not_a_repository", f"{path} is not a git repository.", "path")
    probe = subprocess.run([*_command(Path(path)), "rev-parse", "--absolute-git-dir"], capture_output=True, env=_environment(), check=False)
    if probe.returncode:
        problem = _not_cloned(path, probe.stderr)
        raise problem if problem.code == "imports.not_yours" else bad_input("imports.not_a_repository", f"{path} is not a git repository.", "path")
    return os.fsdecode(probe.stdout.removesuffix(b"\n"))


def _not_cloned(source: str, said: bytes) -> Refused:
    if b"dubious ownership" in said:
        problem = f"{source} belongs to another user of this machine: import it as that user, or make a copy of your own with git clone."
        return refuse("imports.not_yours", problem, "path")
    return refuse("imports.git_failed", f"git clone: {said.decode('utf-8', 'replace').strip()[:300]}", "path")


def _command(path: Path) -> list[str]:
    """git with a configuration that does not depend on whose machine it is, and that runs nothing else."""
    fixed = (
        "core.quotePath=false",
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "core.attributesFile=/dev/null",
        "protocol.ext.allow=never",
        "log.showSignature=false",
        "log.mailmap=true",
        "mailmap.blob=HEAD:.mailmap",
        "diff.renames=true",
        "diff.renameLimit=1000",
        "attr.tree=refs/none",  # from git 2.43 on: how lines are counted depends on no attributes, as in older bare repositories
    )
    return ["git", "-C", str(path), *(part for setting in fixed for part in ("-c", setting))]


def _environment() -> dict[str, str]:
    fixed = {"LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | fixed


def _range(since: str | None) -> list[str]:
    return ["HEAD"] if since is None else [f"{since}..HEAD"]


def _files(stats: bytes) -> Iterator[FileChange]:
    """The files of `--numstat -z`: `added TAB deleted TAB path NUL`, or for a rename `… TAB NUL old NUL new NUL`."""
    fields = iter(stats.strip(b"\n\0").split(b"\0"))
    for field in fields:
        added, _, rest = field.lstrip(b"\n").partition(b"\t")
        deleted, tab, path = rest.partition(b"\t")
        if not tab:
            continue
        if not path:
            next(fields, b"")
            path = next(fields, b"")
        binary = added == b"-"
        yield FileChange(_text(path), None if binary else int(added), None if binary else int(deleted))


def _person(named: str) -> Person:
    """`Name <address>`; where there is no address, all of it is the name."""
    name, _, rest = named.partition("<")
    return Person(name.strip(), rest.partition(">")[0].strip())


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _seconds(text: bytes) -> int:
    try:
        return int(text)
    except ValueError:
        return 0
