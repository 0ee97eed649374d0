"""Commands: each of the registry at its own address, done as the agent of the token, with the key that the node keeps."""

from __future__ import annotations

from typing import Any

from ..journal.commands import Command
from ..node.composition import COMMANDS
from ..problems import Problem
from .answers import JSON, WrongMedia, json_response
from .call import Call, read_json
from .routes import Route
from .shapes import CommandQuery


def _runner(command: Command) -> Any:
    def run(call: Call) -> Any:
        holder = call.holder()
        if call.media() != JSON:
            raise WrongMedia(Problem("api.bad_media", f"Send the parameters as {JSON}.", "Content-Type"))
        params = read_json(call.body(), command.params)
        key, dry_run = call.idempotency_key(), call.query.dryRun
        done = call.node.act(call.commons, holder.agent, command.name, params, key=key, dry_run=dry_run, public_only=True)
        return json_response(done | {"dryRun": True} if dry_run else done)

    return run


def command_routes() -> list[Route]:
    """A route for each command."""
    return [
        Route(
            "POST",
            f"commons/{{commons}}/commands/{command.name}",
            command.name,
            command.summary,
            _runner(command),
            answers=dict[str, Any],
            query=CommandQuery,
            body=command.params,
            takes=(JSON,),
            errors=(400, 401, 403, 404, 411, 413, 415, 422, 503),
            token=True,
            tag="commands",
        )
        for command in COMMANDS.values()
    ]
