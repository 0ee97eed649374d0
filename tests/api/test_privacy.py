"""What people let the node keep is theirs: nothing that everybody may ask for shows it, unless they made the name public."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from serving import Site

from commonhold.api.table import routes
from commonhold.commons.people import write_profile

SECRETS = {
    "name": "Boromir Hidden",
    "email": "bo@hidden.example",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "picture": b"\x89PNG hidden",
}


def everything(site: Site) -> list[tuple[str, Any]]:
    """What every address answers for everything that is there, journal and all."""
    site.world.validated("Bo", amount="3")
    site.world.income("100.00")
    site.world.share()
    agents = [member["agent"] for member in site.json("/api/commons/test/members")["members"]]
    size = site.json("/api/commons/test")["entries"]
    known = {
        "commons": ["test", "none"], "agent": [*agents, "org:giver"], "number": ["1", "2"], "entry": [str(place) for place in range(size + 1)],
        "tile": [f"entries/000.p/{size}", f"0/000.p/{size}"],
    }  # fmt: skip
    paths = [f"/api/{route.path}" for route in routes() if route.method == "GET"]
    for name, values in known.items():
        paths = [path.replace(f"{{{name}}}", value) for path in paths for value in (values if f"{{{name}}}" in path else [""])]
    return [(path, site.get(path)) for path in dict.fromkeys(paths)]


def test_names_addresses_and_accounts_are_shown_to_nobody(site: Site) -> None:
    with site.world.node.database.write() as transaction:
        write_profile(transaction, "test", site.world.ids["Bo"], **SECRETS)
    answers = everything(site)
    assert len(answers) > 40 and sum(answer.status_code == 200 for _, answer in answers) > 30
    for path, answer in answers:
        for secret in SECRETS.values():
            plain = secret if isinstance(secret, bytes) else secret.encode()
            assert plain not in answer.content and plain not in repr(answer.headers).encode(), path
        assert not re.search(rb"[\w.]+@[\w-]+\.\w", answer.content.replace(b"c2sp.org/tlog-proof@v1", b"")) or "/tile/0/" in path, path


def test_a_public_name_is_shown_and_nothing_else(site: Site) -> None:
    with site.world.node.database.write() as transaction:
        write_profile(transaction, "test", site.world.ids["Bo"], **SECRETS | {"public": True})
    showing = {path for path, answer in everything(site) if b"Boromir Hidden" in answer.content}
    assert {"/api/commons/test/members", "/api/commons/test/contributions", "/api/commons/test/distributions/1"} <= showing
    assert not {path for path in showing if "/journal/" in path}


def test_keys_secrets_and_tokens_are_at_no_address(site: Site) -> None:
    token = site.token("Bo")
    with site.world.node.read() as transaction:
        hashes = [row[0] for row in transaction.rows("SELECT hash FROM private_token")]
        sealed = [bytes(row[0]) for row in transaction.rows("SELECT sealed FROM private_key")]
    seeds = [key.seed() for key in site.world.keys.values()]
    secrets = [token.encode(), *(digest[:12].encode() for digest in hashes), *sealed, *seeds, *(seed.hex().encode() for seed in seeds)]
    for path, answer in everything(site):
        assert not [secret for secret in secrets if secret in answer.content], path


@pytest.mark.parametrize(
    ("command", "params"),
    [
        ("contribution.log", {"kind": "work", "amount": "1", "domain": "firmware", "to": "NAME"}),
        ("contribution.log", {"kind": "work", "amount": "1", "domain": "firmware", "by": "NAME"}),
        ("income.add", {"amount": "1.00", "currency": "EUR", "giver": "NAME"}),
        ("share.pay", {"distribution": 1, "agents": ["NAME"]}),
    ],
)
def test_trying_names_tells_nobody_who_is_here(site: Site, command: str, params: dict[str, Any]) -> None:
    """A name that is not public is as unknown as one that nobody has; a public one, or an id, names its agent."""
    site.world.validated("Bo", amount="3")
    site.world.income("100.00")
    site.world.share()
    token = site.token("Ana")

    def tried(name: str) -> tuple[int, bytes]:
        body = json.loads(json.dumps(params).replace("NAME", name))
        answer = site.post(f"/api/commons/test/commands/{command}?dryRun=true", body, token=token)
        return answer.status_code, answer.content.replace(repr(name).encode(), b"")

    assert tried("bo") == tried("Bo") == tried("nobody")
    assert tried("bo")[0] == 404
    assert tried(site.world.ids["Bo"])[0] != 404
    with site.world.node.database.write() as transaction:
        write_profile(transaction, "test", site.world.ids["Bo"], public=True)
    assert tried("bo")[0] != 404
    if command == "income.add":
        assert tried("giver")[0] == 200
