"""`commonhold verify`, `rebuild`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from .output import counted, emit_json, progress, table
from .session import Session, session_options


@click.command("verify")
@click.option("--shares", is_flag=True, help="Tell of every distribution that was computed again.")
@click.option("--export", "folder", type=click.Path(exists=True, file_okay=False), help="Verify an exported journal, without the node.")
@click.option("--vkey", help="With --export: the verifier key that you trust, from another way than the export itself.")
@click.option("--since", "seen", type=click.Path(exists=True, dir_okay=False), help="A checkpoint seen earlier, which the journal must contain.")
@session_options()
def verify_command(session: Session, shares: bool, folder: str | None, vkey: str | None, seen: str | None) -> None:
    """Verify every signature, the tree, the checkpoints, that the tables equal a fresh fold, and with it every rule and share.

    \b
    commonhold verify --shares
    commonhold verify --export journal/ --vkey "example.org/name+…"
    """
    from ..node.verification import verify_export, verify_node

    tell = progress("signatures")
    if folder:
        reports = [verify_export(Path(folder), vkey, Path(seen) if seen else None, tell)]
    else:
        reports = verify_node(session.node, session.wanted, Path(seen) if seen else None, tell)
    ok = all(report.ok for report in reports)
    believed = folder is not None and vkey is None
    plain: dict[str, Any] = {"ok": ok, "commons": [asdict(report) | {"ok": report.ok} for report in reports]}
    if folder is not None:
        plain["keyTrusted"] = not believed
    if session.as_json:
        emit_json(plain)
    else:
        for report in reports:
            _print(report, shares, believed=believed)
    click.get_current_context().exit(0 if ok else 5)


BELIEVED = """\
But the verifier key was taken from the same folder, and that is no proof: whoever wrote the folder could have written another journal
with another key. Get the key from somebody else who knows the commons: from its node (commonhold journal vkey, or the page of the
commons), from its charter or website, or from a member; then: commonhold verify --export DIR --vkey KEY"""


def _print(report: Any, shares: bool, *, believed: bool) -> None:
    checkpoints = counted(report.checkpoints, "checkpoint")
    said = f"{report.tables} tables with {report.rows} rows equal a fresh fold" if report.tables else "all folded anew by their rules"
    click.echo(
        f"{report.commons or report.origin}: {counted(report.entries, 'entry', 'entries')}, {counted(report.signatures, 'signature')}, {checkpoints}; {said}"
    )
    click.echo(f"root {report.root}")
    if shares:
        rows = [
            (d["number"], d["given"], d["kept"], d["currency"], d["shares"], "equal" if d["equal"] else "NOT EQUAL") for d in report.distributions
        ]
        table(("distribution", "given", "kept", "", "shares", "computed again"), rows, "01234")
    for finding in report.findings:
        click.echo(f"  {finding.where}: {finding.what}")
    if not report.ok:
        click.echo(f"{counted(len(report.findings), 'thing is', 'things are')} not as {'it' if len(report.findings) == 1 else 'they'} should be.")
    elif believed:
        click.echo(f"Everything in the folder fits together.\n{BELIEVED}")
    else:
        click.echo("Everything is as it was said.")


@click.command("rebuild")
@session_options()
def rebuild_command(session: Session) -> None:
    """Drop all derived tables and fold the journal anew."""
    counts = session.node.rebuild(progress("entries"))
    session.answer({"entries": counts}, "\n".join(f"{name}: {counted(count, 'entry', 'entries')} folded." for name, count in counts.items()))
