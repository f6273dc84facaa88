"""Advance rulings: they bind their holder's goods on their days, a revoked one to the end of its grace, and nobody else's."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from entry_samples import ENTERED, assessed, done, filed, line, refused

from footwall.entries import Decided, EntryBook, HeldRuling, Ruling, applied, fixed_by, issue_ruling, revoke_ruling
from footwall.errors import Problem

ONE_DAY = timedelta(days=1)
FIRST, LAST = ENTERED - ONE_DAY, ENTERED + ONE_DAY
WHY = "a reason of some length"


def ruling(name: str = "R-1", **more: Any) -> Ruling:
    said: dict[str, Any] = {"of_form": "cobalt-metal", "origin": "ZM", "valid_from": FIRST, "valid_to": LAST}
    return Ruling(name, "acme", "US", **(said | more))


def test_a_ruling_fixes_what_it_says_and_the_line_says_so() -> None:
    one = ruling(content=Decimal("0.99"), valuation_basis="fob", form="cobalt-oxide")
    found = applied(line(), "acme", [HeldRuling(one)])
    assert found == (
        replace(line(), origin="ZM", content=Decimal("0.99"), valuation_basis="fob", form="cobalt-oxide"),
        "R-1",
    )


@pytest.mark.parametrize(
    ("on", "binds"), [(FIRST - ONE_DAY, False), (FIRST, True), (LAST, True), (LAST + ONE_DAY, False)]
)
def test_it_binds_from_its_first_to_its_last_day(on: date, binds: bool) -> None:
    assert applied(line(on=on), "acme", [HeldRuling(ruling())])[1] == ("R-1" if binds else None)  # type: ignore[index]


def test_a_ruling_of_another_holder_or_importer_or_of_other_goods_does_not_bind() -> None:
    assert applied(line(), "zenith", [HeldRuling(ruling())]) == (line(), None)
    assert applied(line(), "acme", [HeldRuling(replace(ruling(), importer="JP"))]) == (line(), None)
    assert applied(line(form="cobalt-oxide"), "acme", [HeldRuling(ruling())])[1] is None  # type: ignore[index]
    assert applied(line(), "acme", [HeldRuling(ruling(of_origin="CD"))])[1] is None  # type: ignore[index]
    assert applied(line(), "acme", [HeldRuling(ruling(of_hs_code="8105203000"))])[1] == "R-1"  # type: ignore[index]


def test_a_revoked_one_binds_to_the_end_of_its_grace() -> None:
    held = HeldRuling(ruling(valid_to=date(2027, 1, 1)), binds_to=LAST)
    assert applied(line(on=LAST), "acme", [held])[1] == "R-1"  # type: ignore[index]
    assert applied(line(on=LAST + ONE_DAY), "acme", [held])[1] is None  # type: ignore[index]


def test_two_that_say_otherwise_are_a_problem_and_two_that_agree_are_none() -> None:
    other = HeldRuling(ruling("R-2", origin="CD"))
    found = applied(line(), "acme", [HeldRuling(ruling()), other])
    assert isinstance(found, Problem)
    assert found.code == "rulings_conflict"
    same = HeldRuling(ruling("R-2"))
    assert applied(line(), "acme", [HeldRuling(ruling()), same])[1] == "R-1"  # type: ignore[index]


def test_a_ruled_code_leaves_no_form_that_was_declared_under_another() -> None:
    found = applied(line(), "acme", [HeldRuling(ruling(origin=None, of_hs_code="8105203000", hs_code="2822000000"))])
    assert not isinstance(found, Problem)
    assert (found[0].hs_code, found[0].form) == ("2822000000", None)


def test_a_ruling_is_issued_once_and_revoked_once_within_the_grace() -> None:
    book = done(EntryBook(), issue_ruling(EntryBook(), ruling(), FIRST))
    same = issue_ruling(book, ruling(), FIRST)
    assert isinstance(same, Decided)
    assert not same.events
    assert refused(issue_ruling(book, ruling(origin="CD"), FIRST)) == ["ruling_issued"]
    last = ENTERED + timedelta(days=90)

    def revoked(to: date) -> Any:
        return revoke_ruling(book, "R-1", ENTERED, binds_to=to, reason=WHY, grace_days_max=90)

    assert refused(revoked(last + ONE_DAY)) == refused(revoked(ENTERED - ONE_DAY)) == ["grace_out_of_range"]
    book = done(book, revoked(last))
    assert book.rulings["R-1"].binds_to == last
    assert refused(revoke_ruling(book, "R-1", ENTERED, binds_to=ENTERED, reason=WHY, grace_days_max=90)) == [
        "ruling_revoked"
    ]
    assert refused(revoke_ruling(book, "R-9", ENTERED, binds_to=last, reason=WHY, grace_days_max=90)) == [
        "ruling_unknown"
    ]


def test_a_ruling_of_nothing_or_that_says_nothing_is_refused() -> None:
    empty = Ruling("R-1", "acme", "US", LAST, FIRST)
    assert refused(issue_ruling(EntryBook(), empty, FIRST)) == [
        "dates_reversed",
        "ruling_of_nothing",
        "ruling_says_nothing",
    ]


def test_a_revocation_takes_nothing_from_what_was_entered_under_the_ruling() -> None:
    book = done(EntryBook(), issue_ruling(EntryBook(), ruling(), FIRST))
    book = filed(replace(assessed(), ruling="R-1"), book=book)

    def revoked(to: date) -> Any:
        return revoke_ruling(book, "R-1", FIRST, binds_to=to, reason=WHY, grace_days_max=90)

    assert refused(revoked(ENTERED - ONE_DAY)) == ["ruling_relied_on"]
    assert isinstance(revoked(ENTERED), Decided)
    others = filed(assessed(), book=done(EntryBook(), issue_ruling(EntryBook(), ruling(), FIRST)))
    assert isinstance(revoke_ruling(others, "R-1", FIRST, binds_to=FIRST, reason=WHY, grace_days_max=90), Decided)


def test_what_a_ruling_has_changed_is_told_field_by_field() -> None:
    ruled = applied(line(), "acme", [HeldRuling(ruling(content=Decimal("0.99"), form="cobalt-metal"))])
    assert not isinstance(ruled, Problem)
    assert fixed_by(line(), ruled[0]) == (("origin", "CN", "ZM"), ("content", None, Decimal("0.99")))
    assert fixed_by(line(), line()) == ()
