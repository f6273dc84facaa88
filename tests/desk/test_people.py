"""Who may act: ids and keys are given once; an interest, once declared, is never erased."""

import base64
from dataclasses import replace
from datetime import date, timedelta

import pytest
from governance_samples import DAY, FORMS, KEYS, TODAY, codes, conflict, done, enrolment, key, staffed

from footwall.desk.governance import (
    Decided,
    DeclareConflict,
    EndConflict,
    Governance,
    LetPersonLeave,
    decide,
    key_fault,
)

ONE_DAY = timedelta(days=1)


def test_a_person_is_enrolled_once_and_the_same_command_again_changes_nothing() -> None:
    book = done(Governance(), enrolment("wei", "reviewer", "assessor"))
    assert book.people["wei"].roles == ("assessor", "reviewer")
    again = decide(book, enrolment("wei", "assessor", "reviewer", today=TODAY))
    assert isinstance(again, Decided)
    assert again.events == ()
    assert again.already == f"wei was enrolled on {DAY}"


def test_an_id_and_a_key_are_given_once_even_after_their_owner_left() -> None:
    book = done(staffed(), LetPersonLeave("wei", TODAY))
    assert codes(decide(book, enrolment("wei", "assessor"))) == {"person_taken"}
    assert codes(decide(book, replace(enrolment("wei"), public_key=key(99).public))) == {"person_taken"}
    assert codes(decide(book, replace(enrolment("wei"), person="wei-2"))) == {"key_taken"}
    anew = replace(enrolment("wei", "assessor"), person="wei-2", public_key=key(99).public)
    assert "wei-2" in done(book, anew).people


@pytest.mark.parametrize("person", ["", "Wei", "1wei", "wei chen", "wei\n", "-wei", "w" * 41, "wéi"])
def test_an_id_that_could_be_misread_is_refused(person: str) -> None:
    assert codes(decide(Governance(), replace(enrolment("wei"), person=person))) == {"person_malformed"}


def test_the_longest_id_is_taken() -> None:
    assert done(Governance(), replace(enrolment("wei"), person="w" * 40)).people


@pytest.mark.parametrize("name", ["", "  ", "Wei\nChen", "Wei\x1b[31m", "W" * 201])
def test_a_name_is_one_line_that_can_be_read(name: str) -> None:
    assert codes(decide(Governance(), replace(enrolment("wei"), name=name))) == {"text_malformed"}


@pytest.mark.parametrize(
    "public_key",
    ["", "x", base64.b64encode(bytes(31)).decode(), KEYS["wei"].public[:-1], KEYS["wei"].public + "\n", "é" * 44],
)
def test_what_is_no_key_is_refused(public_key: str) -> None:
    assert codes(decide(Governance(), replace(enrolment("wei"), public_key=public_key))) == {"key_malformed"}


def points_of_small_order() -> list[bytes]:
    """Every encoding of a point of order 1, 2, 4 or 8 on edwards25519, found by arithmetic on the curve."""
    prime = 2**255 - 19
    d = -121665 * pow(121666, -1, prime) % prime

    def x_of(y: int) -> int | None:
        square = (y * y - 1) * pow(d * y * y + 1, -1, prime) % prime
        x = pow(square, (prime + 3) // 8, prime)
        x = x if x * x % prime == square else x * pow(2, (prime - 1) // 4, prime) % prime
        return x if x * x % prime == square else None

    def plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
        (a, b), (e, f) = one, other
        k = d * a * e * b * f
        return (
            (a * f + e * b) * pow(1 + k, -1, prime) % prime,
            (b * f + a * e) * pow(1 - k, -1, prime) % prime,
        )

    order = 2**252 + 27742317777372353535851937790883648493
    generator_like = next(
        (x, y) for y in range(2, 50) if (x := x_of(y)) is not None and times((x, y), 4 * order, plus) != (0, 1)
    )
    eighth = times(generator_like, order, plus)
    found = {times(eighth, number, plus) for number in range(8)}
    assert len(found) == 8
    encodings = {
        (y + more) | sign << 255 for _, y in found for more in (0, prime) for sign in (0, 1) if y + more < 2**255
    }
    return [value.to_bytes(32, "little") for value in sorted(encodings)]


def times(point: tuple[int, int], number: int, plus: object) -> tuple[int, int]:
    result = (0, 1)
    while number:
        if number & 1:
            result = plus(result, point)  # type: ignore[operator]
        point, number = plus(point, point), number >> 1  # type: ignore[operator]
    return result


def test_every_key_with_which_anybody_could_sign_is_refused() -> None:
    weak = points_of_small_order()
    assert len(weak) == 14
    for raw in weak:
        assert key_fault(base64.b64encode(raw).decode()) == "a weak key: anybody could make its signatures"
    assert key_fault(KEYS["wei"].public) is None


def test_who_is_not_enrolled_cannot_leave_and_who_left_has_left() -> None:
    assert codes(decide(Governance(), LetPersonLeave("wei", TODAY))) == {"person_unknown"}
    again = decide(done(staffed(), LetPersonLeave("wei", DAY)), LetPersonLeave("wei", TODAY))
    assert isinstance(again, Decided)
    assert again.already == f"wei left on {DAY}"


def test_the_same_conflict_is_declared_once() -> None:
    book = done(staffed(), conflict("wei", ("ndpr-oxide", "apt", "apt")))
    assert book.conflicts[1].declared.forms == ("apt", "ndpr-oxide")
    again = decide(book, conflict("wei", ("apt", "ndpr-oxide")))
    assert isinstance(again, Decided)
    assert again.already == "it is conflict 1"
    assert len(done(book, conflict("wei", ("apt",))).conflicts) == 2


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (conflict("nobody"), "person_unknown"),
        (conflict("wei", ()), "forms_missing"),
        (conflict("wei", ("apt", "unobtainium")), "form_unknown"),
        (replace(conflict("wei"), nature=" "), "text_malformed"),
        (conflict("wei", first=TODAY, last=TODAY - ONE_DAY), "conflict_days"),
    ],
)
def test_a_conflict_says_whose_it_is_in_what_and_when(command: DeclareConflict, code: str) -> None:
    assert codes(decide(staffed(), command)) == {code}


def test_a_conflict_of_one_day_is_taken() -> None:
    book = done(staffed(), conflict("wei", first=TODAY, last=TODAY))
    assert book.conflicted("wei", FORMS, TODAY, TODAY) == ("apt",)
    assert book.conflicted("wei", FORMS, TODAY + ONE_DAY, TODAY + ONE_DAY) == ()
    assert book.conflicted("okafor", FORMS, TODAY, TODAY) == ()


@pytest.mark.parametrize(
    ("first", "last", "end", "taken"),
    [
        (DAY, None, TODAY, True),
        (DAY, None, TODAY - ONE_DAY, False),
        (TODAY + 3 * ONE_DAY, None, TODAY, False),
        (DAY, TODAY + 3 * ONE_DAY, TODAY + 2 * ONE_DAY, True),
        (DAY, TODAY + 3 * ONE_DAY, TODAY + 3 * ONE_DAY, False),
        (DAY, TODAY - ONE_DAY, TODAY, False),
    ],
)
def test_a_conflict_is_ended_today_or_later_and_never_made_longer(
    first: date, last: date | None, end: date, taken: bool
) -> None:
    book = done(staffed(), conflict("wei", ("apt",), first, last))
    command = EndConflict(1, end, TODAY)
    if not taken:
        assert codes(decide(book, command)) == {"conflict_end"}
        return
    ended = done(book, command)
    assert ended.conflicted("wei", FORMS, end, end) == ("apt",)
    assert ended.conflicted("wei", FORMS, end + ONE_DAY, end + ONE_DAY) == ()
    again = decide(ended, command)
    assert isinstance(again, Decided)
    assert again.events == ()
    assert codes(decide(ended, EndConflict(1, end + ONE_DAY, TODAY))) == {"conflict_end"}


def test_a_conflict_that_was_not_declared_is_not_ended() -> None:
    assert codes(decide(staffed(), EndConflict(1, TODAY, TODAY))) == {"conflict_unknown"}
