"""Histories from tables: what is read, and what is told of a table that is not in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from world import World

from commonhold.contributions.commit_table import read_commit_tables
from commonhold.contributions.history import Person
from commonhold.contributions.sizing import FileChange
from commonhold.node.imports import Importer
from commonhold.problems import BadInput

HEAD = "repository,commit,parents,author,authored_at,committer,committed_at,reviewed_by,co_authored_by\n"
ONE = "pump,c1,1,Birch,2021-05-01T10:00:00Z,Birch,2021-05-01T10:00:00+00:00,,\n"
TWO = "pump,c2,2,Oak,2021-05-02 12:00:00+02:00,Elm,2021-05-02T10:00:00Z,Ash; Fir,Yew\n"
CHANGES = "repository,commit,path,lines_added,lines_deleted\n"


def tables(folder: Path, commits: str, changes: str | bytes | None = None) -> tuple[Path, Path | None]:
    """Both tables as files."""
    (folder / "commits.csv").write_text(commits, encoding="utf-8")
    if changes is None:
        return folder / "commits.csv", None
    (folder / "changes.csv").write_bytes(changes if isinstance(changes, bytes) else changes.encode())
    return folder / "commits.csv", folder / "changes.csv"


def test_commits_and_their_files(tmp_path: Path) -> None:
    """Times in any zone, several names in a cell, binary files, merges; a byte order mark does not matter."""
    one, two = read_commit_tables(*tables(tmp_path, "\ufeff" + HEAD + ONE + TWO, CHANGES + "pump,c1,a.c,3,1\npump,c1,b.png,,\n"))
    assert (one.id, one.author, one.is_merge, one.authored) == ("c1", Person("Birch", ""), False, 1_619_863_200)
    assert one.files == (FileChange("a.c", 3, 1), FileChange("b.png", None, None))
    assert (two.is_merge, two.authored, two.committed, two.files) == (True, 1_619_949_600, 1_619_949_600, ())
    assert two.trailers == (("co-authored-by", Person("Yew", "")), ("reviewed-by", Person("Ash", "")), ("reviewed-by", Person("Fir", "")))


def test_times_without_a_zone_are_utc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same table is the same history on every machine."""
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        (commit,) = read_commit_tables(*tables(tmp_path, HEAD + ONE.replace("10:00:00Z", "10:00:00")))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert commit.authored == 1_619_863_200


def test_one_repository_of_several(tmp_path: Path) -> None:
    """Only its commits and its files; a commit that two repositories share is one."""
    both = HEAD + ONE + ONE.replace("pump", "case") + TWO.replace("pump", "case")
    paths = tables(tmp_path, both, CHANGES + "pump,c1,a.c,3,1\ncase,c1,a.c,3,1\n")
    assert [commit.id for commit in read_commit_tables(*paths, "case")] == ["c1", "c2"]
    assert [(commit.id, len(commit.files)) for commit in read_commit_tables(*paths)] == [("c1", 1), ("c2", 0)]
    assert list(read_commit_tables(*paths, "none")) == []


@pytest.mark.parametrize(
    ("commits", "changes", "where", "message"),
    [
        ("repository,commit\n", CHANGES, "line 1", "lacks the column parents"),
        (HEAD + ONE, "repository,commit,path,lines_added\n", "line 1", "lacks the column lines_deleted"),
        (HEAD + "pump,c1,1,Birch\n", CHANGES, "line 2", "too few columns"),
        (HEAD + ONE.replace("2021-05-01T10:00:00Z", "last May"), CHANGES, "line 2", "authored_at is 'last May', not a time"),
        (HEAD + ONE.replace(",1,", ",many,"), CHANGES, "line 2", "parents is 'many', not a whole number"),
        (HEAD + ONE, CHANGES + "pump,c1,a.c,-3,1\n", "line 2", "lines_added is '-3'"),
        (HEAD + ONE, CHANGES + f"pump,c1,a.c,{'9' * 5_000},1\n", "line 2", "at most 12 digits"),
        (HEAD + ONE, CHANGES + "pump,c1,a.c,1,1\npump,c1,b.c,²,1\n", "line 3", "lines_added is '²'"),
        (HEAD + ONE, CHANGES.encode() + b"pump,c1,\xff.c,1,1\n", "path", "cannot be read"),
    ],
)
def test_a_table_that_is_not_in_order_is_told(tmp_path: Path, commits: str, changes: str | bytes, where: str, message: str) -> None:
    """With the line, and what is wrong there."""
    with pytest.raises(BadInput) as refused:
        list(read_commit_tables(*tables(tmp_path, commits, changes)))
    assert (refused.value.code, refused.value.problems[0].field) == ("imports.bad_table", where)
    assert message in refused.value.problems[0].message


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The path is in the message."""
    with pytest.raises(BadInput, match=r"none\.csv"):
        list(read_commit_tables(tmp_path / "none.csv", None))


def test_long_ids_are_told_apart_to_the_end(sqlite_world: World, tmp_path: Path) -> None:
    """Whatever a table calls its commits, each is a claim of its own, once."""
    ids = [stem + end for stem in ("a" * 40, "b" * 199) for end in "12"]
    paths = tables(tmp_path, HEAD + "".join(ONE.replace("c1", id_) for id_ in ids))
    importer = Importer(sqlite_world.node, "test", sqlite_world.ids["Ana"])
    for label in ("l" * 190 + "1", "l" * 190 + "2"):
        done = importer.commit_tables(*paths, "", "firmware")
        assert done["contributions"] + done["alreadyKnown"] == 4, label
    with sqlite_world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM contribution") == 4


def test_a_table_is_imported_once(world: World, tmp_path: Path) -> None:
    """Commits become claims of identities, reviewers vouch, and a second import finds all of it known."""
    importer = Importer(world.node, "test", world.ids["Ana"])
    paths = tables(tmp_path, HEAD + ONE + TWO + TWO, CHANGES + "pump,c1,a.c,3,1\npump,c2,a.c,8,0\n")
    first = importer.commit_tables(*paths, "pump", "firmware")
    assert (first["commits"], first["contributions"], first["alreadyKnown"]) == (2, 3, 0)
    again = importer.commit_tables(*paths, "pump", "firmware")
    assert (again["contributions"], again["alreadyKnown"]) == (0, 3)
    with world.node.read() as transaction:
        rows = transaction.rows("SELECT claimed, state FROM contribution ORDER BY position")
    assert rows == [(4_000_000, "claimed"), (4_000_000, "validated"), (4_000_000, "validated")]
    with pytest.raises(BadInput) as nothing:
        importer.commit_tables(*paths, "case", "firmware")
    assert nothing.value.code == "imports.nothing_there"
    assert world.verify().ok
