"""The stages of an entry: each step is taken where it may be, refused where it may not, and on the last day of its time."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from entry_samples import (
    ENTERED,
    RULE,
    TERMS,
    again,
    amounts,
    assessed,
    done,
    filed,
    filing,
    line,
    liquidated,
    paid,
    refused,
)

from footwall.entries import (
    Decided,
    EntryBook,
    EntryLiquidated,
    cancel,
    close,
    correct,
    decide_protest,
    extend,
    file_entry,
    liquidate,
    liquidated_on,
    protest,
    standing,
)
from footwall.rulebook import Period

WHY = "a reason of some length"
ONE_DAY = timedelta(days=1)
LAST = date(2026, 3, 31)
LIQUIDATED = date(2025, 12, 1)
LAST_PROTEST = LIQUIDATED + timedelta(days=180)


def stands(book: EntryBook, on: date, entry: str = "E-1") -> str:
    return standing(book.entries[entry], on)


def test_an_entry_is_filed_once_and_provisional() -> None:
    book = filed()
    assert stands(book, ENTERED) == "provisional"
    assert book.entries["E-1"].balance == Decimal(1100)
    same = file_entry(book, filing())
    assert isinstance(same, Decided)
    assert not same.events
    assert "was filed so" in same.already
    assert refused(file_entry(book, filing(assessed(line(mass="2"))))) == ["entry_filed"]


def test_what_makes_no_entry_is_refused_with_every_reason() -> None:
    mixed = filing(assessed(), assessed(line(on=date(2025, 4, 1))), entry=" ")
    assert refused(file_entry(EntryBook(), mixed)) == ["text_malformed", "entry_mixed", "line_repeated"]
    early = filing(filed_on=ENTERED - ONE_DAY)
    assert refused(file_entry(EntryBook(), early)) == ["filed_before_entry"]


def test_it_is_liquidated_up_to_its_last_day_and_deemed_so_from_the_next() -> None:
    book = filed()
    assert stands(book, LAST) == "provisional"
    assert stands(book, LAST + ONE_DAY) == "deemed liquidated"
    assert liquidated_on(book.entries["E-1"], LAST + ONE_DAY) == LAST
    assert stands(liquidated(book, LAST), LAST) == "liquidated"
    assert refused(liquidate(book, "E-1", LAST + ONE_DAY, RULE, again())) == ["entry_stage"]


def test_a_deemed_liquidation_becomes_final_after_the_days_of_protest() -> None:
    book, last = filed(), LAST + timedelta(days=180)
    assert stands(book, last) == "deemed liquidated"
    assert stands(book, last + ONE_DAY) == "final"
    assert refused(protest(book, "E-1", last + ONE_DAY, WHY)) == ["entry_stage"]
    assert stands(done(book, protest(book, "E-1", last, WHY)), last) == "protested"


def test_a_year_from_the_last_of_february_ends_on_the_last_of_february() -> None:
    assert Period(years=1).after(date(2024, 2, 29)) == date(2025, 2, 28)
    assert Period(months=1).after(date(2025, 1, 31)) == date(2025, 2, 28)
    assert Period(months=13, days=1).after(date(2025, 12, 31)) == date(2027, 2, 1)


def test_the_time_to_liquidate_is_extended_as_far_as_the_rule_goes() -> None:
    book, most = filed(), date(2029, 3, 31)
    longer = done(book, extend(book, "E-1", LAST, to=most, reason=WHY, rule=RULE))
    assert stands(longer, most) == "provisional"
    assert stands(longer, most + ONE_DAY) == "deemed liquidated"
    assert refused(extend(book, "E-1", LAST, to=most + ONE_DAY, reason=WHY, rule=RULE)) == ["extension_out_of_range"]
    assert refused(extend(book, "E-1", LAST, to=LAST, reason="short", rule=RULE)) == [
        "text_malformed",
        "extension_out_of_range",
    ]
    assert refused(extend(book, "E-1", LAST + ONE_DAY, to=most, reason=WHY, rule=RULE)) == ["entry_stage"]


def test_a_liquidation_is_protested_up_to_its_last_day() -> None:
    book = liquidated()
    assert refused(protest(filed(), "E-1", ENTERED, WHY)) == ["entry_stage"]
    assert stands(done(book, protest(book, "E-1", LAST_PROTEST, WHY)), LAST_PROTEST) == "protested"
    assert refused(protest(book, "E-1", LAST_PROTEST + ONE_DAY, WHY)) == ["entry_stage"]
    assert stands(book, LAST_PROTEST + ONE_DAY) == "final"


def test_a_protest_is_denied_or_approved_with_what_that_changes() -> None:
    book = liquidated()
    book = done(book, protest(book, "E-1", LIQUIDATED, WHY))
    less, on = again({"L1": amounts(floor="400")}), date(2026, 1, 15)
    denied = done(book, decide_protest(book, "E-1", on, outcome="denied", reason=WHY, rule=RULE, found=less))
    assert denied.entries["E-1"].balance == Decimal(1100)
    approved = done(book, decide_protest(book, "E-1", on, outcome="approved", reason=WHY, rule=RULE, found=less))
    assert approved.entries["E-1"].balance == Decimal(500)
    last = on + timedelta(days=60)
    assert (stands(approved, last), stands(approved, last + ONE_DAY)) == ("decided", "final")
    again_refused = decide_protest(approved, "E-1", on, outcome="denied", reason=WHY, rule=RULE, found=less)
    assert refused(again_refused) == ["entry_stage"]


def test_a_liquidation_bills_what_is_owed_otherwise_by_then() -> None:
    book = filed()
    outcome = liquidate(book, "E-1", LIQUIDATED, RULE, again({"L1": amounts(floor="1500")}))
    assert isinstance(outcome, Decided)
    (event,) = outcome.events
    assert isinstance(event, EntryLiquidated)
    assert event.adjustment is not None
    assert (event.adjustment.kind, event.adjustment.duty) == ("bill", Decimal(500))
    assert event.protest_by == LAST_PROTEST
    assert event.correct_by == LIQUIDATED + timedelta(days=90)
    book = done(book, outcome)
    same = liquidate(book, "E-1", LIQUIDATED, RULE, again())
    assert isinstance(same, Decided)
    assert not same.events


def test_an_entry_is_cancelled_before_it_is_liquidated_and_owes_nothing_then() -> None:
    book = filed(assessed(owed=amounts(security="70")))
    gone = done(book, cancel(book, "E-1", LAST, WHY)).entries["E-1"]
    assert (gone.balance, gone.security, standing(gone, LAST)) == (0, 0, "cancelled")
    assert refused(cancel(book, "E-1", LAST + ONE_DAY, WHY)) == ["entry_stage"]
    assert refused(cancel(liquidated(), "E-1", LIQUIDATED, WHY)) == ["entry_stage"]
    paid_back = done(paid(book, "1100", ENTERED), cancel(paid(book, "1100", ENTERED), "E-1", LAST, WHY))
    assert paid_back.entries["E-1"].balance == Decimal(-1100)


def test_an_entry_is_closed_when_it_is_final_correctable_no_more_and_paid() -> None:
    book = liquidated(paid(filed(assessed(owed=amounts(security="70"))), "1100", ENTERED))
    final = LAST_PROTEST + ONE_DAY
    assert refused(close(book, "E-1", LAST_PROTEST)) == ["entry_stage"]
    shut = done(book, close(book, "E-1", final)).entries["E-1"]
    assert (shut.security, standing(shut, final)) == (0, "closed")
    assert refused(close(liquidated(), "E-1", final)) == ["entry_unpaid"]


def test_what_can_still_be_corrected_is_not_closed() -> None:
    rule = RULE.model_copy(update={"correction": Period(years=3), "correction_from": "entry"})
    book = paid(filed(rule=rule), "1100", ENTERED)
    book = done(book, liquidate(book, "E-1", LIQUIDATED, rule, again()))
    last = date(2028, 3, 31)
    assert refused(close(book, "E-1", last)) == ["entry_correctable"]
    assert isinstance(close(book, "E-1", last + ONE_DAY), Decided)


@pytest.mark.parametrize("act", [cancel, protest])
def test_nothing_is_recorded_before_what_happened_last(act: object) -> None:
    book = liquidated()
    assert refused(act(book, "E-1", LIQUIDATED - ONE_DAY, WHY)) == ["day_before_last"]  # type: ignore[operator]


def test_an_entry_that_nobody_filed_is_told_with_those_that_are() -> None:
    assert refused(protest(filed(), "E-9", LAST, WHY)) == ["entry_unknown"]


def test_corrections_end_with_their_last_day_and_a_protest_keeps_an_entry_open() -> None:
    book, last = liquidated(), LIQUIDATED + timedelta(days=90)
    more = {"E-1": replace(again({"L1": amounts(floor="1500")}), terms=TERMS)}
    assert done(book, correct(book, last, WHY, more)).entries["E-1"].adjustments
    late = correct(book, last + ONE_DAY, WHY, more)
    assert isinstance(late, Decided)
    assert not late.events
    assert "1 line owes otherwise and cannot be touched" in late.already
    kept = done(book, protest(book, "E-1", last, WHY))
    assert done(kept, correct(kept, last + ONE_DAY, WHY, more)).entries["E-1"].adjustments
