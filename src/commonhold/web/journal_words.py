"""Entries of the journal as sentences: "Ana logged 3.5 hours of work in hardware". Every kind has one of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from . import journal_words_commons, journal_words_decisions, journal_words_money, journal_words_work
from .journal_words_parts import Said

SENTENCES: Mapping[str, Callable[[Said], Markup]] = {
    **journal_words_commons.SENTENCES, **journal_words_work.SENTENCES, **journal_words_decisions.SENTENCES, **journal_words_money.SENTENCES,
}  # fmt: skip
PACKAGES = {
    "commons": gettext_lazy("The commons itself"), "contributions": gettext_lazy("Contributions"), "flows": gettext_lazy("Flows"),
    "governance": gettext_lazy("Decisions"), "journal": gettext_lazy("The journal itself"), "sharing": gettext_lazy("Money"),
}  # fmt: skip
"""What the packages of kinds are called."""
KINDS = {
    "journal.clock": gettext_lazy("The time is told"), "commons.create": gettext_lazy("The commons is founded"),
    "commons.charter": gettext_lazy("Another charter"), "commons.agent": gettext_lazy("An organization is entered"),
    "commons.join": gettext_lazy("Somebody joins"), "commons.admit": gettext_lazy("Somebody is let in"),
    "commons.leave": gettext_lazy("Somebody leaves"), "commons.expel": gettext_lazy("A membership is ended"),
    "commons.suspend": gettext_lazy("Somebody is suspended"), "commons.fork": gettext_lazy("A part goes on by itself"),
    "commons.role": gettext_lazy("A role is taken or laid down"), "commons.key_add": gettext_lazy("A key is added"),
    "commons.key_revoke": gettext_lazy("A key is ended"), "commons.key_recover": gettext_lazy("A lost key is replaced"),
    "commons.claim": gettext_lazy("An identity is claimed"), "contributions.log": gettext_lazy("A contribution is logged"),
    "contributions.batch": gettext_lazy("An import begins"), "contributions.attest": gettext_lazy("A peer’s verdict"),
    "contributions.lapse": gettext_lazy("Nobody objected in time"), "contributions.draw": gettext_lazy("Reviewers are drawn"),
    "contributions.decline": gettext_lazy("A reviewer declines"), "contributions.contest": gettext_lazy("A validation is contested"),
    "contributions.appeal": gettext_lazy("An appeal"), "contributions.withdraw": gettext_lazy("A contribution is taken back"),
    "contributions.choose": gettext_lazy("A choice about repayment"), "flows.event": gettext_lazy("Something happened"),
    "flows.note": gettext_lazy("A note is changed"), "flows.create": gettext_lazy("A record begins"),
    "flows.update": gettext_lazy("A record is changed"), "flows.delete": gettext_lazy("A record is taken away"),
    "governance.propose": gettext_lazy("A question is put"), "governance.revise": gettext_lazy("A proposal is revised"),
    "governance.amend": gettext_lazy("An option is added"), "governance.second": gettext_lazy("Somebody wants a vote"),
    "governance.withdraw": gettext_lazy("A proposal is withdrawn"), "governance.comment": gettext_lazy("A comment"),
    "governance.vote": gettext_lazy("A ballot"), "governance.open": gettext_lazy("Hidden ballots are opened"),
    "governance.sealing": gettext_lazy("A secret vote is prepared"), "governance.unseal": gettext_lazy("The sum of secret ballots is opened"),
    "governance.object": gettext_lazy("An objection"), "governance.lift": gettext_lazy("An objection is lifted"),
    "governance.consent": gettext_lazy("Consent"), "governance.close": gettext_lazy("A proposal is closed"),
    "governance.jury": gettext_lazy("A jury is drawn"), "governance.delegate": gettext_lazy("A vote is delegated"),
    "governance.support": gettext_lazy("Lasting support"), "governance.appoint": gettext_lazy("A steward is appointed"),
    "governance.dismiss": gettext_lazy("A steward is dismissed"), "governance.lapse": gettext_lazy("A stewardship ends"),
    "governance.release": gettext_lazy("A task is open again"), "governance.report": gettext_lazy("A report on a project"),
    "sharing.income": gettext_lazy("An income"), "sharing.reversal": gettext_lazy("An income is taken back"),
    "sharing.distribution": gettext_lazy("A distribution"), "sharing.shares": gettext_lazy("Shares are published"),
    "sharing.payout": gettext_lazy("Payments"), "sharing.grant": gettext_lazy("A grant"),
}  # fmt: skip
"""What the kinds are called in a list to choose from."""


def sentence(entry: Mapping[str, Any], commons: str, known: Mapping[str, Any], kinds: Mapping[str, str]) -> Markup:
    """What an entry says, with links to what it is about.

    Args:
        known: What ids stand for, as `node.journal_pages.named_entries` tells it. kinds: Labels of the kinds of contributions.
    """
    said = Said(entry, commons, known["names"], known["refs"], known["node"], kinds)
    telling = SENTENCES.get(entry["kind"])
    if telling is None:  # of a later version of this program
        return said.tell(_("%(who)s wrote an entry of the kind %(kind)s, which this version does not know."), kind=entry["kind"])
    return telling(said)
