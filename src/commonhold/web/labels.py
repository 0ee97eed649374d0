"""Words for what the journal says in one word."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STATES = {
    "claimed": _("claimed"),
    "validated": _("validated"),
    "refused": _("refused"),
    "appealed": _("appealed"),
    "withdrawn": _("withdrawn"),
}
PAYMENTS = {
    "paid": _("paid"),
    "to be paid": _("to be paid"),
    "partly paid": _("partly paid"),
    "held until the identity is claimed": _("held until the identity is claimed"),
}
SOURCES = {
    "benefit_share": _("Benefit share"),
    "patronage": _("Patronage"),
    "sale": _("Sales"),
    "grant": _("Grants"),
    "gift": _("Gifts"),
}
UNITS = {
    "second": _("seconds"),
    "minute": _("minutes"),
    "hour": _("hours"),
    "day": _("days"),
    "week": _("weeks"),
    "one": _("units"),
    "kilogram": _("kilograms"),
    "litre": _("litres"),
    "metre": _("metres"),
    "squareMetre": _("square metres"),
    "cubicMetre": _("cubic metres"),
    "kilowattHour": _("kilowatt hours"),
    "line": _("lines"),
    "piece": _("pieces"),
    "page": _("pages"),
    "word": _("words"),
    "test": _("tests"),
}
UNITS_ONE = {
    "second": _("second"),
    "minute": _("minute"),
    "hour": _("hour"),
    "day": _("day"),
    "week": _("week"),
    "one": _("unit"),
    "kilogram": _("kilogram"),
    "litre": _("litre"),
    "metre": _("metre"),
    "squareMetre": _("square metre"),
    "cubicMetre": _("cubic metre"),
    "kilowattHour": _("kilowatt hour"),
    "line": _("line"),
    "piece": _("piece"),
    "page": _("page"),
    "word": _("word"),
    "test": _("test"),
}
VERDICTS = {"accept": _("accepts"), "adjust": _("adjusts"), "refuse": _("refuses"), "appeal": _("appeals")} | {
    "contest": _("objects"),
    "decline": _("does not judge it"),
    "withdraw": _("takes it back"),
}
HOW = {
    "attested": _("in the journal"),
    "committed": _("committed it"),
    "merged": _("merged it"),
    "reviewed": _("reviewed it"),
    "acked": _("acknowledged it"),
    "tested": _("tested it"),
}
REPAYMENT = {
    "while_it_lasts": _("shares while it lasts"),
    "until_repaid": _("shares until it is repaid"),
    "once": _("shares once"),
    "never": _("does not share"),
}
TYPES = {
    "Person": _("Person"),
    "Organization": _("Organization"),
    "EcologicalAgent": _("Part of nature"),
    "Identity": _("Unclaimed identity"),
    "foundation": _("Foundation"),
    "enterprise": _("Enterprise"),
    "institute": _("Institute"),
    "commons": _("Another commons"),
    "association": _("Association"),
    "public": _("Public body"),
    "ecological": _("Part of nature"),
    "other": _("Organization"),
}
MEMBERSHIPS = {"member": _("member"), "asking": _("asks to be let in"), "left": _("former member"), "expelled": _("expelled")}
SHOWS = {
    "members": _("Members"),
    "identities": _("Unclaimed identities"),
    "organizations": _("Organizations"),
    "former": _("Former members"),
}
ROLLS = {"producer": _("producer"), "user": _("user")}
STEPS = {"month": _("month"), "quarter": _("quarter"), "year": _("year")}
PHASES = {
    "seconds": _("waits for members who want a vote on it"),
    "discussion": _("discussion"),
    "voting": _("voting"),
    "objections": _("open to objections"),
    "support": _("gathers support"),
    "due": _("to be counted"),
    "closed": _("decided"),
}
QUESTIONS = {
    "charter": _("Charter"),
    "fork": _("A part goes on by itself"),
    "role": _("Role"),
    "member": _("Membership"),
    "steward": _("Steward"),
    "recall": _("Recall"),
    "money": _("Money"),
    "budget": _("Budget"),
    "grant": _("Grant by lasting support"),
    "election": _("Election"),
    "statement": _("Statement"),
}
OUTCOMES = {
    "carried": _("carried"),
    "rejected": _("rejected"),
    "blocked": _("blocked by an objection"),
    "lapsed": _("lapsed: too few wanted a vote"),
    "stale": _("carried, but what it was to change is no longer there"),
    "withdrawn": _("withdrawn"),
}
ELECTORATES = {"member": _("members"), "producer": _("producers"), "user": _("users"), "domain": _("who has standing in the field")}
COUNTS = {
    "yes_no": _("yes or no"),
    "consent": _("consent"),
    "lazy": _("lazy consensus"),
    "approval": _("most approvals"),
    "stv": _("single transferable vote"),
    "schulze": _("Schulze"),
    "equal_shares": _("Equal Shares"),
    "conviction": _("lasting support"),
    "irv": _("instant runoff"),
    "phragmen_panel": _("Phragmén, for a panel"),
    "phragmen": _("Phragmén"),
    "greedy": _("most votes first"),
    "debian": _("yes or no"),
}
EVENTS = {
    "counted": _("counted"),
    "dropped": _("dropped"),
    "elected": _("elected"),
    "excluded": _("taken out"),
    "surplus": _("surplus passed on"),
    "funded": _("funded"),
    "skipped": _("passed over"),
    "no_majority": _("no majority"),
}
FIGURES = {
    "percent": _("Percent of the total"),
    "percent_left": _("Percent of what is left"),
    "amount": _("Amount in each distribution"),
    "monthly": _("Amount for each month"),
    "at_least": _("At least, each"),
    "at_most": _("At most, each"),
    "at_most_percent": _("At most, percent of the step, each"),
    "drop_below": _("Nothing below"),
    "last_days": _("Only of the last … days"),
    "half_life_days": _("Half as much after … days"),
    "active_days": _("Active in the last … days"),
    "active_contributions": _("Contributions in this time"),
    "full_at": _("In full from … contributions on"),
}
JOBS = {"sheet": _("Import of a sheet"), "commits": _("Import of a history"), "verify": _("Verification"), "backup": _("Backup")}
JOB_STATES = {"waiting": _("waiting"), "running": _("running"), "done": _("done"), "failed": _("failed"), "cancelled": _("cancelled")}
ALL = {
    "job": JOBS,
    "jobstate": JOB_STATES,
    "phase": PHASES,
    "question": QUESTIONS,
    "outcome": OUTCOMES,
    "electorate": ELECTORATES,
    "count": COUNTS,
    "event": EVENTS,
    "state": STATES,
    "payment": PAYMENTS,
    "source": SOURCES,
    "unit": UNITS,
    "one": UNITS_ONE,
    "verdict": VERDICTS,
    "how": HOW,
    "repayment": REPAYMENT,
    "step": STEPS,
    "type": TYPES,
    "membership": MEMBERSHIPS,
    "roll": ROLLS,
}


def label(family: str, word: str) -> str:
    """The label of a word; the word itself where there is none (a currency as a unit)."""
    return str(ALL[family].get(word, word))
