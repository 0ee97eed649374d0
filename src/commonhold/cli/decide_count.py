"""`commonhold decide count`: ballots of any file by any rule, without a node."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..problems import bad_input, refuse
from .decide_words import round_lines, tie_lines
from .output import counted, emit_json, printable

if TYPE_CHECKING:
    from ..governance.counting.ballots import Budget, Profile
    from ..governance.counting.methods import Method
    from ..governance.formats.pabulib import Election as PbElection

ENDINGS = (".pb", ".blt", ".toc", ".soi", ".toi", ".soc")
BYTES_MAX = 256 * 2**20
NAME_SHOWN = 24
FRACTIONS = ("minimum", "threshold", "majority")


@dataclass
class Ballots:
    """What a file says, whatever its form: options by ids, and what else it tells.

    Attributes:
        defaults: Parameters that the file gives, if the rule has them. pb: The whole election, of a `.pb` file.
        withdrawn: Ids of those who are not counted.
    """

    profile: Profile
    names: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    defaults: dict[str, str] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)
    budget: Budget | None = None
    unit: int = 1
    pb: PbElection | None = None


@click.command("count")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--rule", required=True, metavar="RULE", help="debian, schulze, irv, stv, approval, phragmen_panel, median, equal_shares, greedy, phragmen."
)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the rule, such as seats=3. Several.")
@click.option("--order", metavar="A,B,C", help="Who is earlier wins a tie that nothing else breaks: ids of all options. Default: as in the file.")
@click.option("--seed", metavar="TEXT", help="Draw that order by lot from this text.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
def count(file: str, rule: str, params: tuple[str, ...], order: str | None, seed: str | None, as_json: bool) -> None:
    """Count the ballots of a FILE by a RULE: .pb (Pabulib), .blt, or .toc, .soi, .toi, .soc (PrefLib). No node is needed.

    Seats default to those of a .blt file. Greedy takes the scores and the threshold that a .pb file has; with
    --param score=ballots it sums the ballots instead.

    \b
    commonhold decide count ward.blt --rule stv
    commonhold decide count city.pb --rule equal_shares --param completion=add1
    commonhold decide count mayor.toi --rule irv --json
    """
    from ..governance.counting.methods import METHODS

    if rule not in METHODS:
        listed = "\n".join(f"  {one.name:<15} {one.summary}" for one in METHODS.values())
        raise click.UsageError(f"There is no rule {printable(rule)!r}. The rules are:\n{listed}")
    if order is not None and seed is not None:
        raise click.UsageError("Give the order, or a seed to draw it from: one of the two.")
    said = _params(params)
    told = _counted(_read(file), METHODS[rule], said, order, seed)
    if as_json:
        emit_json(told)
    else:
        _print(told)


def _params(params: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in params:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--param {printable(one)}: write NAME=VALUE.")
        if name in found:
            raise click.UsageError(f"--param {printable(name)} is given twice.")
        if name in FRACTIONS and not re.fullmatch(r"-?[0-9]{1,18}([./][0-9]{1,18})?", value):
            raise refuse("governance.bad_parameter", f"{printable(value[:40])!r} is not a number such as 2/3, 0.5 or 17.", name)
        found[name] = value
    return found


def _read(file: str) -> Ballots:
    """The ballots of a file, by its ending.

    Raises:
        BadInput: `governance.bad_file`, `cli.not_utf8`.
    """
    path = Path(file)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise click.UsageError(f"{printable(path.name)}: a file of ballots ends in {', '.join(ENDINGS)}.")
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise bad_input("governance.bad_file", f"The file has {size} bytes; ballots of more than {BYTES_MAX} are not read.", "file")
    data = path.read_bytes()
    if ending == ".pb":
        return _read_pb(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise bad_input("cli.not_utf8", f"{printable(path.name)} is not UTF-8 text.", "file") from None
    return _read_blt(text) if ending == ".blt" else _read_preflib(text)


def _read_pb(data: bytes) -> Ballots:
    from ..governance.formats.pabulib import read_pb

    read = read_pb(data)
    names = dict(zip(read.profile.options, read.names, strict=True)) if read.names else {}
    title = read.meta.get("description", "").strip('"')
    defaults = {"threshold": str(read.threshold)}
    return Ballots(read.profile, names, title, defaults, budget=read.budget, unit=10**read.digits, pb=read)


def _read_blt(text: str) -> Ballots:
    """Ids are the numbers of the file, which those who stay keep when others have withdrawn."""
    from ..governance.counting.ballots import Rankings
    from ..governance.formats.blt import read_blt

    read = read_blt(text)
    every = read.profile.options
    ids = [str(number + 1) for number in range(len(every)) if number not in read.withdrawn]
    names = {id_: every[int(id_) - 1] for id_ in ids}
    profile = Rankings(tuple(ids), read.standing().ballots)
    return Ballots(profile, names, read.title, {"seats": str(read.seats)}, [str(number + 1) for number in read.withdrawn])


def _read_preflib(text: str) -> Ballots:
    from ..governance.counting.ballots import Rankings
    from ..governance.formats.preflib import read_preflib

    read = read_preflib(text)
    ids = tuple(str(number + 1) for number in range(len(read.options)))
    return Ballots(Rankings(ids, read.ballots), dict(zip(ids, read.options, strict=True)))


def _fitting(ballots: Ballots, method: Method) -> Profile:
    """The ballots as the rule takes them: rankings of projects give points where points are counted."""
    profile = ballots.profile
    if ballots.pb is not None and not isinstance(profile, method.takes):
        points = ballots.pb.scored()
        return points if isinstance(points, method.takes) else profile
    return profile


def _counted(ballots: Ballots, method: Method, said: dict[str, str], order: str | None, seed: str | None) -> dict[str, Any]:
    """Everything about a count, as plain values."""
    import msgspec

    from ..governance.counting import methods
    from ..governance.counting.ballots import profile_hash
    from ..governance.tally import note_of, rounds_of, ties_of

    profile = _fitting(ballots, method)
    options = profile.options
    column = _column(ballots, method, said)
    if "default" in said and method.name == "debian":
        said["default"] = _id(ballots, said["default"])
    takes = {one.encode_name for one in msgspec.structs.fields(method.parameters)}
    given = {name: value for name, value in ballots.defaults.items() if name in takes} | said
    how, ties = _order(ballots, options, order, seed)
    scores = ballots.pb.score if ballots.pb is not None and column else None
    outcome = methods.count(method.name, methods.Election(profile, ties, ballots.budget, scores, ballots.unit), given)
    parameters = msgspec.to_builtins(methods.parameters_of(method, given))
    if "increment" in parameters:
        parameters["increment"] = parameters["increment"] or ballots.unit
    if method.name == "debian" and not parameters["default"]:
        parameters["default"] = options[-1]
    if method.name == "greedy":
        parameters["score"] = "file" if column else "ballots"
    winners = [options[number] for number in outcome.winners]
    told: dict[str, Any] = {
        "rule": method.name, "version": method.version, "parameters": parameters,
        "options": [{"id": id_} | ({"name": ballots.names[id_]} if id_ in ballots.names else {}) for id_ in options],
        "ballots": {"count": profile.count, "sha256": profile_hash(profile)}, "winners": winners, "rounds": rounds_of(outcome, options),
        "ties": ties_of(outcome, options), "note": note_of(outcome.note, options), "title": ballots.title,
        "order": {"from": how, "options": [options[number] for number in ties]},
    }  # fmt: skip
    if ballots.withdrawn:
        told["withdrawn"] = ballots.withdrawn
    if ballots.budget is not None:
        told["budget"] = {"total": ballots.budget.total, "unit": ballots.unit}
    if ballots.pb is not None and ballots.pb.selected:
        selected = [ballots.pb.profile.options[number] for number in ballots.pb.selected]
        more, fewer = [one for one in winners if one not in selected], [one for one in selected if one not in winners]
        told["official"] = {"selected": selected, "same": not more and not fewer, "more": more, "fewer": fewer}
    return told


def _column(ballots: Ballots, method: Method, said: dict[str, str]) -> bool:
    """Whether greedy goes by the scores that the file has itself; `score` is a parameter of this command, not of the rule."""
    has = ballots.pb is not None and ballots.pb.score is not None
    if method.name != "greedy" or "score" not in said:
        return has
    choice = said.pop("score")
    if choice not in ("file", "ballots"):
        raise refuse("governance.bad_parameter", f"{choice!r}: the score is that of the file, or of the ballots: file or ballots.", "score")
    if choice == "file" and not has:
        raise refuse("governance.bad_parameter", "The file has no column of scores: score=ballots.", "score")
    return choice == "file"


def _id(ballots: Ballots, text: str) -> str:
    """The id of an option that is named by id, or by a name that one alone has."""
    if text in ballots.profile.options:
        return text
    named = [id_ for id_, name in ballots.names.items() if name == text]
    return named[0] if len(named) == 1 else text


def _order(ballots: Ballots, options: tuple[str, ...], order: str | None, seed: str | None) -> tuple[str, tuple[int, ...]]:
    """Who is earlier wins a tie: from a list, by lot from a seed, or as in the file."""
    from ..sortition import lot

    if seed is not None:
        return "seed", lot(seed.encode("utf-8", "surrogateescape"), options)
    if order is None:
        return "file", tuple(range(len(options)))
    place = {id_: number for number, id_ in enumerate(options)}
    named = [_id(ballots, one.strip()) for one in order.split(",")]
    if sorted(named) != sorted(options):
        wrong = (
            [one for one in named if one not in place]
            or [one for one in options if one not in named]
            or [one for one in named if named.count(one) > 1]
        )
        raise click.UsageError(f"--order lists each option once; look at {printable(wrong[0][:40])!r}.")
    return "given", tuple(place[one] for one in named)


def _print(told: dict[str, Any]) -> None:
    names = {one["id"]: one.get("name", "") for one in told["options"]}

    def called(id_: str) -> str:
        return printable(f"{id_} {names[id_]}" if names.get(id_) not in ("", id_) else id_)

    brief = called if _names_are_short(told) else printable
    if told["title"]:
        click.echo(printable(told["title"]))
    params = ", ".join(f"{name} {value}" for name, value in told["parameters"].items())
    click.echo(
        f"{counted(told['ballots']['count'], 'ballot')}, {counted(len(told['options']), 'option')}, by {told['rule']}{f' ({params})' if params else ''}"
    )
    if told.get("withdrawn"):
        click.echo(f"Withdrawn, and taken out of the ballots: {', '.join(told['withdrawn'])}")
    click.echo(f"\n{counted(len(told['winners']), 'winner')}:" if told["winners"] else "\nNobody wins.")
    for place, one in enumerate(told["winners"], 1):
        click.echo(f"  {place}. {called(one)}")
    if told["rounds"]:
        click.echo("\nRounds:")
    for line in round_lines(told["rounds"], brief):
        click.echo(f"  {line}")
    origin = {"file": "the order of the file", "given": "the order that was given", "seed": "the lot from the seed"}[told["order"]["from"]]
    for line in tie_lines(told["ties"], brief, origin):
        click.echo(f"  {line}")
    notes = ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in told["note"].items() if len(text) <= 200)
    if notes:
        click.echo(f"\n{notes}")
    if "budget" in told:
        unit = "" if told["budget"]["unit"] == 1 else f" (amounts are in parts of 1/{told['budget']['unit']})"
        click.echo(f"Budget {told['budget']['total']}{unit}")
    drawn = sum(one["by"] == "order" for one in told["ties"])
    click.echo(f"Ties broken by {origin}: {drawn or 'none'}.")
    if "official" in told:
        _print_official(told["official"], brief)
    click.echo(f"Ballots sha256 {told['ballots']['sha256']}")


def _names_are_short(told: dict[str, Any]) -> bool:
    """Whether names can stand in every line; those of projects are long."""
    return all(len(one.get("name", "")) <= NAME_SHOWN for one in told["options"])


def _print_official(official: dict[str, Any], called: Callable[[str], str]) -> None:
    if official["same"]:
        click.echo(f"The same as the official result ({len(official['selected'])} selected).")
        return
    click.echo(f"The official result differs ({len(official['selected'])} selected).")
    for label, ids in (("here and not there", official["more"]), ("there and not here", official["fewer"])):
        if ids:
            click.echo(f"  {label}: {', '.join(map(called, ids))}")
