"""Everything that Commonhold can write, fold and do, in one place and in order."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from ..commons import commands as commons_commands
from ..commons import kinds as commons_kinds
from ..commons.charter import SectionCheck, check_commons_section, check_powers_section
from ..commons.fold import mandated
from ..contributions import commands as contribution_commands
from ..contributions import fold as contributions_fold
from ..contributions import kinds as contribution_kinds
from ..contributions.charter import check_imports, check_kinds, check_validation
from ..flows import commands as flow_commands
from ..flows import kinds as flow_kinds
from ..flows.planning import commands as plan_commands
from ..governance import fold as governance_fold
from ..governance import kinds as governance_kinds
from ..governance.charter import check_governance
from ..governance.closing import House
from ..governance.executables import executables
from ..governance.registry import commands as governance_commands
from ..journal.commands import Command
from ..journal.kinds import Kind, Kinds
from ..sharing import commands as sharing_commands
from ..sharing import kinds as sharing_kinds
from ..sharing.compute import fund_balance
from ..sharing.decided import EXECUTABLES as MONEY
from ..sharing.policy import check_sharing
from .belenios import Belenios

CHARTER_SECTIONS: Mapping[str, SectionCheck] = {
    "commons": check_commons_section,
    "powers": check_powers_section,
    "kinds": check_kinds,
    "validation": check_validation,
    "imports": check_imports,
    "sharing": check_sharing,
    "governance": check_governance,
}

JOURNAL_TABLES = files("commonhold.journal").joinpath("tables.sql").read_text()
PRIVATE_TABLES = "".join(files(f"commonhold.{package}").joinpath("private.sql").read_text() for package in ("commons", "contributions", "governance"))
DERIVED_TABLES = "".join(
    files(f"commonhold.{package}").joinpath("tables.sql").read_text() for package in ("commons", "flows", "contributions", "governance", "sharing")
)

FOLD_VERSION = 5
"""Raise it when a fold changes what it writes: nodes then rebuild their derived tables."""

HOUSE = House({one.kind: one for one in (*executables(CHARTER_SECTIONS), *MONEY)}, sharing_kinds.fund_names, fund_balance, Belenios())
"""What decisions can order, and of which money; and how secret ballots are sealed and counted."""

COMMANDS: Mapping[str, Command] = {
    command.name: command
    for command in (
        *commons_commands.COMMANDS,
        *flow_commands.COMMANDS,
        *plan_commands.COMMANDS,
        *contribution_commands.COMMANDS,
        *governance_commands(HOUSE),
        *sharing_commands.COMMANDS,
    )
}


def all_kinds() -> Kinds:
    """The registry of kinds; what one package must do after an entry of another is joined here."""
    kinds: list[Kind] = [
        *commons_kinds.kinds(CHARTER_SECTIONS), *flow_kinds.kinds(), *contribution_kinds.kinds(), *governance_kinds.kinds(HOUSE),
        *sharing_kinds.kinds(),
    ]  # fmt: skip
    more = {
        "commons.claim": contributions_fold.claimed,
        "commons.leave": governance_fold.left,
        "commons.expel": governance_fold.left,
        "sharing.distribution": contributions_fold.shared,
    }
    found = [kind.then(more[kind.name]) if kind.name in more else kind for kind in kinds]
    return Kinds([kind.then(mandated) if kind.name in HOUSE.executables else kind for kind in found], commons_kinds.authority)
