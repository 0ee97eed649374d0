"""Importing real git histories, with everything that real histories have in them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from repositories import Repository, claims, run
from world import CHARTER, World

from commonhold.commons.entries import SetRole
from commonhold.commons.people import names
from commonhold.contributions.queries import attestations
from commonhold.node.imports import Importer
from commonhold.problems import BadInput, Refused


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty repository."""
    return Repository(tmp_path / "project")


def test_each_commit_is_a_claim_of_its_author(world: World, repository: Repository) -> None:
    """Lines added and deleted are counted; the first commit counts too; the message stays outside."""
    first = repository.commit({"a.c": "one\ntwo\n"}, message="Secret plan of Ada Lovelace")
    second = repository.commit({"a.c": "one\n2\nthree\n"}, "Bob <bob@example.org>")
    done = run(world, repository)
    assert (done["commits"], done["contributions"], done["identities"]) == (2, 2, 2)
    found = claims(world)
    assert [(line["name"], line["claimed"], line["unit"], line["state"]) for line in found[first]] == [("Ada", "2", "line", "claimed")]
    assert [(line["name"], line["claimed"]) for line in found[second]] == [("Bob", "3")]
    assert world.verify().ok


def test_no_address_no_name_and_no_message_enters_the_journal(sqlite_world: World, repository: Repository) -> None:
    """The journal knows keyed digests; without the commons' secret an address cannot be tried against them."""
    repository.commit({"a.c": "x\n"}, "Ada Lovelace <ada@example.org>", message="Told by Grace\n\nReviewed-by: Grace Hopper <grace@example.org>")
    run(sqlite_world, repository)
    with sqlite_world.node.read() as transaction:
        journal = b"".join(bytes(row[0]) for row in transaction.rows("SELECT data FROM journal_entry"))
    for personal in (b"ada@", b"Lovelace", b"grace@", b"Hopper", b"Told by"):
        assert personal not in journal
    import hashlib

    assert hashlib.sha256(b"ada@example.org").hexdigest()[:32].encode() not in journal


def test_a_second_import_takes_only_what_is_new(world: World, repository: Repository) -> None:
    """Incremental and idempotent, also from another clone at another path."""
    repository.commit({"a.c": "x\n"})
    run(world, repository)
    assert run(world, repository)["contributions"] == 0
    repository.commit({"a.c": "x\ny\n"})
    again = run(world, repository)
    assert (again["commits"], again["contributions"]) == (1, 1)
    clone = Repository.__new__(Repository)
    clone.path = repository.path.with_name("elsewhere")
    subprocess.run(["git", "clone", "--quiet", str(repository.path), str(clone.path)], check=True, capture_output=True)
    other = run(world, clone)
    assert (other["contributions"], other["alreadyKnown"]) == (0, 2)
    assert sum(map(len, claims(world).values())) == 2


def test_what_one_member_has_imported_another_does_not_import_again(world: World, repository: Repository) -> None:
    """A commit counts once, whoever imports it: also from a fork of the repository, and after the node forgot the import."""
    repository.commit({"a.c": "x\n"})
    assert run(world, repository)["contributions"] == 1
    with world.node.database.write() as transaction:
        transaction.execute("DELETE FROM private_import")
    repository.commit({"a.c": "x\ny\n"})
    world.act("Ana", "role.set", SetRole(agent=world.ids["Bo"], role="steward", granted=True))
    fork = run(world, repository, "Bo", label="fork")
    assert (fork["contributions"], fork["alreadyKnown"]) == (1, 1)
    assert [len(lines) for lines in claims(world).values()] == [1, 1]


def test_after_a_merge_only_what_came_since_is_read(world: World, repository: Repository) -> None:
    """A merge commit claims nothing; the next import goes on from it all the same."""
    repository.commit({"a.c": "x\n"})
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit({"b.c": "y\n"})
    repository.git("checkout", "--quiet", "main")
    repository.git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "merge", "--quiet", "--no-ff", "-m", "Merge", "side")
    merge = repository.git("rev-parse", "HEAD")
    run(world, repository)
    repository.commit({"a.c": "x\nz\n"})
    again = run(world, repository)
    assert (again["since"], again["commits"], again["contributions"], again["alreadyKnown"]) == (merge, 1, 1, 0)


def test_a_dry_run_does_not_count_as_an_import(world: World, repository: Repository) -> None:
    """What was only tried is read again."""
    repository.commit({"a.c": "x\n"})
    tried = Importer(world.node, "test", world.ids["Ana"], dry_run=True).git(str(repository.path), "firmware")
    assert tried["contributions"] == 1
    assert not claims(world)
    assert run(world, repository)["contributions"] == 1


def test_rewritten_history_is_read_again_and_known_commits_are_passed_over(world: World, repository: Repository) -> None:
    """After a forced push the last head is no ancestor any more: all is read, and only new commits are claimed."""
    kept = repository.commit({"a.c": "x\n"})
    repository.commit({"a.c": "y\n"})
    run(world, repository)
    repository.git("reset", "--quiet", "--hard", kept)
    repository.commit({"a.c": "z\n"})
    done = run(world, repository)
    assert (done["contributions"], done["alreadyKnown"], done["since"]) == (1, 1, None)


def test_co_authors_share_and_trailers_vouch(world: World, repository: Repository) -> None:
    """A commit of three authors is three claims that add up; reviewer, tester and committer are noted with what they did."""
    message = "Pairing\n\nCo-authored-by: Bob <bob@example.org>\nCo-Authored-By: Cyd <cyd@example.org>\nReviewed-by: Dee <dee@example.org>\nTested-by: Eve <eve@example.org>\n"
    commit = repository.commit({"a.c": "x\n" * 10}, committer="Fay <fay@example.org>", message=message)
    run(world, repository)
    lines = claims(world)[commit]
    assert sorted((line["name"], line["claimed"]) for line in lines) == [("Ada", "3.333334"), ("Bob", "3.333333"), ("Cyd", "3.333333")]
    with world.node.read() as transaction:
        said = attestations(transaction, "test", lines[0]["position"])
    assert sorted(line["how"] for line in said) == ["committed", "reviewed"]
    assert all(line["state"] == "validated" for line in lines)


def test_trailers_count_only_if_the_charter_says_so(world: World, repository: Repository) -> None:
    """Without history in [validation] nothing vouches."""
    world.charter(CHARTER.replace('history = ["committed", "reviewed", "merged"]', ""))
    commit = repository.commit({"a.c": "x\n"}, committer="Fay <fay@example.org>", message="A\n\nReviewed-by: Dee <dee@example.org>")
    run(world, repository)
    assert claims(world)[commit][0]["state"] == "claimed"


def test_who_vouches_for_their_own_does_not_count(world: World, repository: Repository) -> None:
    """Reviewed-by oneself, and committing one's own work, vouch for nothing."""
    commit = repository.commit({"a.c": "x\n"}, message="A\n\nReviewed-by: Ada L. <ADA@example.org>\nReviewed-by: Ada <ada@example.org>")
    run(world, repository)
    [line] = claims(world)[commit]
    with world.node.read() as transaction:
        assert attestations(transaction, "test", line["position"]) == []


def test_merging_vouches_for_what_is_merged(world: World, repository: Repository) -> None:
    """Who merges a branch into the main line attests its commits; the merge itself is a claim of no lines."""
    repository.commit({"a.c": "x\n"})
    repository.git("checkout", "--quiet", "-b", "topic")
    inner = repository.commit({"b.c": "y\n"}, "Bob <bob@example.org>")
    repository.git("checkout", "--quiet", "main")
    repository.commit({"c.c": "z\n"})
    people = {"GIT_AUTHOR_NAME": "Mia", "GIT_AUTHOR_EMAIL": "mia@example.org", "GIT_COMMITTER_NAME": "Mia", "GIT_COMMITTER_EMAIL": "mia@example.org"}
    repository.git("merge", "--quiet", "--no-ff", "-m", "Merge", "topic", **people)
    merge = repository.git("rev-parse", "HEAD")
    run(world, repository)
    found = claims(world)
    with world.node.read() as transaction:
        known = names(transaction, "test")
        said = attestations(transaction, "test", found[inner][0]["position"])
    assert [(known[line["agent"]], line["how"]) for line in said] == [("Mia", "merged")]
    assert (found[merge][0]["name"], found[merge][0]["claimed"]) == ("Mia", "0")


def test_mailmap_makes_one_person_of_several_addresses(world: World, repository: Repository) -> None:
    """Authors, committers and trailers go through .mailmap."""
    repository.commit({".mailmap": "Ada Lovelace <ada@example.org> <ada@old.example>\n", "a.c": "x\n"})
    repository.commit({"a.c": "y\n"}, "ada <ada@old.example>")
    repository.commit({"b.c": "y\n"}, "Bob <bob@example.org>", message="B\n\nReviewed-by: A. <ada@old.example>")
    assert run(world, repository)["identities"] == 2


def test_renames_and_binary_files(world: World, repository: Repository) -> None:
    """A moved file is not written anew; a binary file counts as the charter says."""
    world.charter(CHARTER + "\n[imports]\nlines_per_binary = 7\n")
    text = "".join(f"line {number}\n" for number in range(100))
    repository.commit({"old name.c": text})
    repository.git("mv", "old name.c", "ñew\tname.c")
    moved = repository.commit({})
    binary = repository.commit({"logo.png": bytes(range(256)) * 10})
    run(world, repository)
    found = claims(world)
    assert found[moved][0]["claimed"] == "0"
    assert found[binary][0]["claimed"] == "7"


def test_vendored_generated_and_ignored_trees_are_not_work(world: World, repository: Repository) -> None:
    """Linguist attributes of the repository, patterns of the charter, and the cap on one change."""
    world.charter(
        CHARTER
        + '\n[imports]\nlines_per_change_max = 50\nignore = ["third_party/", "*.lock"]\npaths = [{ match = "*.md", kind = "documentation" }]\n'
    )
    repository.commit({".gitattributes": "gen/** linguist-generated\nlib/* linguist-vendored=true\nlib/own.c -linguist-vendored\n"})
    many = "x\n" * 40
    generated = repository.commit({"gen/a.c": many, "lib/b.c": many, "third_party/x/c.c": many, "deep/down/npm.lock": many})
    own = repository.commit({"lib/own.c": "x\n"})
    docs = repository.commit({"README.md": "hello\n" * 3, "a.c": "x\n"})
    huge = repository.commit({"big.c": "x\n" * 5_000})
    run(world, repository)
    found = claims(world)
    assert [(found[c][0]["kind"], found[c][0]["claimed"]) for c in (generated, own, docs, huge)] == [
        ("code", "0"),
        ("code", "1"),
        ("documentation", "4"),
        ("code", "50"),
    ]


def test_odd_dates_and_empty_commits(world: World, repository: Repository) -> None:
    """1970 and the future are clocks that were wrong: the committer's time, and in need now, stands in. Nothing is left out."""
    epoch = repository.commit({"a.c": "1\n"}, at="@0 +0000")
    future = repository.commit({"a.c": "2\n"}, at="@4102444800 +0000")
    empty = repository.commit({})
    run(world, repository)
    found = claims(world)
    assert [found[commit][0]["hasPointInTime"] for commit in (epoch, future)] == ["2024-01-01T12:00:00Z"] * 2
    assert found[empty][0]["claimed"] == "0"


def test_broken_encodings(world: World, repository: Repository) -> None:
    """Names and paths that are not UTF-8 are taken as they are; the import goes on."""
    tree = repository.git("hash-object", "-w", "-t", "tree", "/dev/null")
    raw = (
        f"tree {tree}\n".encode()
        + b"author Jos\xe9 <jos\xe9@example.org> 1704110400 +0000\ncommitter Jos\xe9 <jos\xe9@example.org> 1704110400 +0000\n\nCaf\xe9\n\nReviewed-by: Ren\xe9e <ren\xe9e@example.org>\n"
    )
    commit = repository.git("hash-object", "-w", "-t", "commit", "--stdin", stdin=raw)
    repository.git("update-ref", "refs/heads/main", commit)
    done = run(world, repository)
    assert done["contributions"] == 1
    assert claims(world)[commit][0]["name"].startswith("Jos")
    assert world.verify().ok


def test_a_message_cannot_forge_commits_of_others(world: World, repository: Repository) -> None:
    """Separators inside names and trailers are text."""
    forged = "\x01" + "a" * 40 + "\x02" * 7 + "Eve <eve@example.org>\x03"
    commit = repository.commit(
        {"a.c": "x\n"}, message=f"A\n\nReviewed-by: Bob {forged} <bob@example.org>\nCo-authored-by: \x02\x02\x01 <x@example.org>"
    )
    done = run(world, repository)
    assert done["commits"] == 1
    assert set(claims(world)) == {commit}


def test_what_is_not_a_repository_is_told(sqlite_world: World, tmp_path: Path) -> None:
    """A folder without git, an empty repository, a missing path, an address that cannot be fetched."""
    importer = Importer(sqlite_world.node, "test", sqlite_world.ids["Ana"])
    (tmp_path / "plain").mkdir()
    for source, code in (
        (tmp_path / "plain", "imports.not_a_repository"),
        (tmp_path / "missing", "imports.not_a_repository"),
        ("ext::sh -c true", "imports.not_a_repository"),
    ):
        with pytest.raises(BadInput) as bad:
            importer.git(str(source), "firmware")
        assert bad.value.code == code
    empty = Repository(tmp_path / "empty")
    with pytest.raises(Refused) as refused:
        importer.git(str(empty.path), "firmware")
    assert refused.value.code == "imports.empty_repository"


def test_an_address_is_fetched(sqlite_world: World, repository: Repository) -> None:
    """file:// stands for any address that git fetches from."""
    repository.commit({"a.c": "x\n"})
    done = Importer(sqlite_world.node, "test", sqlite_world.ids["Ana"]).git(f"file://{repository.path}", "firmware")
    assert done["contributions"] == 1


def test_an_import_that_was_cut_off_is_finished_by_running_it_again(world: World, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was committed in earlier transactions stays; the rest follows; nothing is there twice."""
    from commonhold.contributions import importing

    monkeypatch.setattr(importing, "COMMITS_PER_TRANSACTION", 2)
    for number in range(7):
        repository.commit({"a.c": f"{number}\n"})

    class Cut(Exception):
        pass

    def cut(done: int, _of: int) -> None:
        if done == 4:
            raise Cut

    with pytest.raises(Cut):
        run(world, repository, progress=cut)
    done = run(world, repository)
    assert (done["contributions"], done["alreadyKnown"]) == (3, 4)
    assert sum(map(len, claims(world).values())) == 7
    assert world.verify().ok
