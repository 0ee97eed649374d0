"""Repositories made by people with bad intentions, or by programs with strange habits: nothing is run, nothing breaks off."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import Repository, claims, not_for_ever, run
from world import CHARTER, World

from commonhold.commons.people import names
from commonhold.contributions import git
from commonhold.contributions.queries import attestations
from commonhold.problems import CommonholdError, Refused


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty repository."""
    return Repository(tmp_path / "project")


def vouchers(world: World, commit: str) -> list[tuple[str, str]]:
    """Names of who vouched for a commit, and how."""
    line = claims(world)[commit][0]
    with world.node.read() as transaction:
        known = names(transaction, "test")
        return sorted((known[said["agent"]], said["how"]) for said in attestations(transaction, "test", line["position"]))


def test_a_command_in_the_configuration_is_not_run(sqlite_world: World, repository: Repository, tmp_path: Path) -> None:
    """git would run `core.fsmonitor` whenever it reads an index; the attributes are read all the same."""
    repository.commit({".gitattributes": "gen/** linguist-generated\n"})
    commit = repository.commit({"gen/a.c": "x\n" * 9, "b.c": "x\n"})
    marker = tmp_path / "was-run"
    repository.git("config", "core.fsmonitor", f"touch {marker}; false ")
    assert run(sqlite_world, repository)["contributions"] == 2
    assert claims(sqlite_world)[commit][0]["claimed"] == "1"
    assert not marker.exists()
    repository.git("status")
    assert marker.exists(), "the trap of this test does not work"


def a_lazy_repository(repository: Repository, marker: Path) -> None:
    """Take an object away, and say that it can be fetched by a command that leaves a marker."""
    repository.commit({"a.c": "one\n"})
    repository.commit({"a.c": "two\n"})
    blob = repository.git("rev-parse", "HEAD~1:a.c")
    (repository.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": "ssh://example.org/x",
        "core.sshCommand": f"touch {marker}; false ",
    }.items():
        repository.git("config", name, value)


@pytest.mark.parametrize("shallow", [False, True])
def test_what_is_missing_is_not_fetched(sqlite_world: World, repository: Repository, tmp_path: Path, shallow: bool) -> None:
    """A repository can promise objects and say by which command they are fetched: they are missing, and the command is not run."""
    marker = tmp_path / "was-run"
    a_lazy_repository(repository, marker)
    if shallow:
        (repository.path / ".git" / "shallow").write_text(repository.git("rev-parse", "HEAD~1") + "\n")
    with pytest.raises(Refused) as refused:
        run(sqlite_world, repository)
    assert refused.value.code == "imports.git_failed"
    assert not marker.exists()
    with pytest.raises(Exception, match="returned non-zero"):
        repository.git("log", "--numstat")
    assert marker.exists(), "the trap of this test does not work"


def test_a_repository_of_another_user_is_not_read(sqlite_world: World, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """By path and as file://; the problem says what to do."""
    repository.commit({"a.c": "x\n"})
    before = git._environment()
    monkeypatch.setattr(git, "_environment", lambda: before | {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    for source in (str(repository.path), f"file://{repository.path}"):
        with pytest.raises(CommonholdError) as refused, git.open_repository(source):
            pass
        assert refused.value.code == "imports.not_yours"


def heads(repository: Repository, tmp_path: Path) -> dict[str, tuple[Path, str]]:
    """Places where a repository can be, and the commit that HEAD is there."""
    repository.commit({"a.c": "1\n"})
    first = repository.git("rev-parse", "HEAD")
    repository.commit({"a.c": "2\n", "inner/b.c": "x\n"})
    last = repository.git("rev-parse", "HEAD")
    repository.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "tree"), first)
    repository.git("clone", "--quiet", "--bare", str(repository.path), str(tmp_path / "bare.git"))
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.path}", str(tmp_path / "shallow"))
    repository.git("clone", "--quiet", "--shared", str(repository.path), str(tmp_path / "borrowing"))
    repository.git("clone", "--quiet", str(repository.path), str(tmp_path / "detached"))
    detached = Repository.__new__(Repository)
    detached.path = tmp_path / "detached"
    detached.git("checkout", "--quiet", "--detach")
    own = detached.commit({"a.c": "3\n"})
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "bare.git"), "module")
    return {
        "its folder": (repository.path, last),
        "a folder in it": (repository.path / "inner", last),
        "a submodule": (repository.path / "module", last),
        "a work tree beside it": (tmp_path / "tree", first),
        "a bare one": (tmp_path / "bare.git", last),
        "a shallow one": (tmp_path / "shallow", last),
        "one that borrows objects": (tmp_path / "borrowing", last),
        "a detached head": (tmp_path / "detached", own),
    }


def test_all_places_where_a_repository_can_be(repository: Repository, tmp_path: Path) -> None:
    """Work trees, `.git` files, bare and shallow repositories, and heads that are on no branch."""
    for place, (path, head) in heads(repository, tmp_path).items():
        with git.open_repository(str(path)) as opened:
            assert opened.head() == head, place
            assert next(reversed([commit.id for commit in opened.commits()])) == head, place


def test_a_head_without_a_commit_is_told(sqlite_world: World, repository: Repository) -> None:
    """Also where other branches have commits."""
    repository.commit({"a.c": "x\n"})
    repository.git("symbolic-ref", "HEAD", "refs/heads/new")
    with pytest.raises(Refused) as refused:
        run(sqlite_world, repository)
    assert refused.value.code == "imports.empty_repository"


@pytest.mark.parametrize("odd", ["\u2028", "\x02", "\x85", "\x0c"])
def test_odd_characters_in_names(sqlite_world: World, repository: Repository, odd: str) -> None:
    """What separates lines for some programs, or the fields of others, is part of a name."""
    repository.commit({"a.c": "x\n"})
    repository.git("checkout", "--quiet", "-b", "topic")
    inner = repository.commit({"b.c": "y\n"}, "Bob <bob@example.org>")
    repository.git("checkout", "--quiet", "main")
    person = {"GIT_AUTHOR_NAME": f"A{odd}B", "GIT_AUTHOR_EMAIL": "ab@example.org", "GIT_COMMITTER_NAME": f"A{odd}B"}
    repository.git("merge", "--quiet", "--no-ff", "-m", "Merge", "topic", GIT_COMMITTER_EMAIL="ab@example.org", **person)
    assert run(sqlite_world, repository)["commits"] == 3
    assert vouchers(sqlite_world, inner) == [(f"A{odd}B", "merged")]


def test_only_the_first_hundred_vouch(sqlite_world: World, repository: Repository) -> None:
    """An entry names no more; who is named twice is named once, and authors do not count."""
    trailers = ["Reviewed-by: Ada <ADA@example.org>"] + [f"Reviewed-by: R{number // 2} <r{number // 2}@example.org>" for number in range(300)]
    commit = repository.commit({"a.c": "x\n"}, message="A\n\n" + "\n".join(trailers))
    run(sqlite_world, repository)
    assert {name for name, _ in vouchers(sqlite_world, commit)} == {f"R{number}" for number in range(100)}


def test_a_long_trailer_comes_to_an_end(sqlite_world: World, repository: Repository) -> None:
    """Blanks within a name are read once."""
    message = f"A\n\nReviewed-by: Z{' ' * 1_000_000}Y <z@example.org>\nAcked-by  :  Y <y@example.org> \r\n"
    repository.git("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-F", "-", stdin=message.encode(), **ADA)
    with not_for_ever():
        assert run(sqlite_world, repository)["identities"] == 3


ADA = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}


def test_one_address_in_two_spellings_is_one_person(sqlite_world: World, repository: Repository) -> None:
    """Composed and decomposed letters, capitals: as the identity has them. Authors do not vouch, and everybody is there once."""
    sqlite_world.charter(CHARTER + '\n[imports]\nprograms = ["caf\u00e9@example.org"]\n')
    trailers = [
        "Co-authored-by: Jose <JOSE\u0301@example.org>",
        "Reviewed-by: Jose <jose\u0301@EXAMPLE.org>",
        "Reviewed-by: Rene <rene\u0301@example.org>",
        "Reviewed-by: Ren\u00e9 <ren\u00e9@example.org>",
        "Reviewed-by: Program <cafe\u0301@example.org>",
    ]
    commit = repository.commit({"a.c": "x\n"}, "Jos\u00e9 <jos\u00e9@example.org>", message="A\n\n" + "\n".join(trailers))
    done = run(sqlite_world, repository)
    assert (done["contributions"], done["identities"]) == (1, 2)
    assert vouchers(sqlite_world, commit) == [("Rene", "reviewed")]
    assert sqlite_world.verify().ok
