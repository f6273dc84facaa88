"""Signatures on prices: who may give one, what it covers, and what each attack on it meets."""

import base64
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from governance_samples import (
    DAY,
    DOCUMENT,
    FORMS,
    KEYS,
    PRICED,
    TODAY,
    ZONE,
    codes,
    conflict,
    done,
    key,
    request,
    signing,
    staffed,
)

from footwall.desk.governance import (
    Decided,
    LetPersonLeave,
    PricedDay,
    SignPrices,
    Statement,
    approval_of,
    decide,
    holds,
    signatures_over,
    to_sign,
)

ONE_DAY = timedelta(days=1)


def test_two_people_in_two_roles_make_a_price_signed_by_two() -> None:
    book = staffed()
    book = done(book, signing(book, "wei"))
    assert approval_of(signatures_over(book, DAY, DOCUMENT, "apt"), 2).status.startswith("signed by one; 1 more needed")
    book = done(book, signing(book, "okafor"))
    given = signatures_over(book, DAY, DOCUMENT, "apt")
    assert [one.person for one in given] == ["wei", "okafor"]
    approved = approval_of(given, 2)
    assert approved.approved
    assert approved.status == "signed by two"


def test_two_signatures_of_one_role_are_not_enough_and_a_third_one_may_be_asked_for() -> None:
    book = staffed()
    book = done(book, signing(book, "wei"), signing(book, "both", "assessor"))
    given = signatures_over(book, DAY, DOCUMENT, "apt")
    assert approval_of(given, 2).status == "signed by two; no reviewer among them"
    assert approval_of(given, 1).approved
    assert not approval_of(given, 3).approved
    assert approval_of((), 2).status == "signed by nobody; 2 more needed"
    book = done(book, signing(book, "okafor"))
    assert approval_of(signatures_over(book, DAY, DOCUMENT, "apt"), 3).status == "signed by three"


def test_one_person_counts_once_however_often_they_stand_in_the_list() -> None:
    book = staffed()
    book = done(book, signing(book, "wei"))
    (one,) = signatures_over(book, DAY, DOCUMENT, "apt")
    assert not approval_of((one, replace(one, role="reviewer")), 2).approved


def test_nobody_signs_twice_in_another_role_and_the_same_signature_again_changes_nothing() -> None:
    book = staffed()
    first = signing(book, "both", "assessor")
    book = done(book, first)
    assert codes(to_sign(book, request("both", "reviewer"))) == {"signed_in_other_role"}
    again = decide(book, first)
    assert isinstance(again, Decided)
    assert again.events == ()
    assert again.already == f"both signed it as assessor on {TODAY}"


@pytest.mark.parametrize(
    ("person", "role", "code"),
    [
        ("nobody", "assessor", "person_unknown"),
        ("nobody", None, "person_unknown"),
        ("wei", "reviewer", "role_lacked"),
        ("ana", None, "role_lacked"),
        ("ana", "assessor", "role_lacked"),
        ("both", None, "role_not_stated"),
    ],
)
def test_only_an_enrolled_person_signs_and_only_in_a_role_they_have(person: str, role: str | None, code: str) -> None:
    assert codes(to_sign(staffed(), request(person, role))) == {code}  # type: ignore[arg-type]


def test_who_has_left_signs_no_more_and_what_they_signed_stands() -> None:
    book = staffed()
    book = done(book, signing(book, "wei"), LetPersonLeave("wei", TODAY))
    assert codes(to_sign(book, request("wei"))) == {"person_left"}
    assert [one.person for one in signatures_over(book, DAY, DOCUMENT, "apt")] == ["wei"]


def test_a_day_that_was_not_walked_is_not_signed() -> None:
    assert codes(to_sign(staffed(), request("wei", on=DAY + ONE_DAY))) == {"day_not_published"}


def test_a_document_that_was_restated_is_not_signed_and_loses_its_signatures() -> None:
    book = staffed()
    signed = signing(book, "wei")
    restated = PricedDay(DAY, "e" * 64, FORMS)
    assert codes(decide(book, replace(signed, priced=restated))) == {"document_restated"}
    assert codes(to_sign(book, request("wei", document="e" * 64))) == {"document_restated"}
    assert isinstance(to_sign(book, request("wei", document=DOCUMENT)), Statement)
    book = done(book, signed)
    assert signatures_over(book, DAY, restated.document, "apt") == ()
    anew = to_sign(book, replace(request("wei"), priced=restated))
    assert isinstance(anew, Statement)
    assert anew.document == restated.document


def test_a_signature_by_another_key_is_refused_whoever_says_to_have_made_it() -> None:
    book = staffed()
    said = signing(book, "wei").statement
    stolen = KEYS["okafor"].sign(said.message)
    told = SignPrices(said, stolen, KEYS["okafor"].public, PRICED, ZONE, TODAY)
    assert codes(decide(book, told)) == {"key_not_theirs"}
    assert codes(decide(book, replace(told, public_key=KEYS["wei"].public))) == {"signature_forged"}


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "no base64",
        base64.b64encode(bytes(64)).decode(),
        base64.b64encode(b"\1" + bytes(63)).decode(),
        base64.b64encode(bytes(63)).decode(),
    ],
)
def test_what_is_no_signature_is_refused(signature: str) -> None:
    book = staffed()
    assert codes(decide(book, replace(signing(book, "wei"), signature=signature))) == {"signature_forged"}


def test_one_changed_bit_of_a_signature_is_found() -> None:
    book = staffed()
    signed = signing(book, "wei")
    raw = base64.b64decode(signed.signature)
    for place in (0, 31, 32, 63):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        told = replace(signed, signature=base64.b64encode(changed).decode())
        assert codes(decide(book, told)) == {"signature_forged"}


def test_a_signature_is_not_replayed_for_another_day_zone_document_person_or_role() -> None:
    book = staffed()
    signed = signing(book, "both", "assessor")
    later = DAY + ONE_DAY
    assert codes(decide(book, replace(signed, priced=PricedDay(later, DOCUMENT, FORMS)))) == {"signature_other_day"}
    assert codes(decide(book, replace(signed, zone="b" * 64))) == {"signature_other_zone"}
    said = signed.statement
    elsewhere = {
        "day": replace(signed, statement=replace(said, on=later), priced=PricedDay(later, DOCUMENT, FORMS)),
        "zone": replace(signed, statement=replace(said, zone="b" * 64), zone="b" * 64),
        "document": replace(signed, statement=replace(said, document="e" * 64), priced=PricedDay(DAY, "e" * 64, FORMS)),
        "person": replace(signed, statement=replace(said, person="wei"), public_key=KEYS["wei"].public),
        "role": replace(signed, statement=replace(said, role="reviewer")),
    }
    for what, told in elsewhere.items():
        assert codes(decide(book, told)) == {"signature_forged"}, what


def test_a_signature_leaves_out_the_forms_of_its_signers_conflicts_and_names_them() -> None:
    book = done(staffed(), conflict("wei"))
    signed = signing(book, "wei")
    assert signed.statement.excepted == ("apt",)
    book = done(book, signed)
    assert signatures_over(book, DAY, DOCUMENT, "apt") == ()
    assert [one.person for one in signatures_over(book, DAY, DOCUMENT, "ndpr-oxide")] == ["wei"]
    covering = replace(signed.statement, excepted=())
    told = replace(signed, statement=covering, signature=KEYS["wei"].sign(covering.message))
    assert codes(decide(done(staffed(), conflict("wei")), told)) == {"conflict"}


def test_who_has_a_conflict_in_every_form_of_the_day_signs_nothing() -> None:
    assert codes(to_sign(done(staffed(), conflict("wei", "all")), request("wei"))) == {"conflict"}
    every = tuple(sorted(FORMS))
    assert codes(to_sign(done(staffed(), conflict("wei", every)), request("wei"))) == {"conflict"}
    assert isinstance(to_sign(done(staffed(), conflict("wei", every[1:])), request("wei")), Statement)


@pytest.mark.parametrize(
    ("first", "last", "touched"),
    [
        (date(2023, 1, 1), DAY - ONE_DAY, False),
        (date(2023, 1, 1), DAY, True),
        (DAY + ONE_DAY, DAY + 2 * ONE_DAY, True),
        (TODAY, None, True),
        (TODAY + ONE_DAY, None, False),
    ],
)
def test_a_conflict_touches_a_signature_from_the_priced_day_to_the_day_of_signing(
    first: date, last: date | None, touched: bool
) -> None:
    said = to_sign(done(staffed(), conflict("wei", ("apt",), first, last)), request("wei"))
    assert isinstance(said, Statement)
    assert said.excepted == (("apt",) if touched else ())


def test_a_conflict_declared_later_takes_its_forms_out_of_a_signature_given_earlier() -> None:
    book = staffed()
    signed = signing(book, "wei")
    book = done(book, signed)
    late = done(book, conflict("wei", ("apt",), DAY))
    assert signatures_over(late, DAY, DOCUMENT, "apt") == ()
    assert len(signatures_over(late, DAY, DOCUMENT, "cobalt-metal")) == 1
    after = done(book, conflict("wei", ("apt",), TODAY + ONE_DAY))
    assert len(signatures_over(after, DAY, DOCUMENT, "apt")) == 1
    again = decide(late, signing(late, "wei"))
    assert isinstance(again, Decided)
    assert again.events == ()


def test_a_signature_written_past_the_decision_counts_for_nothing() -> None:
    book = staffed()
    outcome = decide(book, signing(book, "wei"))
    assert isinstance(outcome, Decided)
    from footwall.desk.governance import PricesSigned, apply

    (event,) = outcome.events
    assert isinstance(event, PricesSigned)
    for forged in (replace(event, person="okafor"), replace(event, role="reviewer"), replace(event, excepted=("x",))):
        assert signatures_over(apply(book, forged), DAY, DOCUMENT, "apt") == ()
    assert signatures_over(apply(book, event), DAY, DOCUMENT, "apt") == (event,)


def test_the_bytes_signed_are_those_that_the_document_states() -> None:
    said = Statement(ZONE, DAY, DOCUMENT, "wei", "assessor", ("apt", "ndpr-oxide"))
    assert said.message == (
        b'footwall/prices-signed/1\n{"document":"' + b"d" * 64 + b'","except":["apt","ndpr-oxide"],'
        b'"on":"2024-01-31","person":"wei","role":"assessor","zone":"' + b"a" * 64 + b'"}'
    )
    assert said.message.index(b"\n") == 24
    import rfc8785

    assert rfc8785.dumps(json.loads(said.message[25:])) == said.message[25:]


def test_no_two_statements_have_the_same_bytes() -> None:
    said = Statement(ZONE, DAY, DOCUMENT, "wei", "assessor", ("apt",))
    others = [
        replace(said, zone="b" * 64),
        replace(said, on=TODAY),
        replace(said, document="e" * 64),
        replace(said, person="okafor"),
        replace(said, role="reviewer"),
        replace(said, excepted=()),
        replace(said, excepted=('apt","ndpr-oxide',)),
        replace(said, excepted=("apt", "ndpr-oxide")),
    ]
    assert len({one.message for one in (said, *others)}) == 1 + len(others)


def test_a_key_verifies_its_own_signature_and_no_other() -> None:
    one, other = key(7), key(8)
    assert holds(one.public, b"message", one.sign(b"message"))
    assert not holds(other.public, b"message", one.sign(b"message"))
    assert not holds(one.public, b"another", one.sign(b"message"))
    assert not holds("", b"message", one.sign(b"message"))
