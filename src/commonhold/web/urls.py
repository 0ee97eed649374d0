"""The addresses of pages; each has a sibling that ends in `.json`, and a table one that ends in `.csv`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import re_path

from .assets import static
from .libraries import library
from .views.agents import agent
from .views.charter import charter, charter_text
from .views.commons import commons
from .views.contribution_acts import ACTS as WORK_ACTS
from .views.contribution_acts import act_on_contribution, evidence_file
from .views.contributions import contribution, contributions
from .views.decision_acts import act
from .views.decisions import ACTS, decision, decisions
from .views.delegation import delegate, delegation
from .views.desk import desk, identities
from .views.desk import members as desk_members
from .views.desk_acts import desk_act
from .views.desk_charter import desk_charter
from .views.desk_data import desk_data
from .views.desk_exports import desk_export
from .views.distributions import distribution, distributions, share
from .views.feeds import feed
from .views.flows import event, flows
from .views.home import home
from .views.incomes import income, incomes, new_income, reverse_income
from .views.jobs import job, jobs
from .views.join import join
from .views.journal import entry, journal
from .views.keys import export, keys
from .views.language import language
from .views.log import former_address, log
from .views.market import market
from .views.me import my_page
from .views.money import money, payouts
from .views.notifications import notifications
from .views.offer import offer, request
from .views.payouts import pay, payment_sheet, sepa
from .views.people import people
from .views.plans import plan, plans
from .views.previews import new_distribution, why
from .views.processes import process, processes
from .views.profile import profile
from .views.promises import commitment, intent, tasks
from .views.propose import propose
from .views.record import event as record_event
from .views.record import record
from .views.repayment import repayment
from .views.resources import resource, resources
from .views.search import search, search_node
from .views.sheet import sheet, sheet_template
from .views.sign_in import sign_in, sign_out
from .views.stewards import resign, standing, stewards
from .views.take import give_back, take
from .views.validate import accept_several, act_on_batch, validate
from .views.whatif import what_if
from .views.worth import trace, worth

_COMMONS = r"(?P<commons>[a-z0-9][a-z0-9-]{0,40})"
_NUMBER = r"(?P<number>[1-9][0-9]{0,8})"
_AGENT = r"(?P<agent>(?:did:key:|org:|id:)[A-Za-z0-9-]{1,80})"
_ID = r"(?P<id_>[!-~]{1,200})"
"""Any visible ASCII, slashes too: so nothing stands below it."""


def _both(path: str, view: Callable[..., Any]) -> list[Any]:
    return [re_path(rf"^{path}/\Z", view), re_path(rf"^{path}\.json\Z", view, {"as_json": True})]


def _table(path: str, view: Callable[..., Any]) -> list[Any]:
    return [*_both(path, view), re_path(rf"^{path}\.csv\Z", view, {"as_csv": True})]


urlpatterns = [
    re_path(r"^\Z", home),
    re_path(r"^index\.json\Z", home, {"as_json": True}),
    re_path(r"^static/(?P<digest>[0-9a-f]{12})/(?P<name>[a-z.]+)\Z", static),
    re_path(r"^static/library/(?P<name>[a-z/_.-]+)\Z", library),
    *_both("-/search", search_node),
    re_path(r"^-/language/\Z", language),
    *_both(_COMMONS, commons),
    *_both(f"{_COMMONS}/search", search),
    re_path(rf"^{_COMMONS}/feed\.atom\Z", feed),
    re_path(rf"^{_COMMONS}/(?P<only>decisions)/feed\.atom\Z", feed),
    *_table(f"{_COMMONS}/people", people),
    *_both(f"{_COMMONS}/charter", charter),
    re_path(rf"^{_COMMONS}/charter\.toml\Z", charter_text),
    *_both(f"{_COMMONS}/charter/{_NUMBER}", charter),
    re_path(rf"^{_COMMONS}/charter/{_NUMBER}\.toml\Z", charter_text),
    *_both(f"{_COMMONS}/agents/{_AGENT}", agent),
    *_table(f"{_COMMONS}/contributions", contributions),
    *_both(rf"{_COMMONS}/contributions/(?P<position>[0-9]{{1,15}})", contribution),
    *_table(f"{_COMMONS}/money", money),
    *_table(f"{_COMMONS}/incomes", incomes),
    re_path(rf"^{_COMMONS}/incomes/new/\Z", new_income),
    *_both(rf"{_COMMONS}/incomes/(?P<position>[0-9]{{1,15}})", income),
    re_path(rf"^{_COMMONS}/incomes/(?P<position>[0-9]{{1,15}})/reverse/\Z", reverse_income),
    *_table(f"{_COMMONS}/payouts", payouts),
    *_table(f"{_COMMONS}/what-if", what_if),
    *_table(f"{_COMMONS}/distributions", distributions),
    *_table(f"{_COMMONS}/distributions/new", new_distribution),
    *_both(f"{_COMMONS}/distributions/new/{_AGENT}", why),
    *_table(f"{_COMMONS}/distributions/{_NUMBER}", distribution),
    re_path(rf"^{_COMMONS}/distributions/{_NUMBER}/pay/\Z", pay),
    re_path(rf"^{_COMMONS}/distributions/{_NUMBER}/sepa/\Z", sepa),
    re_path(rf"^{_COMMONS}/distributions/{_NUMBER}/payments\.csv\Z", payment_sheet),
    re_path(rf"^{_COMMONS}/repayment/\Z", repayment),
    *_both(f"{_COMMONS}/distributions/{_NUMBER}/{_AGENT}", share),
    *_table(f"{_COMMONS}/journal", journal),
    *_both(rf"{_COMMONS}/journal/(?P<position>[0-9]{{1,15}})", entry),
    *_both(f"{_COMMONS}/flows", flows),
    *_both(f"{_COMMONS}/events/{_ID}", event),
    *_both(f"{_COMMONS}/resources", resources),
    *_both(f"{_COMMONS}/resources/{_ID}", resource),
    *_both(f"{_COMMONS}/traces/{_ID}", trace),
    *_both(f"{_COMMONS}/worth/{_ID}", worth),
    *_both(f"{_COMMONS}/processes", processes),
    *_both(f"{_COMMONS}/processes/{_ID}", process),
    *_both(f"{_COMMONS}/plans", plans),
    *_both(f"{_COMMONS}/plans/{_ID}", plan),
    *_both(f"{_COMMONS}/market", market),
    *_both(f"{_COMMONS}/tasks", tasks),
    *_both(f"{_COMMONS}/intents/{_ID}", intent),
    *_both(f"{_COMMONS}/commitments/{_ID}", commitment),
    *_both(f"{_COMMONS}/decisions", decisions),
    *_both(f"{_COMMONS}/decisions/{_NUMBER}", decision),
    *_both(f"{_COMMONS}/delegation", delegation),
    *_both(f"{_COMMONS}/stewards", stewards),
    re_path(rf"^{_COMMONS}/stewards/(?P<domain>[a-z0-9][a-z0-9_-]{{0,40}})/resign/\Z", resign),
    *_both(f"{_COMMONS}/standing/(?P<domain>[a-z0-9][a-z0-9_-]{{0,40}})/{_AGENT}", standing),
    re_path(rf"^{_COMMONS}/decisions/new/\Z", propose),
    re_path(rf"^{_COMMONS}/decisions/{_NUMBER}/(?P<act>{'|'.join(ACTS)})/\Z", act),
    re_path(rf"^{_COMMONS}/delegation/set/\Z", delegate),
    *_both(f"{_COMMONS}/record", record),
    re_path(rf"^{_COMMONS}/record/contribution/\Z", former_address),
    re_path(rf"^{_COMMONS}/log/\Z", log),
    re_path(rf"^{_COMMONS}/log/sheet/\Z", sheet),
    re_path(rf"^{_COMMONS}/log/sheet/template\.csv\Z", sheet_template),
    re_path(rf"^{_COMMONS}/contributions/(?P<position>[0-9]{{1,15}})/(?P<act>{'|'.join(WORK_ACTS)})/\Z", act_on_contribution),
    re_path(rf"^{_COMMONS}/files/(?P<sha256>[0-9a-f]{{64}})/\Z", evidence_file),
    *_table(f"{_COMMONS}/validate", validate),
    re_path(rf"^{_COMMONS}/validate/several/\Z", accept_several),
    re_path(rf"^{_COMMONS}/validate/batch/(?P<number>[0-9]{{1,15}})/(?P<verdict>accept|refuse)/\Z", act_on_batch),
    re_path(rf"^{_COMMONS}/record/event/\Z", record_event),
    re_path(rf"^{_COMMONS}/record/offer/\Z", offer),
    re_path(rf"^{_COMMONS}/record/request/\Z", request),
    re_path(rf"^{_COMMONS}/take/{_ID}/\Z", take),
    re_path(rf"^{_COMMONS}/give-back/{_ID}/\Z", give_back),
    re_path(rf"^{_COMMONS}/join/\Z", join),
    *_both(f"{_COMMONS}/me", my_page),
    re_path(rf"^{_COMMONS}/me/profile/\Z", profile),
    re_path(rf"^{_COMMONS}/me/keys/\Z", keys),
    re_path(rf"^{_COMMONS}/me/notifications/\Z", notifications),
    re_path(rf"^{_COMMONS}/me/keys/export/\Z", export),
    *_both(f"{_COMMONS}/desk", desk),
    *_both(f"{_COMMONS}/desk/members", desk_members),
    *_both(f"{_COMMONS}/desk/identities", identities),
    re_path(rf"^{_COMMONS}/desk/do/\Z", desk_act),
    re_path(rf"^{_COMMONS}/desk/charter/\Z", desk_charter),
    re_path(rf"^{_COMMONS}/desk/data/\Z", desk_data),
    re_path(rf"^{_COMMONS}/desk/export/(?P<what>[a-z-]{{1,20}})/\Z", desk_export),
    *_both(f"{_COMMONS}/desk/jobs", jobs),
    *_both(f"{_COMMONS}/desk/jobs/{_NUMBER}", job),
    re_path(rf"^{_COMMONS}/sign-in/\Z", sign_in),
    re_path(rf"^{_COMMONS}/sign-out/\Z", sign_out),
]
