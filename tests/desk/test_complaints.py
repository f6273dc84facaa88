"""Complaints: filed by anybody, answered once, by somebody who had no part in the price."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from governance_samples import DAY, FORMS, PRICED, TODAY, codes, conflict, done, enrolment, signing, staffed
from test_judging import EXCLUSION

from footwall.desk.governance import (
    AnswerComplaint,
    Decided,
    FileComplaint,
    Governance,
    LetPersonLeave,
    PricedDay,
    decide,
    open_complaints,
)

FILED = FileComplaint("apt", DAY, "Acme Metals", "Our sale of 12 January is missing", TODAY, PRICED)
LATER = TODAY + timedelta(days=9)
ANSWER = AnswerComplaint(1, "dismissed", "The sale was published later", "ana", None, LATER)


def test_a_complaint_is_numbered_open_and_ages_until_it_is_answered() -> None:
    book = done(staffed(), FILED, replace(FILED, by="Other Metals"))
    assert [one.filed.complaint for one in open_complaints(book)] == [1, 2]
    assert book.complaints[1].age_days(TODAY) == 0
    assert book.complaints[1].age_days(LATER) == 9
    book = done(book, ANSWER)
    assert [one.filed.complaint for one in open_complaints(book)] == [2]
    assert book.complaints[1].age_days(LATER + timedelta(days=90)) == 9


def test_the_same_complaint_is_filed_once() -> None:
    again = decide(done(staffed(), FILED), replace(FILED, today=LATER))
    assert isinstance(again, Decided)
    assert again.already == f"it is complaint 1, filed on {TODAY}"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(FILED, priced=None), "day_not_published"),
        (replace(FILED, form="tin-metal"), "form_not_priced"),
        (replace(FILED, by=""), "text_malformed"),
        (replace(FILED, text="\n"), "text_malformed"),
        (replace(FILED, text="x" * 10_001), "text_malformed"),
        (replace(FILED, text="x" * 10_000), None),
        (replace(FILED, text="One line,\nand another"), None),
    ],
)
def test_a_complaint_is_of_a_price_that_was_set_and_says_something(command: FileComplaint, code: str | None) -> None:
    outcome = decide(Governance(), command)
    if code is None:
        assert isinstance(outcome, Decided)
    else:
        assert codes(outcome) == {code}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(ANSWER, complaint=2), "complaint_unknown"),
        (replace(ANSWER, author="nobody"), "person_unknown"),
        (replace(ANSWER, reason="x" * 19), "text_malformed"),
        (replace(ANSWER, reason="x" * 20), None),
        (replace(ANSWER, outcome="withdrawn"), None),
        (replace(ANSWER, outcome="upheld"), None),
        (replace(ANSWER, outcome="forgotten"), "outcome_unknown"),
        (replace(ANSWER, outcome="upheld", correction=3), "correction_unknown"),
        (replace(ANSWER, outcome="upheld", correction=3, corrections=frozenset({3})), None),
        (replace(ANSWER, correction=3, corrections=frozenset({3})), "correction_not_upheld"),
    ],
)
def test_an_answer_has_an_outcome_and_a_reason(command: AnswerComplaint, code: str | None) -> None:
    outcome = decide(done(staffed(), FILED), command)
    if code is None:
        assert isinstance(outcome, Decided)
        assert outcome.events
    else:
        assert codes(outcome) == {code}


def test_who_signed_the_price_does_not_answer_even_where_it_was_restated_since() -> None:
    book = staffed()
    book = done(book, FILED, signing(book, "wei"))
    assert codes(decide(book, replace(ANSWER, author="wei"))) == {"answer_not_independent"}
    assert isinstance(decide(book, replace(ANSWER, author="okafor")), Decided)
    restated = replace(FILED, text="Another fault", priced=PricedDay(DAY, "e" * 64, FORMS))
    assert codes(decide(done(book, restated), replace(ANSWER, complaint=2, author="wei"))) == {"answer_not_independent"}


def test_who_signed_the_day_but_not_this_price_has_a_conflict_and_does_not_answer_either() -> None:
    book = done(staffed(), conflict("wei"), FILED)
    book = done(book, signing(book, "wei"))
    assert codes(decide(book, replace(ANSWER, author="wei"))) == {"answer_not_independent"}
    other = done(book, replace(FILED, form="cobalt-metal"))
    assert isinstance(decide(done(staffed(), conflict("wei"), FILED), ANSWER), Decided)
    assert codes(decide(other, replace(ANSWER, complaint=2, author="wei"))) == {"answer_not_independent"}


def test_who_judged_or_approved_what_is_in_the_price_does_not_answer() -> None:
    priced = PricedDay(EXCLUSION.on, "d" * 64, FORMS)
    book = done(staffed(), EXCLUSION, replace(FILED, on=EXCLUSION.on, priced=priced))
    for person in ("wei", "okafor"):
        assert codes(decide(book, replace(ANSWER, author=person))) == {"answer_not_independent"}
    assert isinstance(decide(book, ANSWER), Decided)


def test_who_complained_or_has_left_does_not_answer() -> None:
    for by in ("ana", "Ana"):
        assert codes(decide(done(staffed(), replace(FILED, by=by)), ANSWER)) == {"answer_not_independent"}
    assert codes(decide(done(staffed(), FILED, LetPersonLeave("ana", TODAY)), ANSWER)) == {"person_left"}


def test_a_complaint_is_answered_once_and_the_same_answer_again_changes_nothing() -> None:
    book = done(staffed(), FILED, ANSWER)
    again = decide(book, replace(ANSWER, today=LATER + timedelta(days=1)))
    assert isinstance(again, Decided)
    assert again.already == f"complaint 1 was answered so on {LATER}"
    assert codes(decide(book, replace(ANSWER, outcome="upheld"))) == {"complaint_answered"}
    assert codes(decide(book, replace(ANSWER, author="none"))) == {"complaint_answered"}


def test_a_conflict_that_ended_before_the_priced_day_does_not_keep_from_answering() -> None:
    book = done(staffed(), FILED)
    assert isinstance(decide(done(book, conflict("ana", last=DAY - timedelta(days=1))), ANSWER), Decided)
    assert codes(decide(done(book, conflict("ana", last=DAY)), ANSWER)) == {"answer_not_independent"}
    assert codes(decide(done(book, conflict("ana", first=date(2024, 3, 9))), ANSWER)) == {"answer_not_independent"}
    assert enrolment("ana").roles == ()
