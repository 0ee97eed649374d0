"""What everybody may read by the API."""

from __future__ import annotations

from serving import Site


def test_the_door_tells_where_to_go_on(site: Site) -> None:
    assert site.json("/api/")["links"] == {"commons": "/api/commons", "openapi": "/api/openapi.json"}


def test_members(site: Site) -> None:
    assert len(site.json("/api/commons/test/members")["members"]) == 3
