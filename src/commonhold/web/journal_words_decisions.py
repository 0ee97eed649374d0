"""What entries about decisions say, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from .journal_words_parts import Said, isolated, linked, listed, quoted
from .labels import label


def _propose(said: Said) -> Markup:
    title, number = quoted(said.body["title"]), said.number(said.entry["id"], "proposal")
    shown = linked(f"/{said.commons}/decisions/{number}/", title) if number else title
    return said.tell(
        _("%(who)s put a question to the others (%(question)s): %(title)s"), question=label("question", said.body["question"]), title=shown
    )


def _revise(said: Said) -> Markup:
    pattern = _("%(who)s revised %(proposal)s to version %(version)s: %(reason)s")
    return said.tell(pattern, proposal=_of(said), version=said.body["version"], reason=quoted(said.body["reason"]))


def _amend(said: Said) -> Markup:
    return said.tell(_("%(who)s added an option to %(proposal)s: %(title)s"), proposal=_of(said), title=quoted(said.body["option"]["title"]))


def _second(said: Said) -> Markup:
    if said.body.get("option"):
        return said.tell(_("%(who)s wants a vote on the option %(option)s of %(proposal)s."), option=said.body["option"], proposal=_of(said))
    return said.tell(_("%(who)s wants a vote on %(proposal)s."), proposal=_of(said))


def _withdraw(said: Said) -> Markup:
    return said.tell(_("%(who)s withdrew %(proposal)s: %(reason)s"), proposal=_of(said), reason=quoted(said.body["reason"]))


def _comment(said: Said) -> Markup:
    return said.tell(_("%(who)s wrote on %(proposal)s: %(text)s"), proposal=_of(said), text=quoted(said.body["text"]))


def _vote(said: Said) -> Markup:
    ballot = said.body.get("ballot")
    if said.body.get("sealed"):
        return said.tell(_("%(who)s cast a secret ballot on %(proposal)s."), proposal=_of(said))
    if not ballot:
        return said.tell(_("%(who)s cast a ballot on %(proposal)s, hidden until the close."), proposal=_of(said))
    return said.tell(_("%(who)s voted on %(proposal)s: %(ballot)s."), proposal=_of(said), ballot=ballot_words(ballot))


def ballot_words(ballot: Mapping[str, object]) -> Markup:
    """What a ballot chooses, by the ids of the options."""
    answers = {"yes": _("yes"), "no": _("no"), "abstain": _("abstains")}
    if ballot.get("answer"):
        return isolated(answers[str(ballot["answer"])])
    groups = ballot.get("ranking")
    if isinstance(groups, list):
        return Markup(" &gt; ").join(Markup(" = ").join(isolated(one) for one in group) for group in groups)
    approvals = ballot.get("approvals")
    return listed([isolated(one) for one in approvals]) if isinstance(approvals, list) and approvals else isolated(_("none of the options"))


def _open(said: Said) -> Markup:
    count = len(said.body["ballots"])
    pattern = ngettext("%(who)s opened %(count)s hidden ballot on %(proposal)s.", "%(who)s opened %(count)s hidden ballots on %(proposal)s.", count)
    return said.tell(pattern, count=count, proposal=_of(said))


def _sealing(said: Said) -> Markup:
    return said.tell(_("%(who)s prepared the secret vote on %(proposal)s."), proposal=_of(said))


def _unseal(said: Said) -> Markup:
    return said.tell(_("%(who)s opened the sum of the secret ballots on %(proposal)s, with its proofs."), proposal=_of(said))


def _object(said: Said) -> Markup:
    return said.tell(_("%(who)s objected to %(proposal)s: %(reason)s"), proposal=_of(said), reason=quoted(said.body["reason"]))


def _lift(said: Said) -> Markup:
    return said.tell(_("%(who)s lifted their own objection to %(proposal)s."), proposal=_of(said))


def _consent(said: Said) -> Markup:
    return said.tell(_("%(who)s can live with %(proposal)s."), proposal=_of(said))


def _close(said: Said) -> Markup:
    body, outcome = said.body, label("outcome", said.body["outcome"])
    if body.get("winners"):
        winners = listed([isolated(one) for one in body["winners"]])
        return said.tell(_("%(who)s closed %(proposal)s: %(outcome)s (%(winners)s)."), proposal=_of(said), outcome=outcome, winners=winners)
    return said.tell(_("%(who)s closed %(proposal)s: %(outcome)s."), proposal=_of(said), outcome=outcome)


def _jury(said: Said) -> Markup:
    return said.tell(_("%(who)s drew the jury of %(proposal)s by lot."), proposal=_of(said))


def _delegate(said: Said) -> Markup:
    body = said.body
    if not body["to"]:
        pattern = _("%(who)s ended their own delegation in %(domain)s.") if body.get("domain") else _("%(who)s ended their own delegation.")
    elif body.get("domain"):
        pattern = _("%(who)s delegated their own vote in %(domain)s to %(whom)s.")
    else:
        pattern = _("%(who)s delegated their own vote to %(whom)s.")
    return said.tell(pattern, domain=body.get("domain") or "", whom=said.agents(body["to"]))


def _support(said: Said) -> Markup:
    parts = said.body["parts"]
    if not parts:
        return said.tell(_("%(who)s took back their own lasting support."))
    if len(parts) == 1:
        return said.tell(_("%(who)s supports %(proposal)s."), proposal=said.proposal(next(iter(parts))))
    pattern = ngettext(
        "%(who)s spread their own lasting support over %(count)s grant.",
        "%(who)s spread their own lasting support over %(count)s grants.",
        len(parts),
    )
    return said.tell(pattern, count=len(parts))


def _appoint(said: Said) -> Markup:
    pattern = _("%(who)s appointed %(whom)s as a steward of %(domain)s, as was decided.")
    return said.tell(pattern, whom=said.agent(said.body["agent"]), domain=said.body["domain"])


def _dismiss(said: Said) -> Markup:
    if said.body["agent"] == said.entry["author"]:
        return said.tell(_("%(who)s laid down the stewardship of %(domain)s."), domain=said.body["domain"])
    pattern = _("%(who)s dismissed %(whom)s as a steward of %(domain)s, as was decided.")
    return said.tell(pattern, whom=said.agent(said.body["agent"]), domain=said.body["domain"])


def _lapse(said: Said) -> Markup:
    pattern = _("%(who)s wrote down that %(whom)s is a steward of %(domain)s no longer: the term is over, or standing does not carry it.")
    return said.tell(pattern, whom=said.agent(said.body["agent"]), domain=said.body["domain"])


def _release(said: Said) -> Markup:
    pattern = _("%(who)s opened the task %(task)s for others again: nothing was done for it in time.")
    return said.tell(pattern, task=said.thing("Commitment", said.body["commitment"]))


def _report(said: Said) -> Markup:
    pattern = (
        _("%(who)s reported on %(option)s of %(proposal)s, which is done: %(text)s")
        if said.body["done"]
        else _("%(who)s reported on %(option)s of %(proposal)s, which is not yet done: %(text)s")
    )
    return said.tell(pattern, option=said.body["option"], proposal=_of(said), text=quoted(said.body["text"]))


def _of(said: Said) -> Markup:
    return said.proposal(said.body["proposal"])


SENTENCES: Mapping[str, Callable[[Said], Markup]] = {
    "governance.propose": _propose, "governance.revise": _revise, "governance.amend": _amend, "governance.second": _second,
    "governance.withdraw": _withdraw, "governance.comment": _comment, "governance.vote": _vote, "governance.open": _open,
    "governance.sealing": _sealing, "governance.unseal": _unseal, "governance.object": _object, "governance.lift": _lift,
    "governance.consent": _consent, "governance.close": _close, "governance.jury": _jury, "governance.delegate": _delegate,
    "governance.support": _support, "governance.appoint": _appoint, "governance.dismiss": _dismiss, "governance.lapse": _lapse,
    "governance.release": _release, "governance.report": _report,
}  # fmt: skip
