"""Expert judgement: of two people, with a reason, before the day it is for."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from governance_samples import DAY, FORMS, TODAY, codes, conflict, done, staffed

from footwall.desk.governance import Decided, LetPersonLeave, MakeJudgement, decide, judgements_on

NEXT = date(2024, 3, 31)
REASON = "The quote is of a lot never delivered"
EXCLUSION = MakeJudgement(
    form="apt",
    on=NEXT,
    action="exclude",
    observations=("quote-1",),
    price=None,
    reason=REASON,
    basis="Letter of the seller",
    author="wei",
    approver="okafor",
    today=TODAY,
    last_day=TODAY,
    days=frozenset({NEXT, date(2024, 4, 30)}),
    known=frozenset({"quote-1", "quote-2"}),
    known_forms=FORMS,
)
PRICE = replace(EXCLUSION, action="price", observations=(), price=Decimal("48.50"))


def test_judgements_are_held_by_form_and_day_in_their_order() -> None:
    book = done(staffed(), EXCLUSION, PRICE, replace(EXCLUSION, on=date(2024, 4, 30)))
    found = judgements_on(book, NEXT)
    assert list(found) == ["apt"]
    assert [(one.judgement, one.action, one.observations, one.price) for one in found["apt"]] == [
        (1, "exclude", ("quote-1",), None),
        (2, "price", (), Decimal("48.50")),
    ]
    assert judgements_on(book, DAY) == {}


def test_the_same_judgement_is_recorded_once() -> None:
    book = done(staffed(), EXCLUSION)
    again = decide(book, replace(EXCLUSION, observations=("quote-1", "quote-1"), today=TODAY + timedelta(days=1)))
    assert isinstance(again, Decided)
    assert again.events == ()
    assert again.already == f"it is judgement 1, of {TODAY}"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(EXCLUSION, on=TODAY), "day_walked"),
        (replace(EXCLUSION, on=DAY), "day_walked"),
        (replace(EXCLUSION, on=NEXT - timedelta(days=1)), "day_not_of_walk"),
        (replace(EXCLUSION, form="unobtainium"), "form_unknown"),
        (replace(EXCLUSION, reason="x" * 19), "text_malformed"),
        (replace(EXCLUSION, reason=" x " * 19), None),
        (replace(EXCLUSION, reason=" " * 40), "text_malformed"),
        (replace(EXCLUSION, reason="x" * 20), None),
        (replace(EXCLUSION, basis=""), "text_malformed"),
        (replace(EXCLUSION, author="nobody"), "person_unknown"),
        (replace(EXCLUSION, approver="nobody"), "person_unknown"),
        (replace(EXCLUSION, approver="wei"), "approver_is_author"),
        (replace(EXCLUSION, observations=()), "observations_missing"),
        (replace(EXCLUSION, observations=("quote-9",)), "observation_unknown"),
        (replace(EXCLUSION, observations=("quote-1", "quote-2")), None),
        (replace(EXCLUSION, price=Decimal(1)), "judgement_price"),
        (replace(PRICE, price=None), "judgement_price"),
        (replace(PRICE, price=Decimal(0)), "judgement_price"),
        (replace(PRICE, price=Decimal("NaN")), "judgement_price"),
        (replace(PRICE, price=Decimal("Infinity")), "judgement_price"),
        (replace(PRICE, price=Decimal("0.01")), None),
        (replace(PRICE, observations=("quote-1",)), "judgement_observations"),
        (replace(EXCLUSION, last_day=None), None),
    ],
)
def test_a_judgement_says_what_why_and_for_which_day_to_come(command: MakeJudgement, code: str | None) -> None:
    if code is None:
        assert judgements_on(done(staffed(), command), command.on)
    else:
        assert codes(decide(staffed(), command)) == {code}


def test_who_left_or_has_a_conflict_neither_judges_nor_approves() -> None:
    for person in ("wei", "okafor"):
        assert codes(decide(done(staffed(), conflict(person)), EXCLUSION)) == {"conflict"}
        assert codes(decide(done(staffed(), LetPersonLeave(person, TODAY)), EXCLUSION)) == {"person_left"}
        assert judgements_on(done(staffed(), conflict(person, ("cobalt-metal",)), EXCLUSION), NEXT)


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        (date(2024, 1, 1), TODAY - timedelta(days=1), False),
        (date(2024, 1, 1), TODAY, True),
        (NEXT, None, True),
        (NEXT + timedelta(days=1), None, False),
    ],
)
def test_a_conflict_on_any_day_from_judging_to_the_priced_day_counts(
    first: date, last: date | None, refused: bool
) -> None:
    outcome = decide(done(staffed(), conflict("wei", ("apt",), first, last)), EXCLUSION)
    assert isinstance(outcome, Decided) is not refused


def test_an_observation_is_left_out_once_and_a_form_has_one_judged_price_a_day() -> None:
    book = done(staffed(), EXCLUSION, PRICE)
    assert codes(decide(book, replace(EXCLUSION, observations=("quote-1", "quote-2")))) == {"observation_excluded"}
    assert codes(decide(book, replace(PRICE, price=Decimal(50)))) == {"judgement_price"}
    more = done(book, replace(EXCLUSION, observations=("quote-2",)), replace(PRICE, on=date(2024, 4, 30)))
    assert len(judgements_on(more, NEXT)["apt"]) == 3
