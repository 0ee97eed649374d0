"""What watches the server asks: is it alive, and can it answer?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from serving import Site, problem

from commonhold.node.node import Node
from commonhold.server import health, nodes


def told(site: Site, path: str) -> tuple[int, str]:
    answer = site.get(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.content.decode()


def test_a_node_in_order_is_alive_and_ready(site: Site) -> None:
    assert told(site, "/healthz") == (200, "ok\n")
    assert told(site, "/readyz") == (200, "ready\n")


def test_it_is_not_ready_while_no_checkpoint_covers_the_journal(site: Site) -> None:
    with site.world.node.database.write() as transaction:
        transaction.execute("DELETE FROM journal_checkpoint WHERE size = 3")
    assert told(site, "/readyz") == (503, "not ready: no checkpoint covers the head of test\n")
    assert told(site, "/healthz") == (200, "ok\n")


@pytest.fixture
def unreachable(sqlite_site: Site, monkeypatch: Any) -> Site:
    """A server whose PostgreSQL does not answer."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none?connect_timeout=2")
    monkeypatch.setattr(nodes, "node_at", lambda _: Node.open(sqlite_site.world.node.home))
    return sqlite_site


def test_it_is_alive_and_not_ready_while_the_store_is_out_of_reach(unreachable: Site) -> None:
    assert told(unreachable, "/healthz") == (200, "ok\n")
    assert told(unreachable, "/readyz") == (503, "not ready: store.cannot_open\n")


def test_both_doors_say_that_the_store_is_out_of_reach(unreachable: Site) -> None:
    answer = unreachable.get("/api/commons/test")
    assert problem(answer) == (503, "store.cannot_open", "")
    assert answer.headers["Retry-After"] == "1"
    assert problem(unreachable.post("/api/commons/test/commands/share.record", {}, token="chold_x"))[:2] == (503, "store.cannot_open")
    page = unreachable.get("/test/")
    assert page.status_code == 503 and b"Traceback" not in page.content and b"nobody@" not in page.content


def test_it_is_not_ready_where_there_is_no_node(sqlite_site: Site, tmp_path: Path, monkeypatch: Any, caplog: Any) -> None:
    monkeypatch.setattr(nodes, "node_at", lambda _: Node.open(tmp_path / "empty"))
    assert told(sqlite_site, "/readyz") == (503, "not ready: node.missing\n")
    answers = [sqlite_site.get(path) for path in ("/api/commons", "/api/commons/test", "/", "/test.json")]
    assert [answer.status_code for answer in answers] == [503] * 4
    assert not [answer for answer in answers if str(tmp_path).encode() in answer.content]
    assert str(tmp_path) in caplog.text


def test_they_only_answer_reads(sqlite_site: Site) -> None:
    for path in ("/healthz", "/readyz"):
        assert sqlite_site.client.head(path).status_code == 200
        assert sqlite_site.client.post(path).status_code == 405


def test_it_is_not_ready_with_tables_of_another_version(site: Site) -> None:
    with site.world.node.database.write() as transaction:
        transaction.execute("UPDATE meta SET value = 'of another version' WHERE name = 'derived'")
    assert told(site, "/readyz") == (503, "not ready: the tables are of another version of Commonhold\n")


def test_it_is_not_ready_while_accounts_lack_a_migration(sqlite_site: Site, monkeypatch: Any) -> None:
    from django.db import connection, transaction

    monkeypatch.setattr(health, "_in_order", set())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts'")
        assert told(sqlite_site, "/readyz") == (503, "not ready: the tables of accounts are of another version of Commonhold\n")
        transaction.set_rollback(True)
    assert told(sqlite_site, "/readyz") == (200, "ready\n")
