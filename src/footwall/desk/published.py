"""A price as it is published: its certificate, who has signed it, and what a stranger needs to verify both.

The document is one JSON object. `certificate` recomputes by itself (`prices.replay`), and `certificate_sha256` is the hash
of its canonical bytes. A signature stands for the document of all the day's certificates, of which this one is a part: so
where anybody has signed, that document is here too, as `day`, and its canonical bytes have the hash `document` that
the signatures name.
"""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from footwall.desk.day import Decision, WalkDay, decide
from footwall.desk.events import ReferencePricesSet
from footwall.desk.governance import Approval, PricesSigned, statement_of
from footwall.desk.standing import approval, signatures_on
from footwall.desk.state import State
from footwall.desk.zone import Zone
from footwall.errors import UsageError
from footwall.prices import JSON, ReferencePrice, canonical, certificate_hash
from footwall.quantity import Unknown, plain
from footwall.rulebook import in_force

FORMAT: Final = "footwall/certificate/1"
"""What a publication calls itself."""


def signatures_min_on(zone: Zone, on: date) -> int | None:
    """How many people the rules of a day want to sign its prices; None where no rule says."""
    rules = in_force(zone.rulebooks.on(on).governance, on)
    return rules[0].signatures_min if rules else None


def approval_on(zone: Zone, reference: ReferencePrice) -> Approval:
    """Who has signed a price, and whether that is what the rules of its day want (nothing, where no rule says)."""
    return approval(zone.state, reference.on, reference.form, signatures_min_on(zone, reference.on) or 0)


def publication(zone: Zone, reference: ReferencePrice, as_known_at: datetime | None = None) -> dict[str, JSON]:
    """A price of the zone, with its certificate, as the JSON object that is published.

    `as_known_at` is the instant as of which the zone was opened, and None where it is all that is recorded.
    """
    form, certificate = zone.facts.forms[reference.form], reference.certified
    signed = signatures_on(zone.state, reference.on, reference.form)
    document = zone.state.certificates[reference.on]
    return {
        "format": FORMAT,
        "notice": zone.settings.notice,
        "zone": {"name": zone.settings.name, "identity": zone.identity},
        "record": {"sequence": zone.head.sequence, "hash": zone.head.hash},
        "as_known_at": None if as_known_at is None else as_known_at.isoformat(),
        "form": {
            "form": form.form,
            "name": form.name,
            "stage": form.stage,
            "unit": "USD/kg",
            "of": form.form if form.basis == "form" else form.content,
        },
        "on": reference.on.isoformat(),
        "price": _told(reference),
        "certificate": canonical(certificate),
        "certificate_sha256": certificate_hash(certificate),
        "document": document,
        "signatures_min": signatures_min_on(zone, reference.on),
        "signatures": [_signature(zone, one) for one in signed],
        "day": _day(zone, document) if signed else None,
    }


def recomputed(zone: Zone, form: str, on: date) -> dict[str, JSON]:
    """The certificate of a form on a walked day as JSON, decided again from the zone's own observations, rules and past.

    Raises UsageError for a day that was not walked, and for a form of which no price was published for it.
    """
    if on not in zone.days:
        raise UsageError(f"{on} was not walked, and prices are published for walked days only")
    place = zone.days.index(on)
    past = zone.state_on(zone.days[place - 1]) if place else State()
    before = replace(past, governance=zone.state_on(on).governance)  # what was judged for the day came between the two
    grounds = zone.grounds_under(on, zone.state)
    decision = decide(before, WalkDay(on, zone.rulebooks.on(on), grounds, whole=False, priced=zone.priced_on(on)))
    if not isinstance(decision, Decision):
        raise UsageError(f"the day {on} cannot be decided again: its measures contradict each other")
    named = {event.evidence["certificates"] for event in decision.events if isinstance(event, ReferencePricesSet)}
    documents = [one for one in decision.documents if one.digest in named]
    certificates = _plain(json.loads(documents[0].data)["certificates"]) if documents else None
    found = certificates.get(form) if isinstance(certificates, dict) else None
    if not isinstance(found, dict):
        raise UsageError(f"no price of {form} was published for {on}")
    return found


def _told(reference: ReferencePrice) -> JSON:
    price = reference.price
    return {
        "price": {"unknown": price.reason} if isinstance(price, Unknown) else plain(price),
        "status": reference.status,
        "tier": reference.tier,
        "rests_on": None if reference.rests_on is None else reference.rests_on.isoformat(),
        "confidence": reference.confidence,
        "assumed": reference.assumed,
        "under_floor": reference.under_floor,
    }


def _signature(zone: Zone, one: PricesSigned) -> JSON:
    """One signature with the key of whoever made it; `message` are the bytes that it was made over, as text."""
    person = zone.state.governance.people[one.person]
    return {
        "person": one.person,
        "name": person.name,
        "role": one.role,
        "public_key": person.public_key,
        "signature": one.signature,
        "signed_on": one.signed_on.isoformat(),
        "on": one.on.isoformat(),
        "zone": one.zone,
        "document": one.document,
        "except": list(one.excepted),
        "message": statement_of(one).message.decode(),
    }


def _day(zone: Zone, document: str) -> JSON:
    """The document of all the day's certificates, as it stands in the evidence."""
    return _plain(zone.evidence.get_json(document))


def _plain(value: object) -> JSON:
    """A value of the evidence as one of a certificate: the evidence of prices holds no fractions."""
    match value:
        case dict():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case None | bool() | int() | str():
            return value
    raise TypeError(f"{type(value).__name__} has no place in a document of certificates")
