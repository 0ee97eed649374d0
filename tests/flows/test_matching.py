"""Offers and requests: what fits, why, and what keeps two apart."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.flows.market.great_circle import metres, point
from commonhold.flows.market.listings import Listing, Market, converter, on_offer, side
from commonhold.flows.market.matching import explain, match
from commonhold.flows.vocabulary import EconomicResource, Intent, Measure, Proposal, ResourceSpecification, SpatialThing, Unit

ANA, BO, CY = ("id:" + digit * 32 for digit in "abc")
convert = converter({})


def much(amount, unit="kg"):
    return Measure(hasNumericalValue=str(amount), hasUnit=unit)


def listing(id_, *, proposal=None, **fields):
    intent = Intent(id=id_, **{"action": "transfer", **fields})
    return Listing(intent, on_offer(intent, proposal, convert), proposal)


def offer(id_="o", **fields):
    return listing(id_, **{"provider": ANA, "resourceConformsTo": "apples", "resourceQuantity": much(100), **fields})


def request(id_="r", **fields):
    return listing(id_, **{"receiver": BO, "resourceConformsTo": "apples", "resourceQuantity": much(40), **fields})


def market(**fields):
    return Market(**fields)


def codes(reasons):
    return [reason.code for reason in reasons]


def why_not(one, other, **fields):
    assert match([one, other], market(**fields)) == []
    return codes(explain(one, other, market(**fields)))


def test_a_match_says_how_much_and_why():
    (found,) = match([request(), offer()], market())
    assert (found.offer.intent.id, found.request.intent.id, found.quantity, found.covered, found.rank) == ("o", "r", much(40), 1, 1)
    assert [(reason.code, reason.sentence) for reason in found.reasons] == [
        ("same_action", "Both are about transfer."),
        ("same_specification", "Both are of the specification apples."),
        ("quantity_covers", "The offer covers all of the 40 kg."),
    ]
    assert explain(offer(), request(), market()) == []


# The public cases of intent matching (fkleedorfer/valueflows-shacl, rdf/input/intentmatching), told in our words. Alice would
# make apples in Graz, Bo would take 100 kg of them into the stock that he has there; each case changes one thing.
GRAZ, VIENNA = "wd:Q13298", "wd:Q1741"


def public(id_, place=GRAZ, **fields):
    proposal = Proposal(id=f"p-{id_}", publishes=[id_], eligibleLocation=place)
    return listing(id_, proposal=proposal, **{"action": "produce", "resourceClassifiedAs": ["apple"], "resourceQuantity": much(100), **fields})


ALICE, BOB = {"id_": "i2", "provider": ANA}, {"id_": "i1", "receiver": BO, "resourceInventoriedAs": "stock"}


@pytest.mark.parametrize(
    ("bob", "alice", "stock_at", "fits"),
    [
        pytest.param({}, {}, GRAZ, True, id="match"),
        pytest.param({"finished": False}, {}, GRAZ, True, id="match, not finished said"),
        pytest.param({"place": None}, {}, GRAZ, True, id="match, place by the resource"),
        pytest.param({"receiver": None, "provider": BO}, {}, GRAZ, False, id="both provide"),
        pytest.param({}, {"provider": None, "receiver": ANA}, GRAZ, False, id="both receive"),
        pytest.param({"place": VIENNA}, {}, GRAZ, False, id="places in conflict"),
        pytest.param({"finished": True}, {}, GRAZ, False, id="the request is finished"),
        pytest.param({}, {"finished": True}, GRAZ, False, id="the offer is finished"),
        pytest.param({"place": None}, {}, VIENNA, False, id="wrong place by the resource"),
        pytest.param({"place": VIENNA}, {}, VIENNA, False, id="wrong place"),
        pytest.param({}, {"resourceClassifiedAs": ["pear"]}, GRAZ, False, id="wrong class"),
        pytest.param({"resourceQuantity": much(100, "litre")}, {}, GRAZ, False, id="wrong units"),
    ],
)
def test_the_public_cases(bob, alice, stock_at, fits):
    stock = EconomicResource(id="stock", classifiedAs=["apple"])
    here = market(resources={"stock": stock}, located={"stock": stock_at}, radius=0)
    pair = [public(**{**BOB, **bob}), public(**{**ALICE, **alice})]
    assert bool(match(pair, here)) == fits
    assert bool(explain(*pair, here)) != fits


def test_units_of_one_kind_are_converted_where_the_public_case_asks_for_the_same_unit():
    (found,) = match([public(**BOB, resourceQuantity=much(1, "t")), public(**ALICE)], market(located={"stock": GRAZ}))
    assert (found.quantity, found.covered) == (much("0.1", "t"), Fraction(1, 10))


def test_units_of_the_commons_convert_as_they_say():
    crate, sack = Unit(id="crate", label="crate"), Unit(id="sack", label="sack", omUnitIdentifier="om2:kilogram")
    own = market(convert=converter({"crate": crate, "sack": sack}))
    assert match([offer(resourceQuantity=much(100, "sack")), request()], own)[0].quantity == much(40)
    assert match([offer(resourceQuantity=much(100, "crate")), request(resourceQuantity=much(2, "crate"))], own)
    assert codes(explain(offer(resourceQuantity=much(100, "crate")), request(), own)) == ["units_differ"]


def test_who_offers_and_who_requests():
    task = listing("t", action="work", resourceConformsTo="welding")
    swap = Proposal(id="p", purpose="request")
    assert [side(one) for one in (offer(), request(), task, listing("x"), listing("y", proposal=swap))] == [
        "offer", "request", "request", None, "request",
    ]  # fmt: skip
    assert codes(explain(offer(), offer("o2", provider=BO), market())) == ["not_two_sides"]
    hands = offer(action="work", resourceConformsTo="welding", resourceQuantity=None, effortQuantity=much(4, "h"))
    (found,) = match([task, hands], market())
    assert (found.request.intent.id, found.quantity) == ("t", much(4, "h"))


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({"provider": BO}, {}, ["same_agent"]),
        ({"action": "use"}, {}, ["actions_differ"]),
        ({"action": "work"}, {"action": "deliverService"}, ["actions_differ"]),
        ({"resourceConformsTo": "pears"}, {}, ["specifications_differ"]),
        ({}, {"resourceConformsTo": None}, ["nothing_named"]),
        ({}, {"resourceClassifiedAs": ["organic"]}, ["class_missing"]),
        ({}, {"state": "ripe"}, ["state_differs"]),
        ({"finished": True}, {}, ["finished"]),
        ({"resourceQuantity": much(0)}, {}, ["nothing_open"]),
        ({"resourceQuantity": much(9, "h")}, {}, ["units_differ"]),
        ({"minimumQuantity": much(50)}, {}, ["below_minimum"]),
        ({"resourceQuantity": much(30)}, {"minimumQuantity": much("30000.001", "g")}, ["below_minimum"]),
        ({"hasBeginning": "2026-03-01T00:00:00Z"}, {"hasEnd": "2026-02-28T23:59:59.999999Z"}, ["times_apart"]),
        ({"hasBeginning": "2026-03-01T00:00:00Z"}, {"due": "2026-02-01T00:00:00Z"}, ["due_before_beginning"]),
        ({"hasPointInTime": "2026-03-01T00:00:00Z"}, {"hasBeginning": "2026-03-01T00:00:00.5Z"}, ["times_apart"]),
        ({"resourceConformsTo": "pears", "provider": BO}, {"state": "ripe"}, ["specifications_differ", "state_differs", "same_agent"]),
    ],
)
def test_near_misses_are_explained(one, other, reasons):
    assert why_not(offer(**one), request(**other)) == reasons


@pytest.mark.parametrize(
    ("offered", "requested", "fits"),
    [
        ("produce", "consume", True),
        ("consume", "produce", False),
        ("transfer", "consume", True),
        ("transferCustody", "transfer", False),
        ("use", "use", True),
    ],
)
def test_what_an_action_serves(offered, requested, fits):
    assert bool(match([offer(action=offered), request(action=requested)], market())) == fits


def test_the_very_resource_or_one_that_does_as_well():
    wanted = request(resourceInventoriedAs="bike-7")
    assert codes(match([offer(resourceInventoriedAs="bike-7"), wanted], market())[0].reasons)[1] == "same_resource"
    assert why_not(offer(resourceInventoriedAs="bike-8"), wanted) == ["other_resource"]
    alike = market(specifications={"apples": ResourceSpecification(id="apples", substitutable=True)})
    assert "substitutable" in codes(match([offer(resourceInventoriedAs="bike-8"), wanted], alike)[0].reasons)
    by_stock = market(resources={"bike-7": EconomicResource(id="bike-7", conformsTo="apples")})
    assert match([offer(resourceConformsTo=None, resourceInventoriedAs="bike-7"), request()], by_stock)


def test_classes_of_what_is_offered_come_from_the_resource_and_its_specification_too():
    known = market(
        specifications={"apples": ResourceSpecification(id="apples", resourceClassifiedAs=["fruit"])},
        resources={"crate": EconomicResource(id="crate", classifiedAs=["organic"])},
    )
    assert match([offer(resourceInventoriedAs="crate"), request(resourceClassifiedAs=["organic", "fruit"])], known)
    assert match([offer(resourceInventoriedAs="crate"), request(resourceConformsTo=None, resourceClassifiedAs=["organic"])], known)


HERE, NEAR, FAR = (
    SpatialThing(id="here", lat="52.372773", long="4.898124"),
    SpatialThing(id="near", lat="52.3767127", long="4.8990591"),
    SpatialThing(id="far", lat="51.1531305", long="4.0133683"),
)


def at(place, id_="p", **fields):
    return Proposal(id=id_, eligibleLocation=place, **fields)


def test_places_are_near_or_too_far():
    places = {one.id: one for one in (HERE, NEAR, FAR)}
    near = market(places=places, radius=1_000)
    (found,) = match([offer(proposal=at("here")), request(proposal=at("near"))], near)
    assert dict(found.reasons[-1].values)["metres"] == "442"
    assert why_not(offer(proposal=at("here")), request(proposal=at("far")), places=places, radius=1_000) == ["too_far"]
    assert why_not(offer(proposal=at("here")), request(proposal=at("nowhere")), places=places) == ["other_place"]
    assert match([offer(proposal=at("here")), request()], near), "who names no place comes anywhere"
    assert why_not(offer(proposal=at("here")), request(), places=places, radius=9, located={BO: "far"}) == ["too_far"]


@given(*[st.tuples(st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))] * 2)
def test_distances_are_those_of_the_haversine_formula(one, other):
    (lat, long), (lat2, long2) = ([math.radians(degrees / 1e6) for degrees in pair] for pair in (one, other))
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((long2 - long) / 2) ** 2
    expected = 2 * 6_371_008.8 * math.asin(min(1, math.sqrt(half)))
    exact = metres(*(point(str(Fraction(a, 10**6)), str(Fraction(b, 10**6))) for a, b in (one, other)))
    assert expected - 1.2 < exact < expected + 0.2  # near the antipodes floats are wrong by some centimetres


def test_what_is_no_place_on_earth_has_no_point():
    assert [point(*pair) for pair in (("91", "0"), ("0", "180.1"), ("north", "0"))] == [None] * 3


def test_proposals_for_some_only_and_at_their_time():
    assert match([offer(proposal=Proposal(id="p", proposedTo=[BO])), request()], market())
    assert why_not(offer(proposal=Proposal(id="p", proposedTo=[CY])), request()) == ["not_proposed_to"]
    assert why_not(offer(), request(proposal=Proposal(id="p", proposedTo=[CY]))) == ["not_proposed_to"]
    may = Proposal(id="p", hasBeginning="2023-05-14T15:55:59Z")
    assert why_not(offer(proposal=may), request(proposal=Proposal(id="q", hasEnd="2023-05-01T00:00:00Z"))) == ["proposals_apart"]
    assert why_not(offer(proposal=may), request(due="2023-05-01T00:00:00Z")) == ["due_before_beginning"]


def test_the_price_is_for_what_is_matched():
    price = Intent(id="price", action="transfer", receiver=ANA, resourceConformsTo="EUR", resourceQuantity=much("1.5", "EUR"))
    each = Proposal(id="p", unitBased=True, reciprocal=["price"], publishes=["o"])
    (found,) = match(
        [offer(resourceQuantity=much(1, "kg"), proposal=each), request(resourceQuantity=much(500, "g"))], market(intents={"price": price})
    )
    assert [(one.intent.id, one.quantity) for one in found.in_return] == [("price", much("0.75", "EUR"))]
    assert found.quantity == much(500, "g"), "as much as is wanted: the quantity of the offer is what the price is for"
    by_the_box = offer(resourceQuantity=much(1, "piece"), proposal=each)
    assert why_not(by_the_box, request()) == ["units_differ"], "the price is for a piece, and kilograms are wanted"
    stocked = offer(resourceQuantity=much(1), availableQuantity=much(20), proposal=each)
    (found,) = match([stocked, request()], market(intents={"price": price}))
    assert (found.quantity, found.covered, found.in_return[0].quantity) == (much(20), Fraction(1, 2), much(30, "EUR"))
    whole = Proposal(id="p", reciprocal=["price"])
    (found,) = match([offer(proposal=whole), request()], market(intents={"price": price}))
    assert found.in_return[0].quantity == much("1.5", "EUR"), "not per unit: the price as it stands"


def test_a_barter_of_two_is_seen_and_comes_first():
    wants = Intent(id="wants", action="transfer", receiver=ANA, resourceConformsTo="honey")
    swap = Proposal(id="p", reciprocal=["wants"])
    honey = offer("honey", provider=BO, resourceConformsTo="honey")
    found = match([offer(proposal=swap), request("r1", receiver=CY), request("r2"), honey], market(intents={"wants": wants}))
    assert [(one.request.intent.id, one.barter) for one in found] == [("r2", True), ("r1", False)]
    assert found[0].in_return[0].answered_by == ("honey",)
    back = Intent(id="back", action="transfer", resourceConformsTo="honey")
    (found,) = match([offer(proposal=swap), request(proposal=Proposal(id="q", reciprocal=["back"]))], market(intents={"wants": wants, "back": back}))
    assert found.barter and found.in_return[0].answered_by == ("back",)


def test_best_first_and_no_more_than_asked_for():
    crowd = [offer(f"o{amount}", resourceQuantity=much(amount)) for amount in (10, 40, 25)]
    assert [one.offer.intent.id for one in match([*crowd, request()], market())] == ["o40", "o25", "o10"]
    assert [(one.offer.intent.id, one.rank) for one in match([*crowd, request()], market(), best=2)] == [("o40", 1), ("o25", 2)]


SMALL = st.builds(
    lambda side_, **fields: (side_, {name: value for name, value in fields.items() if value is not None}),
    st.sampled_from(["offer", "request"]),
    who=st.sampled_from([ANA, BO]),
    action=st.sampled_from(["transfer", "produce", "consume", "use"]),
    resourceConformsTo=st.sampled_from(["apples", "pears", None]),
    resourceInventoriedAs=st.sampled_from([None, None, "crate", "box"]),
    resourceClassifiedAs=st.lists(st.sampled_from(["organic", "local"]), unique=True),
    resourceQuantity=st.sampled_from([much(1), much(500, "g"), much(2, "h"), None]),
    due=st.sampled_from([None, "2026-02-01T00:00:00Z"]),
    hasBeginning=st.sampled_from([None, "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"]),
)


def small(number, which, fields):
    who = fields["who"]
    agents = {"provider": who} if which == "offer" else {"receiver": who}
    return listing(f"i{number:02}", **agents, **{name: value for name, value in fields.items() if name != "who"})


@settings(max_examples=150, deadline=None)
@given(st.lists(SMALL, max_size=10), st.booleans(), st.randoms(use_true_random=False))
def test_matches_are_all_pairs_that_nothing_keeps_apart_in_any_order_of_input(drawn, substitutable, random):
    here = market(
        specifications={"apples": ResourceSpecification(id="apples", substitutable=substitutable)},
        resources={"crate": EconomicResource(id="crate", conformsTo="apples", classifiedAs=["local"])},
    )
    listings = [small(number, *one) for number, one in enumerate(drawn)]
    found = match(listings, here)
    offers, requests = ([one for one in listings if side(one) == which] for which in ("offer", "request"))
    pairs = {(one.intent.id, other.intent.id) for one in offers for other in requests if not explain(one, other, here)}
    assert {(one.offer.intent.id, one.request.intent.id) for one in found} == pairs
    assert len(found) == len(pairs)
    random.shuffle(listings)
    assert match(listings, here) == found


def test_ten_thousand_offers_and_requests_take_seconds():
    listings = [offer(f"o{n}", resourceConformsTo=f"spec-{n % 2_000}") for n in range(10_000)]
    listings += [request(f"r{n}", resourceConformsTo=f"spec-{n % 2_000}") for n in range(10_000)]
    begun = time.process_time()
    assert len(match(listings, market())) == 50_000
    assert time.process_time() - begun < 20
