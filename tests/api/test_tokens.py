"""Tokens: who has one acts as its agent in one commons, until it expires or is revoked. Without one, nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from serving import Site, problem
from world import CHARTER

from commonhold.api.table import routes
from commonhold.cli.app import root
from commonhold.journal.keys import SigningKey
from commonhold.node.tokens import create_token, list_tokens
from commonhold.problems import CommonholdError

LOG = "/api/commons/test/commands/contribution.log"
WORK = {"kind": "work", "amount": "2", "domain": "firmware"}
NO_TOKEN = (401, "api.no_token", "Authorization")


def entries(site: Site) -> int:
    return int(site.json("/api/commons/test")["entries"])


@contextmanager
def nothing_written(site: Site) -> Iterator[None]:
    before = entries(site)
    yield
    assert entries(site) == before


def run(site: Site, *arguments: str) -> Any:
    """What `commonhold … --json` answers."""
    try:
        done = CliRunner().invoke(root, [*arguments, "--home", str(site.world.node.home), "--json"], catch_exceptions=False)
    except CommonholdError as error:
        return error.code
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_every_command_is_denied_without_a_token_that_is_valid_here(site: Site) -> None:
    commands = [route for route in routes() if route.method == "POST" and route.name != "journal.land"]
    assert len(commands) >= 18
    expired, elsewhere = site.token("Ana", days=0), site.token("Ana", commons="test")
    with site.world.node.database.write() as transaction:
        transaction.execute("UPDATE private_token SET commons = 'other' WHERE expires > ?", (site.world.node.now(),))
    with nothing_written(site):
        for route in commands:
            address = "/api/" + route.path.replace("{commons}", "test")
            for token in ("", "chold_guessed", expired):
                answer = site.post(address, {}, token=token)
                assert problem(answer) == NO_TOKEN, route.name
                assert answer.headers["WWW-Authenticate"] == 'Bearer realm="commonhold"'
            assert problem(site.post(address, {}, token=elsewhere)) == (403, "api.other_commons", "Authorization"), route.name
            assert problem(site.get(address)) == (405, "api.wrong_method", ""), route.name


def test_reading_asks_for_no_token_and_looks_at_none(site: Site) -> None:
    for path in ("/api/commons", "/api/commons/test/members", "/api/commons/test/journal/checkpoint"):
        answers = [site.get(path, Authorization=given).content for given in ("", "Bearer nonsense", f"Bearer {site.token('Ana')}")]
        assert answers == [site.get(path).content] * 3


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer chold_guessed", "Basic {token}", "{token}", "Bearer {token}x", "Bearer {hash}"])
def test_what_is_no_token_is_none(site: Site, given: str) -> None:
    token = site.token("Bo")
    with site.world.node.read() as transaction:
        stored = str(transaction.value("SELECT hash FROM private_token"))
    with nothing_written(site):
        assert problem(site.post(LOG, WORK, Authorization=given.format(token=token, hash=stored))) == NO_TOKEN


def test_a_token_speaks_for_its_agent(site: Site) -> None:
    done = json.loads(site.post(LOG, WORK, token=site.token("Bo")).content)
    assert done["state"] == "new"
    one = site.json(f"/api/commons/test/contributions/{done['position']}")
    assert (one["contributor"], one["kind"], one["claimed"], one["state"]) == (site.world.ids["Bo"], "work", "2", "claimed")


def test_a_token_ends_on_its_day(site: Site) -> None:
    token = site.token("Bo", days=30)
    site.world.clock.days(29.99)
    assert site.post(LOG, WORK, token=token).status_code == 200
    site.world.clock.days(0.01)
    with nothing_written(site):
        assert problem(site.post(LOG, WORK, token=token)) == NO_TOKEN


def test_a_token_is_for_one_commons(site: Site) -> None:
    key = SigningKey.derived("Bo")
    site.world.node.found("other", CHARTER, key, keep=True)
    token = site.token("Bo", commons="other")
    with nothing_written(site):
        assert problem(site.post(LOG, WORK, token=token)) == (403, "api.other_commons", "Authorization")
        assert problem(site.post(LOG.replace("test", "third"), WORK, token=token)) == (403, "api.other_commons", "Authorization")
    assert site.post(LOG.replace("test", "other"), WORK, token=token).status_code == 200


def test_a_token_gives_no_more_power_than_its_agent_has(site: Site) -> None:
    site.world.organization("Giver")
    money = {"amount": "5.00", "currency": "EUR", "giver": "org:giver"}
    with nothing_written(site):
        assert problem(site.post("/api/commons/test/commands/income.add", money, token=site.token("Bo"))) == (422, "commons.lacks_power", "author")
    assert site.post("/api/commons/test/commands/income.add", money, token=site.token("Ana")).status_code == 200


def test_an_agent_who_takes_the_key_away_cannot_be_spoken_for(site: Site) -> None:
    token = site.token("Bo")
    with site.world.node.database.write() as transaction:
        transaction.execute("DELETE FROM private_key WHERE agent = ?", (site.world.ids["Bo"],))
    with nothing_written(site):
        assert problem(site.post(LOG, WORK, token=token)) == (403, "commons.no_key_here", "author")


def test_tokens_are_made_listed_and_ended_on_the_command_line(sqlite_site: Site) -> None:
    sqlite_site.world.clock.now = 1_800_000_000
    made = run(sqlite_site, "token", "new", "--as", "Bo", "--label", "a script", "--days", "3650")
    assert made["agent"] == sqlite_site.world.ids["Bo"]
    listed = run(sqlite_site, "token", "list")["tokens"]
    assert [(one["agent"], one["label"]) for one in listed] == [(made["agent"], "a script")]
    assert made["token"] not in json.dumps(listed)
    assert sqlite_site.post(LOG, WORK, token=made["token"]).status_code == 200
    assert run(sqlite_site, "token", "revoke", listed[0]["id"])["revoked"] == listed[0]
    assert problem(sqlite_site.post(LOG, WORK, token=made["token"])) == NO_TOKEN
    assert run(sqlite_site, "token", "list") == {"tokens": []}
    assert run(sqlite_site, "token", "revoke", listed[0]["id"]) == "api.unknown_token"


def test_a_token_can_be_ended_by_showing_it(sqlite_site: Site) -> None:
    token, other = sqlite_site.token("Bo"), sqlite_site.token("Bo")
    run(sqlite_site, "token", "revoke", token)
    assert sqlite_site.post(LOG, WORK, token=token).status_code == 401
    assert sqlite_site.post(LOG, WORK, token=other).status_code == 200


def test_there_is_no_token_for_who_cannot_act_with_it(sqlite_site: Site) -> None:
    sqlite_site.world.organization("Giver")
    assert run(sqlite_site, "token", "new", "--as", "org:giver") == "commons.no_key_here"
    assert run(sqlite_site, "token", "new", "--as", "Nobody") == "commons.unknown_agent"
    assert run(sqlite_site, "token", "new", "--label", "x" * 101) == "api.bad_label"
    assert run(sqlite_site, "token", "list") == {"tokens": []}


def test_the_node_keeps_only_a_digest(site: Site, tmp_path: Path) -> None:
    with site.world.node.database.write() as transaction:
        token = create_token(transaction, "test", site.world.ids["Bo"], "", 2_000_000_000)
    with site.world.node.read() as transaction:
        kept = transaction.rows("SELECT * FROM private_token")
        assert token not in repr(kept) and token.removeprefix("chold_") not in repr(kept)
        assert len(list_tokens(transaction, "test", site.world.ids["Bo"])) == 1
        assert list_tokens(transaction, "test", site.world.ids["Cy"]) == []


def test_a_token_never_comes_into_the_log(sqlite_site: Site, monkeypatch: Any, caplog: Any) -> None:
    from commonhold.node.node import Node

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("broken")

    token = sqlite_site.token("Bo")
    monkeypatch.setattr(Node, "act", broken)
    assert sqlite_site.post(LOG, WORK, token=token).status_code == 500
    assert "broken" in caplog.text and token not in caplog.text
