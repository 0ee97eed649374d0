"""The steward's desk: who may come to it, what stands on it, and what is done from there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from people import account, as_account, as_member, nobody
from serving import Site
from world import CHARTER

from commonhold.commons.queries import find_agent, has_role
from commonhold.node.imports import Importer

STRANGE = "<script>document.title='pwned'</script>"


@pytest.fixture
def desk(site: Site) -> Iterator[Site]:
    """The site of a commons that lets people in, with nobody signed in."""
    from commonhold.web.accounts.models import Invitation

    nobody(Invitation)
    site.world.charter(CHARTER.replace('domains = ["firmware"', 'joining = "admission"\ndomains = ["firmware"'))
    yield site


def do(site: Site, act: str, **fields: str) -> Any:
    return site.client.post("/test/desk/do/", {"act": act} | fields)


def test_only_stewards_come_to_the_desk(desk: Site) -> None:
    assert "sign in, and you come back here" in desk.get("/test/desk/").content.decode()
    as_member(desk, "Bo")
    assert desk.get("/test/desk/").status_code == desk.get("/test/desk/members.json").status_code == do(desk, "draw").status_code == 403
    assert "/test/desk/" not in desk.text("/test/me/") + desk.text("/test/people/")
    as_member(desk, "Ana")
    assert '/test/desk/"' in desk.text("/test/me/") and "/test/desk/members/" in desk.text("/test/people/")
    assert "Nothing is due." in desk.text("/test/desk/")
    assert desk.json("/test/desk.json")["ready"] == "ready"


def test_who_asks_is_let_in_and_the_name_that_they_gave_is_told_to_stewards_alone(desk: Site) -> None:
    desk.world.join(STRANGE)
    dee = desk.world.ids[STRANGE]
    as_member(desk, "Ana")
    page = desk.text("/test/desk/")
    assert "&lt;script&gt;document" in page and STRANGE not in page and "pwned" not in desk.text("/test/people/")
    assert do(desk, "admit", agent=dee).headers["Location"] == "/test/desk/members/?said=admitted"
    assert desk.json("/test/desk.json")["asking"] == []
    again = do(desk, "admit", agent=dee)
    assert again.status_code in (409, 422) and "commons." in again.content.decode()
    assert do(desk, "admit", agent="nonsense").status_code == 400 and do(desk, "dance").status_code == 400


def test_roles_are_given_and_taken_back(desk: Site) -> None:
    as_member(desk, "Ana")
    bo = desk.world.ids["Bo"]

    def is_treasurer() -> bool:
        with desk.world.node.read() as transaction:
            return has_role(transaction, "test", find_agent(transaction, "test", bo), "treasurer")

    assert do(desk, "role", agent=bo, role="treasurer", granted="yes").status_code == 302 and is_treasurer()
    assert "treasurer" in desk.text("/test/desk/members/")
    assert do(desk, "role", agent=bo, role="treasurer", granted="no").status_code == 302 and not is_treasurer()
    assert do(desk, "role", agent=bo, role="Not A Role", granted="yes").status_code == 400


def test_an_invitation_is_made_shown_once_and_withdrawn(desk: Site, settings_of: Any) -> None:
    settings_of(COMMONHOLD_PUBLIC_URL="https://commons.example.org")
    as_member(desk, "Ana")
    page = do(desk, "invite", days="3").content.decode()
    link = re.search(r"https://commons\.example\.org(/-/invited/[\w-]+/)", page)
    assert link is not None
    assert link[1] not in desk.text("/test/desk/members/") and "Invitation" in desk.text("/test/desk/members/")
    assert do(desk, "invite", days="0").status_code == do(desk, "invite", days="x").status_code == 400
    [invitation] = desk.json("/test/desk/members.json")["invitations"]
    assert do(desk, "uninvite", id=str(invitation["id"])).status_code == 302
    assert desk.json("/test/desk/members.json")["invitations"] == []
    assert do(desk, "uninvite", id=str(invitation["id"])).status_code == 400
    desk.client.cookies.clear()
    assert desk.get(link[1]).status_code == 404


def test_identities_are_claimed_by_a_stewards_word(desk: Site) -> None:
    ana = desk.world.ids["Ana"]
    importer = Importer(desk.world.node, "test", ana)
    importer.sheet(f"by,kind,amount,domain\n{STRANGE},work,2,firmware\n".encode(), "Hours", {}, identities=True)
    as_member(desk, "Ana")
    [found] = desk.json("/test/desk/identities.json")["identities"]
    assert found["name"] == STRANGE and found["contributions"] == 1 and STRANGE not in desk.text("/test/desk/identities/")
    assert do(desk, "claim", identity=found["identity"], agent=desk.world.ids["Bo"]).status_code == 302
    assert desk.json("/test/desk/identities.json")["identities"] == []
    with desk.world.node.read() as transaction:
        claimed = find_agent(transaction, "test", found["identity"])
        assert claimed is not None and claimed.claimed_by == find_agent(transaction, "test", desk.world.ids["Bo"]).number


def test_what_is_due_is_told_and_done(desk: Site) -> None:
    position = desk.world.log("Bo")
    as_member(desk, "Ana")
    assert desk.json("/test/desk.json")["nothingDue"]
    desk.world.clock.days(15)
    assert desk.json("/test/desk.json")["due"]["lapsing"] == 1 and "Let them become valid" in desk.text("/test/desk/")
    assert do(desk, "lapse").headers["Location"] == "/test/desk/?said=lapsed"
    assert desk.world.contribution(position)[0] == "validated" and desk.json("/test/desk.json")["nothingDue"]
    refused = do(desk, "draw")
    assert refused.status_code == 422
    assert "contributions.no_draw" in refused.content.decode()


def test_a_power_that_the_charter_gives_to_others_is_not_the_stewards(desk: Site) -> None:
    desk.world.join("Dee")
    desk.world.charter(
        CHARTER.replace('domains = ["firmware"', 'joining = "admission"\ndomains = ["firmware"')
        + '\n[powers]\nadmit = "council"\nroles = "decision"\n'
    )
    as_member(desk, "Ana")
    page = desk.text("/test/desk/")
    assert 'value="admit"' not in page and "The charter lets others let people in" in page
    refused = do(desk, "admit", agent=desk.world.ids["Dee"])
    assert "commons.lacks_power" in refused.content.decode() and refused.status_code >= 400
    assert "Give the role" not in desk.text("/test/desk/members/")


def test_an_account_of_another_commons_is_nobody_here(desk: Site) -> None:
    as_account(desk, account("zoe@people.example"))
    assert desk.get("/test/desk/").status_code in (200, 403) and "What is due" not in desk.get("/test/desk/").content.decode()
    assert do(desk, "lapse").status_code == 403


def test_an_invitation_is_made_on_the_command_line(sqlite_world: Any) -> None:
    import os
    import subprocess
    import sys
    from pathlib import Path

    command = [str(Path(sys.executable).with_name("commonhold")), "invite", "--home", str(sqlite_world.node.home), "--days", "3"]
    done = subprocess.run([*command, "--public-url", "https://commons.example.org"], check=True, capture_output=True, text=True, env=os.environ)
    assert re.fullmatch(r"https://commons\.example\.org/-/invited/[\w-]{32}/\n", done.stdout) and done.stderr == ""
    asked = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"COMMONHOLD_PUBLIC_URL": ""})
    assert "--public-url" in asked.stderr
