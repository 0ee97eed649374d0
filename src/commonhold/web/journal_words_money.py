"""What entries about money say, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from .journal_words_parts import Said, linked, money, quoted
from .labels import label


def _income(said: Said) -> Markup:
    body = said.body
    pattern = _("%(who)s recorded an income of %(amount)s from %(giver)s for the fund %(fund)s (%(source)s).")
    return said.tell(
        pattern,
        amount=money(body["amount"], body["currency"]),
        giver=said.agent(body["giver"]),
        fund=body["fund"],
        source=label("source", body["source"]),
    )


def _reversal(said: Said) -> Markup:
    pattern = _("%(who)s took back the income of %(income)s, which was recorded by mistake: %(reason)s")
    return said.tell(pattern, income=said.entry_link(said.body["income"]), reason=quoted(said.body["reason"]))


def _distribution(said: Said) -> Markup:
    body, number = said.body, said.number(said.entry["id"], "distribution")
    parts = {"given": money(body["given"], body["currency"]), "fund": body["fund"]}
    if not number:
        return said.tell(_("%(who)s shared %(given)s of the fund %(fund)s."), **parts)
    shown = linked(f"/{said.commons}/distributions/{number}/", _("distribution %(n)s") % {"n": number})
    return said.tell(_("%(who)s shared %(given)s of the fund %(fund)s: %(distribution)s"), distribution=shown, **parts)


def _shares(said: Said) -> Markup:
    count = len(said.body["shares"])
    pattern = ngettext("%(who)s published %(count)s share of %(distribution)s.", "%(who)s published %(count)s shares of %(distribution)s.", count)
    return said.tell(pattern, count=count, distribution=said.distribution(said.body["distribution"]))


def _payout(said: Said) -> Markup:
    body = said.body
    if len(body["payments"]) == 1:
        paid = body["payments"][0]
        pattern = _("%(who)s wrote down that %(whom)s was paid %(amount)s of %(distribution)s.")
        return said.tell(
            pattern,
            whom=said.agent(paid["agent"]),
            amount=money(paid["amount"], body["currency"]),
            distribution=said.distribution(body["distribution"]),
        )
    count = len(body["payments"])
    pattern = ngettext(
        "%(who)s wrote down %(count)s payment of %(distribution)s.", "%(who)s wrote down %(count)s payments of %(distribution)s.", count
    )
    return said.tell(pattern, count=count, distribution=said.distribution(body["distribution"]))


def _grant(said: Said) -> Markup:
    body = said.body
    if len(body["grants"]) == 1:
        line = body["grants"][0]
        pattern = _("%(who)s granted %(whom)s %(amount)s of the fund %(fund)s, as %(proposal)s decided.")
        return said.tell(
            pattern, whom=said.agent(line["agent"]), amount=money(line["amount"], body["currency"]), fund=body["fund"],
            proposal=said.proposal(body["proposal"]),
        )  # fmt: skip
    pattern = _("%(who)s granted money of the fund %(fund)s to %(count)s projects, as %(proposal)s decided.")
    return said.tell(pattern, fund=body["fund"], count=len(body["grants"]), proposal=said.proposal(body["proposal"]))


SENTENCES: Mapping[str, Callable[[Said], Markup]] = {
    "sharing.income": _income, "sharing.reversal": _reversal, "sharing.distribution": _distribution, "sharing.shares": _shares,
    "sharing.payout": _payout, "sharing.grant": _grant,
}  # fmt: skip
