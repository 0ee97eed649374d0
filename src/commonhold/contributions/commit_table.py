"""Reading a history from two CSV tables, commits and their changed files, for projects that share facts without a repository.

`commits.csv`: repository, commit, parents (how many), author, authored_at, committer, committed_at, reviewed_by, co_authored_by
(several names are separated by `;`). `changes.csv`: repository, commit, path, lines_added, lines_deleted (empty: binary). Times without a zone are UTC.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..problems import BadInput, Problem, bad_input
from .history import CO_AUTHOR, Commit, Person
from .sizing import FileChange

COMMIT_COLUMNS = ("repository", "commit", "parents", "author", "authored_at", "committer", "committed_at")
DIGITS_MAX = 12
CHANGE_COLUMNS = ("repository", "commit", "path", "lines_added", "lines_deleted")


def read_commit_tables(commits: Path, changes: Path | None, repository: str = "") -> Iterator[Commit]:
    """The commits of one repository (or of all), in the order of the table; one that stands there again is the same commit.

    Raises:
        BadInput: `imports.bad_table`, with the line.
    """
    files: dict[tuple[str, str], list[FileChange]] = defaultdict(list)
    seen: set[str] = set()
    if changes is not None:
        for line, row in _rows(changes, CHANGE_COLUMNS):
            if not repository or row["repository"] == repository:
                files[row["repository"], row["commit"]].append(
                    FileChange(row["path"], _count(row, "lines_added", changes, line), _count(row, "lines_deleted", changes, line))
                )
    for line, row in _rows(commits, COMMIT_COLUMNS):
        if (repository and row["repository"] != repository) or row["commit"] in seen:
            continue
        seen.add(row["commit"])
        people = [(CO_AUTHOR, name) for name in _names(row.get("co_authored_by"))]
        people += [("reviewed-by", name) for name in _names(row.get("reviewed_by"))]
        yield Commit(
            id=row["commit"],
            author=Person(row["author"], ""),
            committer=Person(row["committer"], ""),
            authored=_time(row, "authored_at", commits, line),
            committed=_time(row, "committed_at", commits, line),
            is_merge=(_count(row, "parents", commits, line) or 0) > 1,
            trailers=tuple((key, Person(name, "")) for key, name in people),
            files=tuple(files.get((row["repository"], row["commit"]), ())),
        )


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise bad_input("imports.bad_table", f"{path.name} lacks the column {missing[0]}.", "line 1")
            for row in reader:
                if any(row[column] is None for column in columns):
                    raise bad_input("imports.bad_table", f"{path.name} has a row with too few columns.", f"line {reader.line_num}")
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(Problem("imports.bad_table", f"{path} cannot be read: {error}.", "path")) from None


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(";") if name.strip()]


def _count(row: dict[str, str], column: str, path: Path, line: int) -> int | None:
    if not row[column]:
        return None
    text = row[column]
    if not (text.isascii() and text.isdigit()) or len(text) > DIGITS_MAX:
        problem = f"{path.name}: {column} is {text[:40]!r}, not a whole number of at most {DIGITS_MAX} digits."
        raise bad_input("imports.bad_table", problem, f"line {line}")
    return int(text)


def _time(row: dict[str, str], column: str, path: Path, line: int) -> int:
    try:
        moment = datetime.fromisoformat(row[column])
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except ValueError:
        raise bad_input("imports.bad_table", f"{path.name}: {column} is {row[column][:40]!r}, not a time.", f"line {line}") from None
