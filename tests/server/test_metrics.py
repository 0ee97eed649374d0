"""What is counted for Prometheus, and who may read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from serving import ServerProcess, Site
from world import World

from commonhold.node.tokens import create_token
from commonhold.problems import BadInput
from commonhold.server import health
from commonhold.server.metrics import count_request
from commonhold.server.options import Serving

Figures = dict[tuple[str, ...], float]
IN_2100 = 4_102_444_800
TOKEN = "a-token-of-more-than-16"


def figures(text: str) -> Figures:
    """(name, values of labels in order of their names…) → value."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name, *(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


def grown(before: Figures, after: Figures) -> Figures:
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0) and not name[0].endswith("_created")}


def test_requests_are_counted_by_route_and_not_by_path(sqlite_site: Site) -> None:
    sqlite_site.text("/metrics")
    before = figures(sqlite_site.text("/metrics"))
    for path in ("/test/", "/test/", "/test/contributions.json", "/api/commons/test/members", "/nothing/here/at/all", "/none/"):
        sqlite_site.get(path)
    for method in ("FETCH-1", "FETCH-2"):
        sqlite_site.client.generic(method, "/healthz")
    said = grown(before, figures(sqlite_site.text("/metrics")))
    requests = {name[1:]: value for name, value in said.items() if name[0] == "commonhold_requests_total"}
    assert requests == {
        ("GET", "/metrics", "2xx"): 1,
        ("GET", "/{commons}/", "2xx"): 2,
        ("GET", "/{commons}/", "4xx"): 1,
        ("GET", "/{commons}/contributions.json", "2xx"): 1,
        ("GET", "/api/commons/{commons}/members", "2xx"): 1,
        ("GET", "none", "4xx"): 1,
        ("other", "/healthz", "4xx"): 2,
    }
    assert said["commonhold_request_duration_seconds_count", "/{commons}/"] == 3
    assert 0 < said["commonhold_request_duration_seconds_sum", "/{commons}/"] < 60


def test_each_duration_is_in_its_bucket(sqlite_site: Site) -> None:
    before = figures(sqlite_site.text("/metrics"))
    for seconds in (0.0001, 0.004, 0.3, 99):
        count_request("/a/route/of/this/test", "GET", 200, seconds)
    said = grown(before, figures(sqlite_site.text("/metrics")))
    bucket = {name[1]: value for name, value in said.items() if name[0].endswith("_bucket") and name[-1] == "/a/route/of/this/test"}
    assert (bucket["0.001"], bucket["0.0025"], bucket["0.005"], bucket["0.25"], bucket["0.5"], bucket["10.0"], bucket["+Inf"]) == (
        1,
        1,
        2,
        2,
        3,
        3,
        4,
    )


def test_the_state_of_journals_is_told(site: Site) -> None:
    said = figures(site.text("/metrics"))
    with site.world.node.read() as transaction:
        size, written = transaction.row("SELECT size, time FROM journal_head WHERE commons = 'test'")
    assert said["commonhold_journal_entries", "test"] == size > 0
    assert said["commonhold_journal_head_age_seconds", "test"] == site.world.node.now() - written
    assert said["commonhold_journal_waiting_entries", "test"] == 0
    assert said[("commonhold_store_reachable",)] == 1
    assert said[("commonhold_database_bytes",)] > 50_000


def test_logins_are_counted(sqlite_site: Site) -> None:
    from django.contrib.auth import authenticate

    before = figures(sqlite_site.text("/metrics"))
    assert authenticate(username="nobody", password="nothing") is None
    assert grown(before, figures(sqlite_site.text("/metrics")))["commonhold_logins_total", "failed"] == 1


def test_all_workers_tell_the_same_sum_and_writes_are_counted(world: World) -> None:
    with world.node.database.write() as transaction:
        token = create_token(transaction, "test", world.ids["Cy"], "", IN_2100)
    headers = {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}
    work = {"kind": "work", "amount": "1", "domain": "firmware"}
    with ServerProcess(world.node.home, "--workers", "2") as server:
        for _ in range(40):
            assert server.get("/api/commons/test")[0] == 200
        for number in range(6):
            command = json.dumps(work if number < 4 else work | {"domain": "none-such"}).encode()
            server.get("/api/commons/test/commands/contribution.log", command, **headers)
        for _ in range(6):  # whichever worker answers
            said = figures(server.get("/metrics")[2].decode())
            assert said["commonhold_requests_total", "GET", "/api/commons/{commons}", "2xx"] == 40
            assert said["commonhold_writes_total", "written"] == 4
            assert said["commonhold_writes_total", "refused"] == said["commonhold_writes_refused_total", "contributions.unknown_domain"] == 2
            assert said["commonhold_journal_entries", "test"] == 8
        assert server.end() == 0


@pytest.mark.parametrize("change", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"HTTP_FORWARDED": "for=127.0.0.1"}])
def test_without_a_token_this_machine_alone_is_told(sqlite_site: Site, change: dict[str, str]) -> None:
    assert sqlite_site.client.get("/metrics").status_code == sqlite_site.client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    answer = sqlite_site.client.get("/metrics", **change)
    assert answer.status_code == 403 and b"commonhold_" not in answer.content


def test_with_a_token_whoever_has_it_is_told(sqlite_site: Site, tmp_path: Path) -> None:
    from django.test import override_settings

    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    health._token.cache_clear()
    with override_settings(COMMONHOLD_METRICS_TOKEN_FILE=str(file)):
        for wrong in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"):
            answer = sqlite_site.client.get("/metrics", HTTP_AUTHORIZATION=wrong)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"'), wrong
            assert b"commonhold_" not in answer.content and TOKEN.encode() not in answer.content
        assert sqlite_site.client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}", REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.parametrize("content", [b"", b"short", b"with blanks in the middle", "nön-ascii-characters".encode()])
def test_a_token_of_little_worth_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    for metrics_token_file in (file, tmp_path / "none"):
        with pytest.raises(BadInput) as refused:
            Serving(metrics_token_file=metrics_token_file).check()
        assert refused.value.code == "server.bad_metrics_token"


def test_a_store_that_cannot_be_read_is_a_figure(sqlite_site: Site, monkeypatch: Any) -> None:
    from commonhold.node.node import Node
    from commonhold.problems import Busy, Problem

    def gone(_: Node) -> Any:
        raise Busy(Problem("store.cannot_open", "gone"))

    monkeypatch.setattr(Node, "read", gone)
    said = figures(sqlite_site.text("/metrics"))
    assert said[("commonhold_store_reachable",)] == 0
    assert ("commonhold_journal_entries", "test") not in said
