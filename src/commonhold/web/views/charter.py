"""`/{commons}/charter/…`: the rules of a commons in sentences, what they were before, and as the text that programs read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from ...node import charter_pages
from ...problems import CommonholdError
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number
from ..charter_words import POWERS, governance_sentences, imports_sentences, joining_sentence, validation_sentences, who
from ..decision_words import rule_sentence
from ..errors import error_page
from ..pages import Values, page
from ..rules import rules_at
from .flows import head_of

HISTORY_SHOWN = 20


def _present(values: Values) -> Values:
    told, commons = values["charter"], values["commons"]
    return {
        "joining": joining_sentence(told["commons"]), "validationSaid": validation_sentences(told["validation"], commons),
        "importsSaid": imports_sentences(told["imports"], commons), "governanceSaid": governance_sentences(told["governance"], commons),
        "questionsSaid": [(one["question"], rule_sentence(one, _("the field of work"))) for one in told["questions"]],
        "powersSaid": [(POWERS[power], who(role, commons)) for power, role in told["powers"].items()],
        "older": at(commons, "charter", before=values["before"]) if values["before"] else "",
    }  # fmt: skip


@page("charter.html", _present)
def charter(request: Any, transaction: Transaction, commons: str, number: str | None = None) -> Values:
    """A version of the charter, the one in force if none is said: section by section, what it changed, and which others there were."""
    last = charter_pages.count_of(transaction, commons)
    wanted = last if number is None else int(number)
    head = head_of(transaction, commons)
    found, toml, earlier = charter_pages.version(transaction, commons, wanted)
    listed = charter_pages.versions(transaction, commons, asked_number(request, "before", least=1), HISTORY_SHOWN)
    return head | {
        "version": asdict(found), "inForce": wanted == last, "single": number is not None, "last": last,
        "charter": charter_pages.charter_told(transaction, commons, found.position), "rules": rules_at(transaction, commons, found.position),
        "toml": toml, "difference": charter_pages.changed_lines(earlier, toml) if earlier else [],
        "history": [asdict(one) for one in listed], "before": listed[-1].number if listed and listed[-1].number > 1 else None,
    }  # fmt: skip


def charter_text(request: Any, commons: str, number: str | None = None) -> Any:
    """The text of a version, to keep as a file."""
    try:
        with request.node.read() as transaction:
            head_of(transaction, commons)
            wanted = charter_pages.count_of(transaction, commons) if number is None else int(number)
            found, toml, _before = charter_pages.version(transaction, commons, wanted)
    except CommonholdError as error:
        return error_page(request, error)
    name = f"{commons}-charter-{found.number}.toml"
    return HttpResponse(toml, content_type="application/toml; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})
