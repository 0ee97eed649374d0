"""The root of the command line. Sub-commands are imported when they are called, so that help is quick."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from .. import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("setup", "Create a commons from its charter, and a node for it."),
    "charter": ("charter", "Check, show and change the charter."),
    "agent": ("agents", "Organizations and members: list, add."),
    "member": ("agents", "Join, admit, leave; roles."),
    "identity": ("agents", "Identities of imported work, and claiming them."),
    "key": ("keys", "Keys: make, add, revoke, recover."),
    "person": ("people", "Names and addresses beside the journal; erasing them."),
    "log": ("contributions", "Log a contribution."),
    "contributions": ("contributions", "List contributions."),
    "import": ("imports", "Import histories and sheets."),
    "validate": ("validation", "See what waits for your word; accept, adjust, refuse."),
    "lapse": ("validation", "Lazy consensus: what nobody objected to in time."),
    "appeal": ("validation", "Ask for another round."),
    "contest": ("reviewing", "Object to what was validated."),
    "draw": ("reviewing", "Reviewers by lot, where the charter asks for them."),
    "decline": ("reviewing", "Do not judge a claim that you were drawn for."),
    "withdraw": ("validation", "Take back an open claim."),
    "repayment": ("validation", "Choose how long your contributions share."),
    "flows": ("flows", "Resources, processes, plans, offers, open tasks: record, show, trace, plan."),
    "income": ("money", "Record and list what came in."),
    "share": ("money", "Preview, record and explain distributions; payouts."),
    "decide": ("decide", "Proposals, votes, delegation, results; count ballots of any file."),
    "verify": ("verification", "Verify signatures, tree, checkpoints, tables, shares."),
    "rebuild": ("verification", "Drop the derived tables and fold the journal anew."),
    "journal": ("journal", "Entries, receipts, offline signing, submitting."),
    "export": ("export", "Journal, books, tables and payment files."),
    "backup": ("upkeep", "Copy the whole node while it is in use, and verify the copy."),
    "restore": ("upkeep", "Make a node from a backup, verified."),
    "token": ("upkeep", "Tokens for the API."),
    "serve": ("serve", "Serve pages and API."),
    "work": ("work", "Do background work in a process of its own."),
    "invite": ("invite", "A link by which somebody makes an account."),
    "graphql": ("graphql", "The schema of the GraphQL door."),
}

EPILOG = "Documentation: docs/ in the source. Exit codes: 0 done, 1 refused, 2 usage, 3 not found, 4 not permitted, 5 integrity failure, 6 busy, 130 interrupted."


class Root(click.Group):
    """The sub-commands, by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f".{COMMANDS[cmd_name][0]}", __package__)
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        from difflib import get_close_matches

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise click.UsageError(f"No such command: {args[0]}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Root, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="commonhold")
@click.option("--home", type=click.Path(), help="The node's folder.  [env: COMMONHOLD_HOME]")
@click.option("--commons", help="Short name of the commons, where the node has several.")
@click.pass_context
def root(ctx: click.Context, home: str | None, commons: str | None) -> None:
    """Commonhold: the working ledger of a commons.

    \b
    commonhold init my-commons --charter charter.toml
    commonhold --home my-commons import git ../my-project
    commonhold --home my-commons share preview
    """
    ctx.obj = {"home": home, "commons": commons}


def run(arguments: list[str] | None = None) -> None:
    """Run the command line; every problem ends as a message and an exit code."""
    from .output import fail

    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        code = root.main(arguments, prog_name="commonhold", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except Exception as error:  # noqa: BLE001 - whatever it is, a person gets a sentence
        sys.exit(fail(error, as_json="--json" in arguments))
    except KeyboardInterrupt:
        click.echo("Interrupted; what was finished is kept.", err=True)
        sys.exit(130)
