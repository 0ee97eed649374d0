"""Finding what is to be told to whom: a scan of each journal from where the last one ended, and of the questions that are open."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction as django_transaction

from ...journal.head import commons_here, read_head
from ...node.node import Node
from ...node.notices import SORTS, Notice, notices_between, notices_now
from .letter_models import Scan, Told, Wish
from .models import Membership

CHOICES = ("once", "daily", "weekly", "never")
DEFAULT = "weekly"
ENTRIES_AT_ONCE = 500
LOOK_SECONDS = 600
"""Open questions are looked at as often as this."""


def wishes_of(user_id: int, commons: str) -> dict[str, str]:
    """How somebody wants to be told of each sort."""
    chosen = dict(Wish.objects.filter(user_id=user_id, commons=commons).values_list("sort", "how"))
    return {sort: chosen.get(sort, DEFAULT) for sort in SORTS}


def wish(user_id: int, commons: str, wanted: dict[str, str]) -> None:
    """Change how somebody wants to be told. What is not wanted any more and was not sent yet is forgotten."""
    with django_transaction.atomic():
        for sort, how in wanted.items():
            Wish.objects.update_or_create(user_id=user_id, commons=commons, sort=sort, defaults={"how": how})
        never = [sort for sort, how in wanted.items() if how == "never"]
        Told.objects.filter(user_id=user_id, commons=commons, sort__in=never, letter=None).delete()


def scan(node: Node) -> int:
    """Look through what is new in all journals; return how many things are to be told.

    What is found and how far the journal was looked through are written together: after an interruption nothing is missed, and
    nothing is there twice. A journal that was never looked through begins with what comes now: nobody wants letters about the past.
    """
    with node.read() as transaction:
        here = {name: read_head(transaction, name).frontier.size for name in commons_here(transaction)}
    return sum(_scan_commons(node, commons, size) for commons, size in here.items())


def _scan_commons(node: Node, commons: str, size: int) -> int:
    known, _ = Scan.objects.get_or_create(commons=commons, defaults={"position": size})
    users = dict(Membership.objects.filter(commons=commons).values_list("agent", "user_id"))
    count, start, now = 0, min(known.position, size), node.now()
    while start < size:
        end = min(start + ENTRIES_AT_ONCE, size)
        with node.read() as transaction:
            found = list(notices_between(transaction, commons, start, end, users.keys()))
        with django_transaction.atomic():
            # Another scan may have been here meanwhile: what both find is told once.
            count += _keep(commons, found, users, now)
            Scan.objects.filter(commons=commons, position__lt=end).update(position=end)
        start = end
    if now - known.looked >= LOOK_SECONDS or now < known.looked:
        with node.read() as transaction:
            found = list(notices_now(transaction, commons, now, users.keys()))
        with django_transaction.atomic():
            count += _keep(commons, found, users, now)
            Scan.objects.filter(commons=commons).update(looked=now)
    return count


def _keep(commons: str, found: Iterable[Notice], users: dict[str, int], now: int) -> int:
    wishes = {user: wishes_of(user, commons) for user in {users[one.agent] for one in found}}
    wanted = [one for one in found if wishes[users[one.agent]][one.sort] != "never"]
    rows = [Told(user_id=users[one.agent], commons=commons, sort=one.sort, key=one.key, about=one.about, made=now) for one in wanted]
    Told.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    return len(rows)
