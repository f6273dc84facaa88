"""Differences: what is billed, refunded, recorded or left alone; never twice; all of it reconciles to the cent."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from entry_samples import (
    ENTERED,
    INTEREST,
    NO_INTEREST,
    NOT_LATE,
    TERMS,
    again,
    amounts,
    assessed,
    done,
    filed,
    line,
    paid,
    refused,
)
from hypothesis import given
from hypothesis import strategies as st

from footwall.entries import (
    Adjustment,
    Amounts,
    Compared,
    Decided,
    EntriesCorrected,
    EntryBook,
    apply,
    correct,
    interest_on,
    known_total,
    pay,
    statement,
)
from footwall.quantity import Unknown
from footwall.rulebook import InterestRate

WHY = "the schedule was restated"
ON = date(2025, 6, 30)
DEPOSIT = ENTERED + timedelta(days=14)


def corrected(book: EntryBook, owed: Amounts, on: date = ON, terms: object = TERMS) -> tuple[EntryBook, Adjustment]:
    outcome = correct(book, on, WHY, {"E-1": again({"L1": owed}, terms)})  # type: ignore[arg-type]
    book = done(book, outcome)
    assert isinstance(outcome, Decided)
    (event,) = outcome.events
    assert isinstance(event, EntriesCorrected)
    return book, event.adjustments[0]


def nothing(book: EntryBook, owed: Amounts, on: date = ON) -> str:
    outcome = correct(book, on, WHY, {"E-1": again({"L1": owed})})
    assert isinstance(outcome, Decided)
    assert not outcome.events
    return outcome.already


def test_each_part_is_told_by_itself_and_the_bill_bears_interest_from_the_deposit() -> None:
    book, made = corrected(filed(), amounts(ordinary="150", additional="25", floor="900", security="40"))
    assert {(one.part, one.change) for one in made.changes} == {
        ("ordinary", 50), ("additional", 25), ("floor", -100), ("security", 40)}  # fmt: skip
    assert (made.kind, made.duty, made.security) == ("refund", Decimal(-25), Decimal(40))
    book, made = corrected(filed(), amounts(floor="1500"))
    assert (made.kind, made.duty) == ("bill", Decimal(500))
    assert made.interest == interest_on(Decimal(500), INTEREST, DEPOSIT, ON, Decimal("0.01")) > 0
    assert {one.due for one in made.postings} == {ON + timedelta(days=30)}
    assert book.entries["E-1"].balance == Decimal(1600) + made.interest


def test_the_same_correction_again_issues_nothing_and_a_second_one_the_difference_to_the_first() -> None:
    book, _ = corrected(filed(), amounts(floor="1500"))
    assert "owes what was assessed and corrected before" in nothing(book, amounts(floor="1500"))
    _, second = corrected(book, amounts(floor="1700"))
    assert second.duty == Decimal(200)
    _, back = corrected(book, amounts())
    assert back.duty == Decimal(-500)


def test_a_difference_below_the_small_amount_is_recorded_and_counts_with_the_next() -> None:
    book, small = corrected(filed(), amounts(floor="1019.99"))
    assert (small.kind, small.duty, small.interest, small.postings) == ("recorded", 0, 0, ())
    assert small.changes[0].change == Decimal("19.99")
    assert book.entries["E-1"].balance == Decimal(1100)
    nothing(book, amounts(floor="1019.99"))
    _, exact = corrected(filed(), amounts(floor="1020"))
    assert (exact.kind, exact.duty) == ("bill", Decimal(20))
    book, later = corrected(book, amounts(floor="1030"))
    assert (later.kind, later.duty, later.changes[0].change) == ("bill", Decimal(30), Decimal("10.01"))
    assert book.entries["E-1"].lines["L1"].charged["floor"] == Decimal(1030)


def test_security_is_called_and_released_whatever_the_duty_is() -> None:
    book, more = corrected(filed(), amounts(security="5"))
    assert (more.kind, more.security) == ("recorded", Decimal(5))
    assert book.entries["E-1"].security == Decimal(5)
    book, less = corrected(book, amounts())
    assert (less.security, book.entries["E-1"].security) == (Decimal(-5), 0)


def test_a_refund_bears_interest_on_what_was_paid_from_the_day_it_was_paid() -> None:
    early, late = date(2025, 4, 10), date(2025, 5, 20)
    book = paid(paid(filed(), "800", early), "300", late, "wire-2")
    _, made = corrected(book, amounts(floor="500"))
    expected = interest_on(Decimal(-300), INTEREST, late, ON, Decimal("0.01"))
    more = interest_on(Decimal(-200), INTEREST, early, ON, Decimal("0.01"))
    assert isinstance(expected, Decimal)
    assert isinstance(more, Decimal)
    assert made.interest == expected + more < 0
    _, unpaid = corrected(filed(), amounts(floor="500"))
    assert (unpaid.duty, unpaid.interest) == (Decimal(-500), 0)


def test_a_bill_that_takes_a_refund_back_bears_interest_from_the_day_of_the_refund() -> None:
    refunded = date(2025, 5, 31)
    book, _ = corrected(filed(), amounts(floor="500"), refunded)
    _, back = corrected(book, amounts(floor="1100"))
    first = interest_on(Decimal(500), INTEREST, refunded, ON, Decimal("0.01"))
    rest = interest_on(Decimal(100), INTEREST, DEPOSIT, ON, Decimal("0.01"))
    assert isinstance(first, Decimal)
    assert isinstance(rest, Decimal)
    assert back.interest == first + rest


def test_what_was_refunded_before_is_not_refunded_from_the_same_payment_again() -> None:
    early, late = date(2025, 4, 10), date(2025, 5, 20)
    book = paid(paid(filed(), "800", early), "300", late, "wire-2")
    book, _ = corrected(book, amounts(floor="700"), date(2025, 5, 31))
    _, second = corrected(book, amounts(floor="500"))
    assert second.interest == interest_on(Decimal(-200), INTEREST, early, ON, Decimal("0.01"))


def test_a_refund_that_was_taken_back_is_not_taken_back_again() -> None:
    book, _ = corrected(filed(), amounts(floor="500"), date(2025, 5, 20))
    book, _ = corrected(book, amounts(floor="1000"), date(2025, 5, 31))
    _, second = corrected(book, amounts(floor="1200"))
    assert second.interest == interest_on(Decimal(200), INTEREST, DEPOSIT, ON, Decimal("0.01"))


def test_no_rule_of_interest_gives_none_and_a_missing_rate_is_refused() -> None:
    _, made = corrected(filed(), amounts(floor="1500"), terms=NO_INTEREST)
    assert made.interest == 0
    late = InterestRate(since=date(2025, 5, 1), rate=Decimal("0.07"), source="test")
    gap = replace(TERMS, bill_interest=INTEREST.model_copy(update={"rates": (late,)}))
    outcome = correct(filed(), ON, WHY, {"E-1": again({"L1": amounts(floor="1500")}, gap)})
    assert refused(outcome) == ["interest_rate_missing"]


def test_what_is_unknown_now_is_left_alone_and_what_becomes_known_is_charged() -> None:
    outcome = correct(filed(), ON, WHY, {"E-1": again({"L1": amounts(ordinary=None, floor="1500")})})
    assert isinstance(outcome, Decided)
    (event,) = outcome.events
    assert isinstance(event, EntriesCorrected)
    assert [(one.line, one.change) for one in event.untouched] == [("L1", Unknown("ordinary_rate_unknown"))]
    assert event.adjustments[0].duty == Decimal(500)
    unknown = filed(assessed(owed=amounts(ordinary=None)))
    assert unknown.entries["E-1"].balance == Decimal(1000)
    nothing(unknown, amounts(ordinary=None))
    book, known = corrected(unknown, amounts(ordinary="60"))
    assert (known.duty, book.entries["E-1"].lines["L1"].owed.ordinary) == (Decimal(60), Decimal(60))


def test_two_entries_are_corrected_in_one_and_each_has_its_own() -> None:
    book = filed(book=filed(), entry="E-2")
    more = again({"L1": amounts(floor="1500")})
    outcome = correct(book, ON, WHY, {"E-1": more, "E-2": again()})
    assert isinstance(outcome, Decided)
    (event,) = outcome.events
    assert isinstance(event, EntriesCorrected)
    assert [one.entry for one in event.adjustments] == ["E-1"]
    assert refused(correct(book, ON, "short", {"E-1": more})) == ["text_malformed"]


def test_a_refund_is_paid_out_up_to_what_is_owed_and_once() -> None:
    book, _ = corrected(paid(filed(), "1100", DEPOSIT), amounts(floor="500"))
    owed = -book.entries["E-1"].balance
    assert refused(pay(book, "E-1", owed + Decimal("0.01"), ON, "back", refund=True, late=NOT_LATE)) == [
        "refund_too_large"
    ]
    book = done(book, pay(book, "E-1", owed, ON, "back", refund=True, late=NOT_LATE))
    assert book.entries["E-1"].balance == 0
    same = pay(book, "E-1", owed, ON, "back", refund=True, late=NOT_LATE)
    assert isinstance(same, Decided)
    assert not same.events
    assert refused(pay(book, "E-1", Decimal(0), ON, "x", refund=False, late=NOT_LATE)) == ["amount_not_positive"]


def test_another_amount_under_a_reference_that_is_recorded_is_refused_and_the_same_is_not_recorded_again() -> None:
    book = paid(filed(), "1100", DEPOSIT, "wire-1")
    same = pay(book, "E-1", Decimal("1100.00"), ON, "wire-1", refund=False, late=NOT_LATE)
    assert isinstance(same, Decided)
    assert not same.events
    assert same.already == f"payment wire-1 of E-1 was recorded so on {DEPOSIT}"
    assert refused(pay(book, "E-1", Decimal("1100.01"), ON, "wire-1", refund=False, late=NOT_LATE)) == [
        "payment_recorded"
    ]
    assert refused(pay(book, "E-1", Decimal(1100), ON, "wire-1", refund=True, late=NOT_LATE)) == ["payment_recorded"]
    assert isinstance(pay(book, "E-1", Decimal("1100.01"), ON, "wire-2", refund=False, late=NOT_LATE), Decided)


MONEY = st.decimals("0", "5000", places=2)
OWED = st.builds(
    Amounts,
    st.one_of(MONEY, st.just(Unknown("ordinary_rate_unknown"))),
    MONEY,
    MONEY,
    st.one_of(st.just(Decimal(0)), MONEY),
)


@given(
    st.lists(st.tuples(OWED, OWED), min_size=1, max_size=6),
    st.lists(st.tuples(st.booleans(), MONEY), max_size=6),
)
def test_what_was_assessed_and_all_adjustments_are_what_is_owed_as_is_known_now(
    steps: list[tuple[Amounts, Amounts]], payments: list[tuple[bool, Decimal]]
) -> None:
    """To the cent, part by part; the ledger sums up; no step twice."""
    first, second = steps[0]
    book = filed(assessed(owed=first), assessed(line("L2"), second))
    sums = {("L1", part): first.part(part) for part in ("ordinary", "additional", "floor", "security")}
    sums |= {("L2", part): second.part(part) for part in ("ordinary", "additional", "floor", "security")}
    on = ENTERED
    for number, (one, other) in enumerate(steps[1:]):
        on += timedelta(days=20)
        if number < len(payments) and payments[number][1]:
            book = paid(book, str(payments[number][1]), on, f"p{number}")
        found = {"E-1": again({"L1": one, "L2": other})}
        outcome = correct(book, on, WHY, found)
        assert isinstance(outcome, Decided)
        for event in outcome.events:
            book = apply(book, event)
            assert isinstance(event, EntriesCorrected)
            for change in event.adjustments[0].changes:
                was, key = sums[change.line, change.part], (change.line, change.part)
                assert isinstance(change.change, Decimal)
                held = book.entries["E-1"].lines[change.line].charged[change.part] - change.issued
                sums[key] = (held if isinstance(was, Unknown) else was) + change.change
        repeated = correct(book, on, WHY, found)
        assert isinstance(repeated, Decided)
        assert not repeated.events
        for name, owed in (("L1", one), ("L2", other)):
            for part in ("ordinary", "additional", "floor", "security"):
                now = owed.part(part)
                if isinstance(now, Decimal) and outcome.events:
                    assert sums[name, part] == now == book.entries["E-1"].lines[name].owed.part(part)
    entry = book.entries["E-1"]
    charged = known_total(
        line.charged[part] for line in entry.lines.values() for part in ("ordinary", "additional", "floor")
    )
    interest = known_total(one.interest for _, one in entry.adjustments)
    received = known_total(one.amount for one in entry.postings if one.component == "payment")
    assert entry.balance == charged + interest + received
    rows = statement(book, "acme")
    if rows:
        assert (rows[-1].balance, rows[-1].security) == (entry.balance, entry.security)
        assert rows[-1].balance == known_total(
            one.posting.amount for one in rows if one.posting.component != "security"
        )


def test_what_is_compared_says_so_where_nothing_differs() -> None:
    from footwall.entries import compare

    assert compare(filed().entries["E-1"], {"L1": amounts()}, ON, TERMS) == Compared(None, ())
