"""Everything that Commonhold can write, fold and do, in one place and in order."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from ..commons import commands as commons_commands
from ..commons import kinds as commons_kinds
from ..commons.charter import SectionCheck, check_commons_section, check_powers_section
from ..contributions import commands as contribution_commands
from ..contributions import fold as contributions_fold
from ..contributions import kinds as contribution_kinds
from ..contributions.charter import check_imports, check_kinds, check_validation
from ..flows import commands as flow_commands
from ..flows import kinds as flow_kinds
from ..flows.planning import commands as plan_commands
from ..journal.commands import Command
from ..journal.kinds import Kind, Kinds
from ..sharing import commands as sharing_commands
from ..sharing import kinds as sharing_kinds
from ..sharing.policy import check_sharing

CHARTER_SECTIONS: Mapping[str, SectionCheck] = {
    "commons": check_commons_section,
    "powers": check_powers_section,
    "kinds": check_kinds,
    "validation": check_validation,
    "imports": check_imports,
    "sharing": check_sharing,
}

JOURNAL_TABLES = files("commonhold.journal").joinpath("tables.sql").read_text()
PRIVATE_TABLES = files("commonhold.commons").joinpath("private.sql").read_text()
DERIVED_TABLES = "".join(
    files(f"commonhold.{package}").joinpath("tables.sql").read_text() for package in ("commons", "flows", "contributions", "sharing")
)

FOLD_VERSION = 2
"""Raise it when a fold changes what it writes: nodes then rebuild their derived tables."""

COMMANDS: Mapping[str, Command] = {
    command.name: command
    for command in (
        *commons_commands.COMMANDS,
        *flow_commands.COMMANDS,
        *plan_commands.COMMANDS,
        *contribution_commands.COMMANDS,
        *sharing_commands.COMMANDS,
    )
}


def all_kinds() -> Kinds:
    """The registry of kinds; what one package must do after an entry of another is joined here."""
    kinds: list[Kind] = [*commons_kinds.kinds(CHARTER_SECTIONS), *flow_kinds.kinds(), *contribution_kinds.kinds(), *sharing_kinds.kinds()]
    more = {"commons.claim": contributions_fold.claimed, "sharing.distribution": contributions_fold.shared}
    return Kinds([kind.then(more[kind.name]) if kind.name in more else kind for kind in kinds], commons_kinds.authority)
