"""Figures of a policy, turned in the text of a charter: just these change, and all else stays as it was written."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import CHARTER

from commonhold.commons.charter import CharterSource, check_charter, read_toml
from commonhold.node.composition import CHARTER_SECTIONS
from commonhold.problems import Refused
from commonhold.sharing.turned import Figure, figures, read_turns, turned_text, turned_values

EXAMPLE = (Path(__file__).parent.parent.parent / "examples" / "libre-solar" / "charter.toml").read_text(encoding="utf-8")
STEPS = CHARTER.partition("[[sharing.steps]]")[0]


def values_of(text: str) -> Any:
    source = read_toml(text)
    assert isinstance(source, CharterSource)
    return source.values


def known(text: str, fund: str = "") -> dict[str, Figure]:
    return {one.name: one for one in figures(values_of(text), fund)}


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_the_figures_of_a_fund_are_those_of_its_steps() -> None:
    common, box = known(EXAMPLE, "common"), known(EXAMPLE, "box")
    assert common["steps.upstream.percent"].value == "5" and common["steps.basic-income.active_days"].form == "whole"
    assert common["steps.contributions.weights.loan"].value == "" and common["steps.contributions.weights.review"].value == "0.05"
    assert common["kinds.work.value"].value == "30.00" and "steps.contributions.rest" not in common
    assert set(box) == {"steps.by-flow.out", "kinds.work.value", "kinds.organising.value", "kinds.care.value"}


def test_only_the_turned_figures_change_in_the_text() -> None:
    turned = {"steps.upstream.percent": "7.5", "steps.basic-income.active_days": "30", "kinds.work.value": "31.00"}
    gone, come = changed_lines(EXAMPLE, turned_text(EXAMPLE, turned))
    assert gone == ['value = "30.00" # what an hour is worth, for who wants to be repaid', 'percent = "5"', "active_days = 1825"]
    assert come == ['value = "31.00" # what an hour is worth, for who wants to be repaid', 'percent = "7.5"', "active_days = 30"]


def test_weights_come_and_go_in_one_line() -> None:
    turned = {"steps.contributions.weights.code": "2", "steps.contributions.weights.care": "", "steps.contributions.weights.loan": "0.5"}
    gone, come = changed_lines(EXAMPLE, turned_text(EXAMPLE, turned))
    assert len(gone) == len(come) == 1
    assert tomllib.loads(come[0])["weights"] == {
        "code": "2", "documentation": "1.5", "design": "1", "work": "60", "organising": "60", "review": "0.05", "loan": "0.5",
    }  # fmt: skip
    standing = EXAMPLE.partition("[governance.standing]")[2]
    assert turned_text(EXAMPLE, turned).endswith(standing), "other weights stay as they are"


def test_weights_in_a_table_of_their_own() -> None:
    text = f'{STEPS}[[sharing.steps]]\r\nid = "a"\r\nto = "contributions"\r\nrest = true\r\n[sharing.steps.weights] # here\r\nwork = "1" # an hour\r\ncode = "2"\r\n\r\n[validation]\r\nquorum = 2\r\n'
    text = (
        text.replace("[validation]\nquorum = 2\nhistory", "[imports]\nkind = 'code'\n# history")
        .replace("lazy_days = 14\n", "")
        .replace(' = ["committed", "reviewed", "merged"]', "")
    )
    made = turned_text(text, {"steps.a.weights.work": "3", "steps.a.weights.code": "", "steps.a.weights.loan": "4"})
    assert 'work = "3" # an hour\r\nloan = "4"\r\n\r\n[validation]' in made and "code =" not in made.partition("weights")[2]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_step_is_left_out_with_all_that_is_its(place: int) -> None:
    parts = [
        '[[sharing.steps]]\nid = "one"\npercent = "10"\nto = "reserve"\n\n',
        '# about two\n[[sharing.steps]] # two\nid = "two"\nto = "contributions"\namount = "5.00"\n[sharing.steps.weights]\nwork = "1"\n\n',
        '# about three\n[[sharing.steps]]\nid = "three"\nto = "members"\nrest = true\n',
    ]  # fmt: skip
    text = STEPS + "".join(parts)
    name = ("one", "two", "three")[place]
    made = turned_text(text, {f"steps.{name}.out": "1"})
    left = [step["id"] for step in tomllib.loads(made)["sharing"]["steps"]]
    assert left == [one for one in ("one", "two", "three") if one != name]
    assert made.count("# about") == 2 and len(made.splitlines()) < len(text.splitlines())


@pytest.mark.parametrize(
    "steps",
    [
        'sharing = { steps = [{ id = "a", to = "reserve", percent = "10" }] }\n',
        '[[sharing.steps]]\nid = "a"\nto = "reserve"\n"percent" = "10"\n',
        '[[sharing.steps]]\nid = "a"\nto = "reserve"\npercent = """10"""\n',
        '[["sharing".steps]]\nid = "a"\nto = "reserve"\npercent = "10"\n',
    ],
)
def test_what_stands_there_in_another_form_is_refused_and_never_changed_wrongly(steps: str) -> None:
    text = steps + STEPS if steps.startswith("sharing") else STEPS + steps
    assert known(text)["steps.a.percent"].value == "10"
    with pytest.raises(Refused) as refused:
        turned_text(text, {"steps.a.percent": "20"})
    assert refused.value.code == "sharing.not_plain"


def test_words_that_look_like_a_step_mislead_nobody() -> None:
    text = STEPS.replace('purpose = "To be tested."', 'purpose = """To be\n[[sharing.steps]]\npercent = "10"\n"""') + (
        '[[sharing.steps]]\nid = "a"\nto = "reserve"\npercent = "10"\n'
    )  # fmt: skip
    with pytest.raises(Refused):
        turned_text(text, {"steps.a.percent": "20"})


@pytest.mark.parametrize(
    ("name", "text", "turned", "wrong"),
    [
        ("steps.upstream.percent", "7,5", "7.5", False),
        ("steps.upstream.percent", " 5.0 ", None, False),
        ("steps.upstream.percent", "", None, True),
        ("steps.upstream.percent", "-1", None, True),
        ("steps.upstream.percent", "1e3", None, True),
        ("steps.upstream.percent", '5"\nto = "reserve', None, True),
        ("steps.basic-income.active_days", "30.5", None, True),
        ("steps.basic-income.active_days", "0", None, True),
        ("steps.contributions.weights.code", "0", "", False),
        ("steps.contributions.weights.loan", "0.0", None, False),
        ("steps.contributions.weights.loan", "1", "1", False),
        ("steps.repay.out", "1", "1", False),
        ("steps.repay.out", "yes", None, True),
        ("steps.nobody.percent", "5", None, False),
    ],
)
def test_what_was_entered_is_read(name: str, text: str, turned: str | None, wrong: bool) -> None:
    found, problems = read_turns(known(EXAMPLE).values(), {name: text})
    assert found == ({} if turned is None else {name: turned})
    assert [problem.field for problem in problems] == ([name] if wrong else [])


@given(st.data())
def test_any_turn_gives_the_charter_that_was_meant(data: st.DataObject) -> None:
    """Whatever is turned together: the text reads as the values say, and, turned back, is the policy in force again."""
    turned: dict[str, str] = {}
    for figure in data.draw(st.lists(st.sampled_from(figures(values_of(EXAMPLE))), unique=True, max_size=8)):
        text = {
            "out": st.just("1"), "whole": st.integers(1, 3_000).map(str), "percent": st.integers(1, 20).map(str),
            "money": st.integers(0, 10**6).map(lambda n: f"{n // 100}.{n % 100:02d}"), "weight": st.sampled_from(["", "1", "0.000001", "12.5"]),
        }[figure.form]  # fmt: skip
        turned[figure.name] = data.draw(text)
    found, problems = read_turns(figures(values_of(EXAMPLE)), turned)
    assert problems == []
    made = turned_text(EXAMPLE, found)
    assert values_of(made) == turned_values(values_of(EXAMPLE), found)
    if not any(name.endswith(".out") or ".weights." in name for name in found):
        assert check_charter(made, CHARTER_SECTIONS) == []
        assert values_of(turned_text(made, {name: known(EXAMPLE)[name].value for name in found})) == values_of(EXAMPLE)
