"""What belongs to persons: names, addresses, pictures, bank accounts. Beside the journal, and erasable."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from ..problems import bad_input, not_found, refuse
from ..store.transaction import Transaction
from .queries import find_agent

PICTURE_BYTES_MAX = 1_000_000
SHOWN_MAX = 5
"""So many ids are told of agents that one name fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a person let the node keep. `public`: the name may be shown on public pages."""

    name: str | None = None
    email: str | None = None
    picture: bytes | None = None
    iban: str | None = None
    bic: str | None = None
    public: bool = False


def normal_address(address: str) -> str:
    """An address (or a name) in the form in which persons are compared: without blanks around it, in NFC and lower case."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def identity_id(secret: bytes, address: str) -> str:
    """The keyed digest that stands in the journal for an address (or a name, where there is no address).

    First 128 bits of HMAC-SHA256 under the commons' secret, over the `normal_address`. Without the secret,
    nobody can test whether an address is behind it; with the secret erased, nobody at all can.
    """
    normal = normal_address(address).encode("utf-8", "surrogateescape")
    return "id:" + hmac.new(secret, normal, hashlib.sha256).hexdigest()[:32]


def read_profile(transaction: Transaction, commons: str, agent: str) -> Profile:
    """The profile of an agent; empty if there is none."""
    sql = "SELECT name, email, picture, iban, bic, public FROM private_profile WHERE commons = ? AND agent = ?"
    row = transaction.row(sql, (commons, agent))
    if row is None:
        return Profile()
    name, email, picture, iban, bic, public = row
    return Profile(name=name, email=email, picture=picture, iban=iban, bic=bic, public=bool(public))


def write_profile(transaction: Transaction, commons: str, agent: str, **changes: Any) -> Profile:
    """Change some fields of a profile.

    Raises:
        BadInput: `people.bad_iban`, `people.bad_bic`, `people.picture_too_large`.
    """
    before = read_profile(transaction, commons, agent)
    if changes.get("iban"):
        changes["iban"] = _iban(changes["iban"])
    if changes.get("bic"):
        changes["bic"] = _bic(changes["bic"])
    after = replace(before, **changes)
    if after.picture is not None and len(after.picture) > PICTURE_BYTES_MAX:
        raise bad_input("people.picture_too_large", f"A picture has at most {PICTURE_BYTES_MAX} bytes.", "picture")
    transaction.execute("DELETE FROM private_profile WHERE commons = ? AND agent = ?", (commons, agent))
    transaction.insert("private_profile", commons, agent, after.name, after.email, after.picture, after.iban, after.bic, int(after.public))
    if (before.name, before.public) != (after.name, after.public):
        _names_changed(transaction, commons)
        _seek_by(transaction, commons, agent, after.name if after.public else None)
    return after


def _names_changed(transaction: Transaction, commons: str) -> None:
    """Give the names that everybody may see another mark: whoever keeps a page looks at this one, and not at all names."""
    sql = "INSERT INTO private_names VALUES (?, ?) ON CONFLICT (commons) DO UPDATE SET mark = EXCLUDED.mark"
    transaction.execute(sql, (commons, secrets.token_hex(8)))


def folded(text: str) -> str:
    """A text as it is compared in searches: without accents, and in lower case.

    >>> folded("Zoë ŁUKASZ")
    'zoe łukasz'
    """
    lower = text.casefold()
    if lower.isascii():
        return lower
    return "".join(letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))


def _seek_by(transaction: Transaction, commons: str, agent: str, name: str | None) -> None:
    transaction.execute("DELETE FROM private_sought WHERE commons = ? AND agent = ?", (commons, agent))
    if name is not None:
        transaction.insert("private_sought", commons, agent, folded(name))


def seek_by_names(transaction: Transaction) -> None:
    """Note the names that everybody may see, of all commons, in the form in which they are sought: an older version did not."""
    transaction.execute("DELETE FROM private_sought")
    for commons, agent, name in transaction.rows("SELECT commons, agent, name FROM private_profile WHERE public = 1 AND name IS NOT NULL"):
        transaction.insert("private_sought", commons, agent, folded(name))


def names_mark(transaction: Transaction, commons: str) -> str:
    """What changes whenever a name that everybody may see does; empty, if there has never been one."""
    return str(transaction.value("SELECT mark FROM private_names WHERE commons = ?", (commons,)) or "")


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a person besides the name: a note, the address of a picture, the id of a place. Public, as the name is."""

    note: str | None = None
    image: str | None = None
    primary_location: str | None = None


def read_about(transaction: Transaction, commons: str, agent: str) -> About:
    """What is told of a person; nothing, if nothing is."""
    row = transaction.row("SELECT note, image, primary_location FROM private_about WHERE commons = ? AND agent = ?", (commons, agent))
    return About() if row is None else About(*row)


def write_about(transaction: Transaction, commons: str, agent: str, about: About) -> None:
    """Tell something of a person, in place of what was told before."""
    transaction.execute("DELETE FROM private_about WHERE commons = ? AND agent = ?", (commons, agent))
    transaction.insert("private_about", commons, agent, about.note, about.image, about.primary_location)


def name_identities(transaction: Transaction, commons: str, names: dict[str, str]) -> None:
    """Remember the names that an import found for identities, where none is known yet."""
    known = {row[0] for row in transaction.rows("SELECT agent FROM private_profile WHERE commons = ?", (commons,))}
    for agent, name in names.items():
        if agent not in known:
            transaction.insert("private_profile", commons, agent, name, None, None, None, None, 0)


_FILLED = {"private_profile": " AND (COALESCE(name, email, iban, bic) IS NOT NULL OR picture IS NOT NULL)"}


def erase(transaction: Transaction, commons: str, agent: str) -> int:
    """Erase all that the node knows of a person, and of the identities they claimed. The journal stays as it is.

    Returns how many profiles, keys and tokens were erased. An erased identity keeps an empty profile, so that the next
    import does not bring its name back.

    Raises:
        NotFound: `commons.unknown_agent`. Refused: `people.the_node`.
    """
    known = find_agent(transaction, commons, agent)
    if known is not None and known.type == "Node":
        raise refuse("people.the_node", "This is the node itself: without its key it could write nothing any more.", "agent")
    if known is None:
        sql = "SELECT agent FROM private_profile WHERE commons = ? AND agent = ?"
        ids = [row[0] for row in transaction.rows(sql, (commons, agent))]  # of whom only the node knows
    else:
        sql = "SELECT id FROM agent WHERE commons = ? AND (number = ? OR claimed_by = ?)"
        ids = [row[0] for row in transaction.rows(sql, (commons, known.number, known.number))]
    if not ids:
        raise not_found("commons.unknown_agent", f"{agent} is not known here.", "agent")
    erased = 0
    for table in ("private_profile", "private_about", "private_key", "private_token"):
        for id_ in ids:
            erased += transaction.execute(f"DELETE FROM {table} WHERE commons = ? AND agent = ?{_FILLED.get(table, '')}", (commons, id_))
    _names_changed(transaction, commons)
    for id_ in ids:
        _seek_by(transaction, commons, id_, None)
    known_to_imports = {row[0] for row in transaction.rows("SELECT agent FROM private_profile WHERE commons = ?", (commons,))}
    for id_ in ids:
        if id_.startswith("id:") and id_ not in known_to_imports:
            transaction.insert("private_profile", commons, id_, None, None, None, None, None, 0)
    return erased


def names(transaction: Transaction, commons: str, *, public_only: bool = False) -> dict[str, str]:
    """Names of agents by id: of organizations from the journal, of persons from what they let the node keep.

    A claimed identity without a name of its own has the name of its member.
    """
    found: dict[str, str] = dict(transaction.rows("SELECT id, name FROM agent WHERE commons = ? AND name <> ''", (commons,)))
    shown = " AND p.name IS NOT NULL" + (" AND p.public = 1" if public_only else "")
    claimed = (
        "SELECT i.id, p.name FROM agent i JOIN agent m ON m.commons = i.commons AND m.number = i.claimed_by"
        " JOIN private_profile p ON p.commons = m.commons AND p.agent = m.id WHERE i.commons = ?"
    )
    found.update(transaction.rows(claimed + shown, (commons,)))
    found.update(transaction.rows("SELECT p.agent, p.name FROM private_profile p WHERE p.commons = ?" + shown, (commons,)))
    return found


def short(agent: str) -> str:
    """An id that people can compare, for agents without a name: `z6Mk…x4Yq`, `id:3f9a…`.

    >>> short("id:3f9a2c1b00000000000000000000ffff")
    'id:3f9a2c1b…'
    """
    if agent.startswith("did:key:"):
        return f"{agent[8:14]}…{agent[-4:]}"
    return f"{agent[:11]}…" if agent.startswith("id:") else agent


def find_by_name(transaction: Transaction, commons: str, text: str, *, public_only: bool = False) -> str:
    """The id of the agent that somebody means: a whole id, the beginning of one, or a name.

    Args:
        public_only: Only names that everybody may see, so that nobody learns who is here by trying names.

    Raises:
        NotFound: `commons.unknown_agent`; `commons.which_agent`, if several fit.
    """
    if "\0" in text:
        raise not_found("commons.unknown_agent", "No name has the character U+0000.", "agent")
    if find_agent(transaction, commons, text) is not None:
        return text
    by_name = sorted({id_ for id_, name in names(transaction, commons, public_only=public_only).items() if name.casefold() == text.casefold()})
    members = {row[0] for row in transaction.rows("SELECT id FROM agent WHERE commons = ? AND type <> 'Identity'", (commons,))}
    preferred = [id_ for id_ in by_name if id_ in members] or by_name
    if not preferred and len(text) >= 6:
        tails = [text, f"did:key:{text}", f"id:{text}", f"org:{text}"]
        ids = [row[0] for row in transaction.rows("SELECT id FROM agent WHERE commons = ?", (commons,))]
        preferred = [id_ for id_ in ids if any(id_.startswith(tail) for tail in tails)]
    if len(preferred) > 1:
        listed = ", ".join(preferred[:SHOWN_MAX]) + (", …" if len(preferred) > SHOWN_MAX else "")
        raise not_found("commons.which_agent", f"{len(preferred)} agents fit {text!r}; give the id: {listed}.", "agent")
    if not preferred:
        raise not_found("commons.unknown_agent", f"Nobody here is {text!r}. See: commonhold agent list.", "agent")
    return preferred[0]


def _iban(text: str) -> str:
    """An IBAN without blanks, whose check digits are right (ISO 13616: the rearranged number is 1 modulo 97)."""
    iban = "".join(text.split()).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", iban) or int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 != 1:
        raise bad_input("people.bad_iban", "This is not an IBAN: its check digits do not fit.", "iban")
    return iban


def _bic(text: str) -> str:
    """A BIC without blanks (ISO 9362: bank, country, place, perhaps branch)."""
    bic = "".join(text.split()).upper()
    if not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", bic):
        raise bad_input("people.bad_bic", "This is not a BIC: it has 8 or 11 letters and digits, such as COBADEFFXXX.", "bic")
    return bic
