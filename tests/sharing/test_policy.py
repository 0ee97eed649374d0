"""What a bad policy is told: the line, the field, and what would be right."""

from __future__ import annotations

import pytest
from world import CHARTER

from commonhold.commons.charter import check_charter
from commonhold.node.composition import CHARTER_SECTIONS
from commonhold.sharing.policy import Step, point_weights, review_weight

HEAD = CHARTER.partition("[[sharing.steps]]")[0]
FIRST = HEAD.count("\n") + 1
"""The line of `[[sharing.steps]]` of the first step."""

WORK = 'id = "a"\nto = "contributions"\nrest = true\nweights = { work = "1" }\n'
"""A step in order, of which most cases below change one line or add one."""

GALLERY = [
    # (the step, line after [[sharing.steps]], code, field, part of the message)
    (WORK.replace("rest = true\n", ""), 1, "bad_policy", "id", "one of percent, amount, monthly or rest; this one has none"),
    (WORK + 'percent = "5"\n', 3, "bad_policy", "rest", "this one has percent and rest"),
    (WORK + 'amount = "5"\npercent = "5"\n', 5, "bad_policy", "amount", "percent and amount and rest"),
    (WORK.replace("rest = true", 'percent = "0"'), 3, "bad_amount", "percent", "not between 0 and 100"),
    (WORK.replace("rest = true", 'percent = "100.1"'), 3, "bad_amount", "percent", "not between 0 and 100"),
    (WORK.replace("rest = true", 'percent = "-5"'), 3, "bad_amount", "percent", "not an amount"),
    (WORK.replace("rest = true", 'percent = "5 %"'), 3, "bad_amount", "percent", "write digits"),
    (WORK.replace("rest = true", 'percent = "1.00005"'), 3, "bad_amount", "percent", "more than 4 digits"),
    (WORK.replace("rest = true", "percent = 5"), 3, "bad_field", "percent", "Expected `str`, got `int`"),
    (WORK.replace("rest = true", 'amount = "1,50"'), 3, "bad_amount", "amount", "a point before the fraction"),
    (WORK.replace("rest = true", 'amount = "1.505"'), 3, "bad_amount", "amount", "more than 2 digits"),
    (WORK.replace("rest = true", 'monthly = "1e3"'), 3, "bad_amount", "monthly", "write digits"),
    (WORK.replace("rest = true", 'rest = "yes"'), 3, "bad_field", "rest", "Expected `bool`"),
    (WORK.replace('id = "a"', 'id = "A b"'), 1, "bad_field", "id", "This is not a short name"),
    (WORK.replace('id = "a"\n', ""), 0, "bad_field", "", "missing required field `id`"),
    (WORK.replace('to = "contributions"', 'to = "peers"'), 2, "bad_field", "to", "Invalid enum value 'peers'"),
    (WORK.replace("weights", "weight"), 4, "bad_field", "weight", "unknown field `weight`"),
    (WORK.replace('weights = { work = "1" }', ""), 0, "bad_policy", "weights", "by_value = true"),
    (WORK + "by_value = true\n", 4, "bad_policy", "weights", "by_value = true"),
    (WORK.replace('work = "1"', 'work = "x"'), 4, "bad_amount", "weights", "work: 'x' is not an amount"),
    (WORK.replace('work = "1"', "work = 1"), 4, "bad_field", "weights", "Expected `str`, got `int`"),
    (WORK.replace('work = "1"', 'work = "1000000000"'), 4, "bad_amount", "weights", "too large for a weight"),
    (WORK.replace('work = "1"', 'poetry = "1"'), 4, "unknown_kind", "weights", "'poetry' is no kind"),
    (WORK + 'kinds = ["poetry"]\n', 5, "unknown_kind", "kinds", "'poetry' is no kind"),
    (WORK + 'domains = ["sales"]\n', 5, "unknown_domain", "domains", "'sales' is no domain"),
    (WORK + 'since = "yesterday"\n', 5, "bad_date", "since", "2026-11-23"),
    (WORK + 'until = "2026-02-30"\n', 5, "bad_date", "until", "2026-11-23"),
    (WORK + 'since = "2026-02-01"\nuntil = "2026-02-01"\n', 6, "bad_policy", "until", "no day is left"),
    (WORK + 'at_least = "5"\nat_most = "4"\n', 5, "bad_policy", "at_least", "nobody can get both"),
    (WORK + 'at_most_percent = "0"\n', 5, "bad_amount", "at_most_percent", "not between 0 and 100"),
    (WORK + 'drop_below = "some"\n', 5, "bad_amount", "drop_below", "write digits"),
    (WORK + 'catch_up = true\nat_most = "5"\n', 5, "bad_policy", "catch_up", "does not go with"),
    (WORK + "half_life_days = -1\n", 5, "bad_field", "half_life_days", ">= 0"),
    (WORK + "full_at = 1.5\n", 5, "bad_field", "full_at", "Expected `int`"),
    (WORK + "last_days = 99999\n", 5, "bad_field", "last_days", "<= 36500"),
    (WORK + 'agents = [{ agent = "org:x" }]\n', 5, "bad_policy", "agents", "only these, have agents"),
    (WORK + 'rolls = ["producer"]\n', 5, "bad_policy", "rolls", "no meaning in a step to contributions"),
    (WORK + 'order = "oldest"\n', 5, "bad_policy", "order", "no meaning in a step to contributions"),
    (WORK + 'of = "remaining"\n', 5, "bad_policy", "of", "takes no percent"),
    ('id = "a"\nto = "members"\nrest = true\nweights = { work = "1" }\n', 4, "bad_policy", "weights", "no meaning in a step to members"),
    ('id = "a"\nto = "members"\nrest = true\nrolls = ["boss"]\n', 4, "bad_field", "rolls[0]", "Invalid enum value 'boss'"),
    ('id = "a"\nto = "members"\nrest = true\nat_least = "5"\n', 4, "bad_policy", "at_least", "no meaning in a step to members"),
    ('id = "a"\nto = "members"\nrest = true\nactive_contributions = 3\n', 4, "bad_policy", "active_contributions", "say how many days"),
    ('id = "a"\nto = "agents"\nrest = true\n', 0, "bad_policy", "agents", "Steps to agents or upstream"),
    ('id = "a"\nto = "upstream"\nrest = true\n', 0, "bad_policy", "agents", "Steps to agents or upstream"),
    ('id = "a"\nto = "agents"\nrest = true\nagents = ["org:x"]\n', 4, "bad_field", "agents[0]", "Expected `object`, got `str`"),
    ('id = "a"\nto = "agents"\nrest = true\nagents = [{ agent = "org:x", parts = 0 }]\n', 4, "bad_field", "agents[0].parts", ">= 1"),
    ('id = "a"\nto = "agents"\nrest = true\nagents = [{ agent = "x" }, { agent = "x" }]\n', 4, "bad_policy", "agents", "each agent of a step once"),
    ('id = "a"\nto = "reserve"\nrest = true\nat_most = "5"\n', 4, "bad_policy", "at_most", "no meaning in a step to reserve"),
    ('id = "a"\nto = "repay"\nrest = true\nby_value = true\n', 4, "bad_policy", "by_value", "no meaning in a step to repay"),
    ('id = "a"\nto = "repay"\nrest = true\nkinds = ["poetry"]\n', 4, "unknown_kind", "kinds", "'poetry' is no kind"),
    ('id = "a"\nto = "repay"\nrest = true\ndomains = ["sales"]\n', 4, "unknown_domain", "domains", "'sales' is no domain"),
]


@pytest.mark.parametrize(("step", "line", "code", "field", "message"), GALLERY)
def test_each_mistake_in_a_step_is_told_with_its_line(step: str, line: int, code: str, field: str, message: str) -> None:
    """One mistake, one problem: its code, its line, the field, and words that tell what would be right."""
    found = check_charter(f"{HEAD}[[sharing.steps]]\n{step}", CHARTER_SECTIONS)
    assert [problem.code for problem in found] == [f"charter.{code}"]
    where = f"sharing.steps[0].{field}".rstrip(".")
    assert found[0].field == f"line {FIRST + line}, {where}"
    assert message in found[0].message


def test_mistakes_between_steps_are_told() -> None:
    """Two steps of one name, a rest that is not last, and more than all of the total."""
    steps = [
        'id = "a"\nto = "members"\npercent = "60"\n',
        'id = "b"\nto = "members"\nrest = true\n',
        'id = "a"\nto = "members"\npercent = "5"\n',
    ]
    found = check_charter(HEAD + "".join(f"[[sharing.steps]]\n{step}" for step in steps), CHARTER_SECTIONS)
    assert [problem.field for problem in found] == [f"line {FIRST + 7}, sharing.steps[1].rest", f"line {FIRST + 9}, sharing.steps[2].id"]
    found = check_charter(
        HEAD + "".join(f"[[sharing.steps]]\n{step.replace('5', '41')}" for step in (steps[0], steps[2].replace('"a"', '"c"'))), CHARTER_SECTIONS
    )
    assert [(problem.field, problem.message) for problem in found] == [
        (f"line {FIRST + 7}, sharing.steps[1].percent", "The steps take more than 100 percent of the total.")
    ]


def test_all_mistakes_are_told_at_once() -> None:
    """A charter with three mistakes has three problems, by line."""
    steps = WORK.replace("rest = true", 'percent = "x"') + 'domains = ["sales"]\nrolls = ["user"]\n'
    found = check_charter(f"{HEAD}[[sharing.steps]]\n{steps}", CHARTER_SECTIONS)
    assert [problem.field.rpartition(".")[2] for problem in found] == ["percent", "domains", "rolls"]


@pytest.mark.parametrize(
    ("charter", "field", "message"),
    [
        ("sharing = 3\n" + HEAD, "line 1, sharing", "Expected `object`"),
        (HEAD + "[sharing]\nsteps = 3\n", f"line {FIRST + 1}, sharing.steps", "Expected `array`"),
        (HEAD + "[sharing]\nfunds = []\n", f"line {FIRST + 1}, sharing.funds", "length >= 1"),
        (HEAD + '[sharing]\nfunds = ["a", "a"]\n', f"line {FIRST + 1}, sharing.funds", "each fund once"),
        (HEAD + '[sharing]\nfunds = ["Our fund"]\n', f"line {FIRST + 1}, sharing.funds[0]", "This is not a short name"),
        (
            HEAD + "".join(f'[[sharing.steps]]\nid = "s{n}"\nto = "reserve"\namount = "1"\n' for n in range(51)),
            "line 1, sharing.steps",
            "length <= 50",
        ),
    ],
)
def test_mistakes_in_the_section_are_told(charter: str, field: str, message: str) -> None:
    """Funds and the list of steps."""
    found = check_charter(charter, CHARTER_SECTIONS)
    assert [problem.field for problem in found] == [field]
    assert message in found[0].message


@pytest.mark.parametrize("commons", ['commons = "x"', "commons = 3", "kinds = 3", "[commons]\ncurrency = 3\ndomains = 3\n[kinds.work]"])
def test_a_policy_is_checked_where_other_sections_are_broken(commons: str) -> None:
    """What is wrong elsewhere is told; it is no failure of the program."""
    found = check_charter(f'{commons}\n[[sharing.steps]]\n{WORK}domains = ["firmware"]\nat_least = "1"\nat_most = "2"\n', CHARTER_SECTIONS)
    assert {problem.code for problem in found} & {"charter.bad_field", "charter.missing"}


def test_weights_and_worth_are_whole_numbers() -> None:
    """Weights in millionths, worth in minor units; what weighs nothing or is filtered out does not count."""
    values = {"commons": {"currency": "EUR"}, "kinds": {"work": {"value": "25.50"}, "code": {}, "loan": {}}}
    step = Step(id="s", to="contributions", weights={"work": "1.5", "code": "0", "review": "0.25"})
    assert point_weights(step, values) == {"work": 1_500_000}
    assert review_weight(step) == 250_000
    assert point_weights(Step(id="s", to="contributions", by_value=True), values) == {"work": 2_550, "loan": 100}
    assert point_weights(Step(id="s", to="contributions", by_value=True, kinds=["loan"]), values) == {"loan": 100}
