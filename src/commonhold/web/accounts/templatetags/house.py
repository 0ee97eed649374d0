"""`{% house %}title{% within %}content{% beneath %}scripts{% endhouse %}`: a page of accounts inside the layout that all pages have.

Pages of accounts are templates of allauth, in Django's language; the layout is `base.html`, in Jinja's.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.loader import get_template
from django.utils.safestring import mark_safe

register = template.Library()


class House(Node):
    """The three parts; named as Django's inheritance wants it, which looks for blocks in them."""

    child_nodelists = ("title", "content", "scripts")

    def __init__(self, title: NodeList, content: NodeList, scripts: NodeList) -> None:
        self.title, self.content, self.scripts = title, content, scripts

    def render(self, context: Any) -> str:
        request = context["request"]
        parts = {name: mark_safe(getattr(self, name).render(context)) for name in self.child_nodelists}  # noqa: S308 - made by templates, which escape
        parts["title"] = mark_safe(" ".join(parts["title"].split()))  # noqa: S308
        said = [str(message) for message in context.get("messages") or ()]
        return str(
            get_template("account.html", using="jinja2").render(
                parts | {"messages": said, "here": request.path, "signed_in": request.user.is_authenticated}, request
            )
        )


@register.tag
def house(parser: Parser, token: Token) -> House:
    """See the module."""
    title = parser.parse(("within",))
    parser.delete_first_token()
    content = parser.parse(("beneath",))
    parser.delete_first_token()
    scripts = parser.parse(("endhouse",))
    parser.delete_first_token()
    return House(title, content, scripts)
