"""All routes of the API, in order."""

from __future__ import annotations

from functools import cache
from typing import Any

from . import decision_shapes as d
from . import governance, journal, reads
from . import shapes as s
from .answers import BYTES, JSON, TEXT, json_response
from .call import Call
from .routes import Route
from .writes import command_routes

_C = "commons/{commons}"


def _openapi(call: Call) -> Any:
    from .openapi import document

    return json_response(document())


def _read(path: str, name: str, summary: str, run: Any, answers: Any, query: Any = None) -> Route:
    errors = (400, 404, 503)
    if query is None:
        return Route("GET", path, name, summary, run, answers=answers, errors=errors, state=reads.state)
    return Route("GET", path, name, summary, run, answers=answers, query=query, errors=errors, state=reads.state)


def _now(path: str, name: str, summary: str, run: Any, answers: Any = dict[str, Any], query: Any = None) -> Route:
    """A read whose answer depends on the time too: on phases and terms."""
    media = {"media": TEXT} if answers is None else {"answers": answers}
    if query is None:
        return Route("GET", path, name, summary, run, errors=(400, 404, 422, 503), **media)
    return Route("GET", path, name, summary, run, query=query, errors=(400, 404, 422, 503), **media)


def _raw(path: str, name: str, summary: str, run: Any, media: str, state: Any = journal.head_state) -> Route:
    return Route("GET", path, name, summary, run, media=media, errors=(400, 404, 503), state=state, tag="journal")


@cache
def routes() -> list[Route]:
    """Every route, the more particular first."""
    return [
        Route("GET", "", "index", "What this is, and where to go on.", reads.index, answers=s.Index, errors=(400,)),
        Route("GET", "openapi.json", "openapi", "The OpenAPI document of this API.", _openapi, answers=dict[str, Any], errors=(400,)),
        Route("GET", "commons", "commons.list", "The commons of this node.", reads.commons_list, answers=s.CommonsList, errors=(400, 503)),
        _read(_C, "commons.show", "A commons, its charter and its key figures.", reads.commons, s.CommonsView),
        _read(f"{_C}/members", "members.list", "Members, in the order of joining.", reads.members, s.Members, s.PageQuery),
        _read(f"{_C}/contributions", "contributions.list", "Contributions.", reads.contributions, s.Contributions, s.ContributionsQuery),
        _read(f"{_C}/contributions/{{entry}}", "contributions.show", "A contribution.", reads.contribution, s.ContributionView),
        _read(f"{_C}/batches", "batches.list", "Imports.", reads.batch_list, s.Batches, s.PageQuery),
        _read(f"{_C}/incomes", "incomes.list", "Money that came in.", reads.incomes, s.Incomes, s.PageQuery),
        _read(f"{_C}/distributions", "distributions.list", "Distributions.", reads.distributions, s.Distributions, s.PageQuery),
        _read(f"{_C}/distributions/{{number}}", "distributions.show", "A distribution with its shares.", reads.distribution, s.Statement),
        _read(f"{_C}/distributions/{{number}}/shares/{{agent}}", "shares.explain", "Why a share is what it is.", reads.share, s.Explanation),
        _now(f"{_C}/decisions", "decisions.list", "Proposals, the newest first.", governance.decisions, d.Decisions, d.DecisionsQuery),
        _now(f"{_C}/decisions/{{number}}", "decisions.show", "A proposal with all that was said of it, and its result.", governance.decision),
        _now(f"{_C}/decisions/{{number}}/recount", "decisions.recount", "Count a decided question again.", governance.recount),
        _now(
            f"{_C}/decisions/{{number}}/ballots",
            "decisions.ballots",
            "Its ballots as .pb or .blt, after the close.",
            governance.ballots,
            None,
            d.BallotsQuery,
        ),
        _now(f"{_C}/stewards", "stewards.list", "Who leads what, since when; what is missing where nobody does.", governance.stewards),
        _now(f"{_C}/standing/{{domain}}/{{agent}}", "standing.show", "Standing in a domain, down to the contributions.", governance.standing),
        _raw(f"{_C}/journal/checkpoint", "journal.checkpoint", "The newest signed checkpoint.", journal.checkpoint, TEXT),
        _raw(f"{_C}/journal/verifier-key", "journal.verifier-key", "The key to verify checkpoints with.", journal.verifier_key, TEXT),
        _raw(f"{_C}/journal/tile/{{tile}}", "journal.tile", "A tile of hashes, or a bundle of entries.", journal.tile, BYTES, None),
        _raw(f"{_C}/journal/receipts/{{entry}}", "journal.receipt", "The receipt of an entry, a .tlog-proof.", journal.receipt, TEXT),
        _raw(f"{_C}/journal/entries/{{entry}}", "journal.entry", "An entry, as it was signed.", journal.entry, JSON, None),
        Route(
            "POST",
            f"{_C}/journal/entries",
            "journal.land",
            "Land entries that were signed elsewhere.",
            journal.land,
            answers=s.LandedEntry,
            answers_many=s.EntryAnswers,
            takes=(JSON, journal.JSONL),
            errors=(400, 403, 404, 411, 413, 415, 422, 503),
            tag="journal",
        ),
        *command_routes(),
    ]
