"""Letters: what there is to tell somebody, in their language, with a way to hear no more of it. Each is sent once at most."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import transaction as django_transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ...commons.queries import commons_section
from ...journal.kinds import unix_time
from ...node.node import Node
from ...node.notices import SORTS
from ..own_address import own_address
from .letter_models import Letter, Reader, Told
from .models import User
from .notifications import wishes_of

log = logging.getLogger("commonhold.work")

SALT = "commonhold.letters"
PERIODS = {"once": 0, "daily": 86_400, "weekly": 7 * 86_400}
"""How long what is to be told waits for more, in seconds."""
SHOWN = 10
"""So many things of one sort are told one by one."""
LINES_READ = 2_000
GOODBYE = 421
"""With this code a mail server ends the connection (RFC 5321)."""
PATIENCE_SECONDS = 86_400
"""So long a letter that the mail server does not take at present is tried again."""
NAMES = {
    "asked": gettext_lazy("You were asked to validate"), "decided": gettext_lazy("Decided about your contributions"),
    "opens": gettext_lazy("Votes that you can cast"), "closes": gettext_lazy("Votes that close soon"),
    "delegate": gettext_lazy("Your delegate has voted"), "share": gettext_lazy("Shared with you"),
    "payout": gettext_lazy("Recorded as paid to you"), "admitted": gettext_lazy("You were let in"),
}  # fmt: skip
_STATES = {"validated": gettext_lazy("validated"), "refused": gettext_lazy("refused")}


def stop_token(user_id: int, commons: str) -> str:
    """A word that lets its bearer stop all letters of a commons to somebody, and do nothing else."""
    return signing.dumps([user_id, commons], salt=SALT, compress=False)


def stopped_by(token: str) -> tuple[int, str] | None:
    """(user, commons) that a word stands for, or None."""
    try:
        user_id, commons = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (user_id, commons) if isinstance(user_id, int) and isinstance(commons, str) else None


def send_due(node: Node) -> int:
    """Send all letters whose time has come; return how many.

    The connection is opened first: if there is none, nothing was marked, and all is tried again later. Then each letter is written
    down as sent before it is handed over. If this program is killed in between, or the connection breaks, the letter is lost; none is
    ever sent twice. What the mail server says it has not taken at present is no longer written down as sent.

    Raises:
        OSError: There is no connection, or none any more. What was not handed over by then was not marked.
    """
    due = _due(node.now())
    if not due:
        return 0
    count = 0
    with get_connection() as connection:
        for user_id, commons, how, ids in due:
            count += _send(node, connection, user_id, commons, how, ids)
    return count


def _due(now: int) -> list[tuple[int, str, str, list[int]]]:
    """(user, commons, how, what is to be told), for letters whose oldest piece has waited long enough."""
    found: list[tuple[int, str, str, list[int]]] = []
    for user_id, commons in Told.objects.filter(letter=None).values_list("user_id", "commons").distinct().order_by("user_id", "commons"):
        wishes = wishes_of(user_id, commons)
        waiting = list(
            Told.objects.filter(letter=None, user_id=user_id, commons=commons).order_by("made", "pk").values_list("pk", "sort", "made")[:LINES_READ]
        )
        for how, seconds in PERIODS.items():
            mine = [(pk, made) for pk, sort, made in waiting if wishes.get(sort) == how]
            if mine and now - mine[0][1] >= seconds:
                found.append((user_id, commons, how, [pk for pk, _made in mine]))
    return found


def _send(node: Node, connection: Any, user_id: int, commons: str, how: str, ids: Sequence[int]) -> int:
    from allauth.account.models import EmailAddress

    user = User.objects.filter(pk=user_id, is_active=True).first()
    verified = user is not None and EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
    if user is None or not verified:
        Told.objects.filter(pk__in=ids).delete()
        return 0
    with django_transaction.atomic():
        letter = Letter.objects.create(user=user, commons=commons, how=how, made=node.now())
        # Whoever else sends at this moment has taken them, or takes none.
        mine = [one for one in Told.objects.select_for_update().filter(pk__in=ids, letter=None) if not _is_over(one, node.now())]
        Told.objects.filter(pk__in=[one.pk for one in mine]).update(letter=letter)
        Told.objects.filter(pk__in=ids, letter=None).delete()
        if not mine:
            letter.delete()
            return 0
    language = Reader.objects.filter(user=user).values_list("language", flat=True).first() or "en"
    with translation.override(language):
        message = written(node, user, commons, how, mine)
    message.connection = connection
    try:
        message.send()
    except OSError as error:
        # Neither the text nor the trace of these is logged: they have the address in them.
        log.error("a letter (%s) could not be handed over: %s", letter.pk, told_of(error))  # noqa: TRY400
        codes = _codes(error)
        if codes and max(codes) < 500 and node.now() - min(one.made for one in mine) < PERIODS[how] + PATIENCE_SECONDS:
            _give_back(letter)
        if not codes or GOODBYE in codes:
            raise
        return 0
    except Exception as error:  # noqa: BLE001 - whatever it is, the others get theirs
        log.error("a letter (%s) could not be written: %s", letter.pk, told_of(error))  # noqa: TRY400
        return 0
    Letter.objects.filter(pk=letter.pk).update(sent=node.now())
    return 1


def told_of(error: Exception) -> str:
    """What went wrong, without addresses: the name of the error, and the codes with which a mail server refused."""
    if isinstance(error, OSError) and not isinstance(error, SMTPException):
        return f"{type(error).__name__} {error.errno or ''}".strip()
    return " ".join([type(error).__name__, *map(str, _codes(error))])


def _codes(error: Exception) -> list[int]:
    """The codes with which a mail server has refused a letter. None: nobody knows what it has done with it."""
    if isinstance(error, SMTPRecipientsRefused):
        return sorted({code for code, _words in error.recipients.values()})
    return [error.smtp_code] if isinstance(error, SMTPResponseException) else []


def _give_back(letter: Letter) -> None:
    """The letter has certainly not gone out: what it tells is still to be told."""
    with django_transaction.atomic():
        Told.objects.filter(letter=letter).update(letter=None)
        letter.delete()


def _is_over(one: Told, now: int) -> bool:
    """Whether it is about a vote that is closed by now: nobody needs to be told."""
    closes = one.about.get("closes")
    return bool(closes) and unix_time(closes) <= now


def written(node: Node, user: Any, commons: str, how: str, told: Sequence[Told]) -> EmailMessage:
    """A letter, in the language that is active. It names nobody but what everybody may read."""
    with node.read() as transaction:
        name = " ".join(commons_section(transaction, commons).name.split())
    base = own_address()
    parts = [_("Hello,"), _("this is what concerns you in %(name)s.") % {"name": name}]
    for sort in SORTS:
        lines = [line(one, f"{base}/{commons}") for one in told if one.sort == sort]
        if lines:
            more = len(lines) - SHOWN
            shown = lines[:SHOWN] + ([ngettext("… and %(n)s more", "… and %(n)s more", more) % {"n": more}] if more > 0 else [])
            parts.append(f"{NAMES[sort]}\n" + "\n".join(f"  - {one}" for one in shown))
    stop = f"{base}/-/letters/{stop_token(user.pk, commons)}/"
    why = {
        "once": _("You get this letter because you are a member of %(name)s and want to be told at once."),
        "daily": _("You get this letter because you are a member of %(name)s. It comes once a day at most."),
        "weekly": _("You get this letter because you are a member of %(name)s. It comes once a week at most."),
    }[how] % {"name": name}
    told, ended = _("What you are told, and how often:"), _("No more letters:")
    parts.append(f"-- \n{why}\n{told} {base}/{commons}/me/notifications/\n{ended} {stop}")
    title = {"once": _("News for you"), "daily": _("Your day"), "weekly": _("Your week")}[how]
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated"}
    return EmailMessage(f"{name[:60]}: {title}", "\n\n".join(parts) + "\n", to=[user.email], headers=headers)


def line(one: Told, base: str) -> str:
    """A sentence about something, with where to look."""
    about = one.about
    title = " ".join(str(about.get("title", "")).split())
    if one.sort in ("opens", "closes", "delegate"):
        closes = str(about.get("closes") or "").replace("T", " ")[:16]
        until = _(" (until %(time)s UTC)") % {"time": closes} if closes else ""
        return f"{title}{until}: {base}/decisions/{about['number']}/"
    if one.sort == "asked":
        return _("Contribution %(n)s:") % {"n": about["position"]} + f" {base}/contributions/{about['position']}/"
    if one.sort == "decided":
        words = _("Contribution %(n)s is %(state)s:") % {"n": about["position"], "state": _STATES[about["state"]]}
        return f"{words} {base}/contributions/{about['position']}/"
    if one.sort in ("share", "payout"):
        return _("Distribution %(n)s:") % {"n": about["number"]} + f" {base}/distributions/{about['number']}/"
    return f"{base}/me/"
