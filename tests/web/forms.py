"""Forms in tests: read as a browser reads them, filled in and sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from serving import Site

TEXTS = ("text", "search", "url", "email", "password", "datetime-local", "date")
"""Types of an `input` that takes a text."""


@dataclass
class Form:
    """A form of a page.

    Attributes:
        action: Where it is sent to; empty if it asks for a page (GET).
        values: What it would send as it is shown, without buttons: boxes that are ticked, no others, and no files.
        names: Of everything that can be entered, ticked or not. texts: Of fields for texts. radios: All values of buttons of which one is chosen.
        hidden: Of `values`, what nobody sees.
    """

    action: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    radios: dict[str, list[str]] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page, in order. `place`: its address, to which a form goes that does not say where to."""

    def __init__(self, html: str, place: str = "") -> None:
        super().__init__()
        self.found: list[Form] = []
        self._place, self._inside, self._select, self._area = place, False, "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "form":
            self._inside = True
            self.found.append(Form((given.get("action") or self._place) if given.get("method") == "post" else ""))
        elif self._inside and tag == "option" and self._select:
            form = self.found[-1]
            if self._select not in form.values or "selected" in given:
                form.values[self._select] = given.get("value", "")
        elif self._inside and name and tag in ("input", "select", "textarea"):
            self._field(self.found[-1], tag, name, given)

    def _field(self, form: Form, tag: str, name: str, given: dict[str, str]) -> None:
        form.names.add(name)
        type_ = given.get("type", "text") if tag == "input" else tag
        value = given.get("value", "")
        if type_ == "select":
            form.values.pop(name, None)
            self._select = name
        elif type_ in ("checkbox", "radio"):
            if type_ == "radio":
                form.radios.setdefault(name, []).append(value)
            if "checked" in given:
                form.values[name] = given.get("value", "on")
        elif type_ != "file":
            form.values[name] = value
            if type_ == "hidden":
                form.hidden[name] = value
            if type_ in (*TEXTS, "textarea"):
                form.texts.append(name)
            self._area = name if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1].values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            values = self.found[-1].values
            values[self._area] = values[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "select" and self._select:
            self.found[-1].values.setdefault(self._select, "")
            self._select = ""
        elif tag == "form":
            self._inside = False


def find_form(html: str, address: str) -> Form:
    """The first form that is posted to an address."""
    found = next((form for form in Forms(html).found if form.action == address), None)
    assert found, f"no form is posted to {address}"
    return found


def form_to(html: str, address: str) -> dict[str, str]:
    """What the first form that is posted to an address would send, as it is shown."""
    return find_form(html, address).values


def last_form(html: str) -> Form:
    """The last form of a page's main part."""
    return Forms(html.split("</main>", maxsplit=1)[0]).found[-1]


def fields(html: str) -> dict[str, str]:
    """What it would send, as it is shown."""
    return last_form(html).values


def hidden(html: str) -> dict[str, str]:
    """What the forms of a page send that nobody sees; of what several have, that of the last one."""
    return {name: value for form in Forms(html).found for name, value in form.hidden.items()}


def send(site: Site, path: str, **entered: Any) -> Any:
    """Fill in the last form of a page, and send it to where the page is."""
    form = last_form(site.text(path))
    assert set(entered) <= form.names, set(entered) - form.names
    return site.client.post(path.partition("?")[0], form.values | entered)


def sign_in(site: Site, who: str = "Bo", token: str = "", follow: str = "") -> Any:
    """Sign in with a token, in the browser of the site as it is."""
    return site.client.post("/test/sign-in/", fields(site.text("/test/sign-in/")) | {"token": token or site.token(who), "next": follow})
