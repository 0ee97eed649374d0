"""People in journeys through the pages: each a browser of their own, who only click, type and read their letters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from browsers import DESK, Watched, in_one_piece, signed_in
from commons_to_show import example_world
from people import PASSPHRASE, code_in
from playwright.sync_api import Browser, Page
from serving import on_sqlite, served, tokens

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip
LETTER_SECONDS = 20
EXPECTED = ("status of 40", "status of 42", "ERR_ABORTED")


@dataclass(frozen=True)
class Town:
    """A served node that looks like the demo's, with sign-up open to all.

    Attributes:
        address: By name, since a passkey belongs to a name. tokens: Those of the members Ana (steward), Bo and Cy.
        seen: Pages that somebody has looked at: path, heading, width of the window.
    """

    address: str
    home: Path
    tokens: dict[str, str]
    seen: set[tuple[str, str, int]] = field(default_factory=set)


@contextmanager
def town(home: Path) -> Iterator[Town]:
    """Make the node, and serve it while this lasts."""
    with on_sqlite():
        world = example_world(home)
        members = tokens(world, "Ana", "Bo", "Cy")
        with served(world, COMMONHOLD_SIGN_UP="open") as server:
            yield Town(f"http://localhost:{server.port}", home, members)


class Person(Watched):
    """Somebody with a browser and a letter-box."""

    def __init__(self, browser: Browser, place: Town, email: str, width: int = DESK, **options: Any) -> None:
        """`options`: those of the browser's context, such as `java_script_enabled`."""
        super().__init__(browser, place.address, width, **options)
        self.place, self.email, self.width, self.scripts = place, email, width, options.get("java_script_enabled", True)
        self.page.on("dialog", lambda dialog: dialog.accept())

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def look(self) -> Page:
        """The page as it stands: in one piece, and accessible in both colour schemes. What somebody has seen is not looked at again."""
        page = self.page
        page.wait_for_load_state()
        place = (urlsplit(page.url).path, page.get_by_role("heading", level=1).first.inner_text(), self.width)
        assert page.title().endswith("Commonhold"), (page.url, page.title())
        if place not in self.place.seen:
            self.place.seen.add(place)
            for scheme in ("light", "dark") if self.scripts else ("light",):  # axe has seen the pages without scripts in the other journeys
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                in_one_piece(page, f"{page.url}, {scheme}", scripts=self.scripts)
        return page

    def link(self, name: str, *, exact: bool = False) -> Page:
        """Click a link, and look where it leads."""
        self.page.get_by_role("link", name=name, exact=exact).first.click()
        return self.look()

    def button(self, name: str) -> Page:
        """Press a button, and look at what follows."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        return self.look()

    def code(self) -> str:
        """The code in the newest letter."""
        ends = time.monotonic() + LETTER_SECONDS
        while time.monotonic() < ends:
            files = sorted((self.place.home / "outbox").glob("*"), key=lambda path: path.stat().st_mtime_ns)
            mine = [text for text in (file.read_text() for file in files) if f"To: {self.email}\n" in text]
            if mine:
                return code_in(mine[-1])
            time.sleep(0.05)
        raise AssertionError(f"no letter to {self.email}")

    def with_passkey(self) -> None:
        """This browser has an authenticator that always says yes."""
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def sign_up_with_passkey(self) -> Page:
        """From the page that says who may join: an account with a passkey."""
        self.with_passkey()
        page = self.link("Make an account")
        page.get_by_label("Email").fill(self.email)
        self.button("Go on")
        page.get_by_label("Code").fill(self.code())
        page.keyboard.press("Enter")
        self.page.wait_for_url("**/webauthn/**")
        self.look()
        with page.expect_navigation():
            page.get_by_role("button", name="Create").click()
        return self.look()

    def shows_passkey(self) -> Page:
        """Before what cannot be taken back, one shows once more who one is."""
        assert "reauthenticate" in self.page.url
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Use a security key").click()
        return self.look()

    def sign_up_with_password(self) -> Page:
        """From the page that says who may join: an account with a password."""
        page = self.link("Make an account")
        self.link("With a password instead")
        page.get_by_label("Email").fill(self.email)
        page.get_by_label("Password").fill(PASSPHRASE)
        self.button("Go on")
        page.get_by_label("Code").fill(self.code())
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "confirm-email" not in url)
        return self.look()

    def is_member(self, who: str) -> Person:
        """A new account of somebody who has been a member for long: their token connects the two."""
        self.go("/test/sign-in/")
        self.link("Join", exact=True)
        self.sign_up_with_password()
        page = signed_in(self, self.place.tokens[who])
        page.wait_for_url("**/me/**")
        assert "said=linked" in page.url
        return self

    def logs(self, amount: str, what: str) -> str:
        """Log hours of work; the path of the contribution."""
        page = self.link("Log work", exact=True)
        page.get_by_label("How much").fill(amount)
        page.get_by_label("Of what").select_option("work")
        page.get_by_label("What it was, for everybody to read").fill(what)
        self.button("Log it")
        self.signed()
        assert "It is logged" in page.get_by_role("status").first.inner_text()
        return urlsplit(page.url).path

    def signed(self) -> None:
        """Whose key is in this browser signs what a form came to, if asked."""
        if self.page.get_by_role("heading", level=1).inner_text().startswith("Sign it"):
            with self.page.expect_navigation():
                self.page.get_by_role("button", name="Sign and send").click()
            self.look()

    def accepts(self, what: str) -> None:
        """Accept a claim in the queue, by what its author said of it."""
        self.link("Validate", exact=True)
        item = self.page.locator(".item").filter(has_text=what)
        item.get_by_role("button", name="Accept").first.click()
        self.look()
        self.signed()
        assert self.page.get_by_role("status").first.inner_text() == "You accepted it."

    def untroubled(self) -> None:
        """Nothing was asked of other hosts, and nothing complained."""
        assert {urlsplit(url).netloc for url in self.asked if not url.startswith("blob:")} == {urlsplit(self.address).netloc}
        assert [text for text in self.complaints if not any(known in text for known in EXPECTED)] == []
