"""Expert judgement: stated, reasoned and approved before the day it is for is walked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from footwall.desk.governance.book import Governance
from footwall.desk.governance.decided import REASON_CHARACTERS_MIN, Decided, Outcomes, prose, refusal, two_apart
from footwall.desk.governance.events import Action, JudgementMade
from footwall.errors import Problem


@dataclass(frozen=True, slots=True)
class MakeJudgement:
    """Leave observations of a form out of a day, or state its price where the method yields none.

    `days` are those for which the zone will still set its price, `known` the observations of the form, `known_forms` the catalogue's.
    """

    form: str
    on: date
    action: Action
    observations: tuple[str, ...]
    price: Decimal | None
    reason: str
    basis: str
    author: str
    approver: str
    today: date
    last_day: date | None
    days: frozenset[date]
    known: frozenset[str]
    known_forms: frozenset[str]


def judge(book: Governance, command: MakeJudgement) -> Outcomes:
    """Take a judgement in. The very same one is recorded once."""
    number = sum(map(len, book.judgements.values())) + 1
    event = JudgementMade(
        judgement=number,
        form=command.form,
        on=command.on,
        action=command.action,
        reason=command.reason,
        basis=command.basis,
        author=command.author,
        approver=command.approver,
        made_on=command.today,
        observations=tuple(sorted(set(command.observations))),
        price=command.price,
    )
    for held in book.judgements.get((command.form, command.on), ()):
        if _content(held) == _content(event):
            return Decided(already=f"it is judgement {held.judgement}, of {held.made_on}")
    problems = tuple(_faults(book, command))
    return problems or Decided((event,))


def judgements_on(book: Governance, on: date) -> Mapping[str, tuple[JudgementMade, ...]]:
    """The judgements for a day, by form, each form's in the order in which they were made."""
    return {form: made for (form, day), made in sorted(book.judgements.items()) if day == on}


def _content(judgement: JudgementMade) -> tuple[object, ...]:
    return (
        judgement.action,
        judgement.observations,
        judgement.price,
        judgement.reason,
        judgement.basis,
        judgement.author,
        judgement.approver,
    )


def _faults(book: Governance, command: MakeJudgement) -> Iterator[Problem]:
    if command.form not in command.known_forms:
        yield refusal(
            "form_unknown",
            repr(command.form),
            "a form of the catalogue",
            "The forms stand in facts/forms.csv.",
            "form",
        )
    yield from _day_faults(command)
    yield from two_apart(book, command.author, command.approver, (command.form,), command.on, command.today)
    yield from prose(command.reason, "reason", REASON_CHARACTERS_MIN)
    yield from prose(command.basis, "basis")
    yield from _excluding_faults(book, command) if command.action == "exclude" else _pricing_faults(book, command)


def _day_faults(command: MakeJudgement) -> Iterator[Problem]:
    if command.last_day is not None and command.on <= command.last_day:
        yield refusal(
            "day_walked",
            f"{command.on}, which has been walked",
            f"a day after {command.last_day}",
            "What was decided is changed by a correction, not by a judgement.",
            "on",
        )
    elif command.on not in command.days:
        near = ", ".join(str(day) for day in sorted(command.days)[:3])
        yield refusal(
            "day_not_of_walk",
            f"{command.on}, for which no price of {command.form} will be set",
            f"a day of its publication{': ' + near if near else ', and none is left'}",
            "A judgement is for one day for which the price is set.",
            "on",
        )


def _excluding_faults(book: Governance, command: MakeJudgement) -> Iterator[Problem]:
    if command.price is not None:
        yield refusal(
            "judgement_price", str(command.price), "no price", "An exclusion names observations only.", "price"
        )
    if not command.observations:
        yield refusal("observations_missing", "none", "ids of observations", "Name what to leave out.", "observations")
    held = {name: one.judgement for one in _standing(book, command) for name in one.observations}
    for name in sorted(set(command.observations)):
        if name not in command.known:
            yield refusal(
                "observation_unknown",
                repr(name),
                f"an observation of {command.form}",
                "footwall price FORM --why tells the ids of what is seen.",
                "observations",
            )
        elif name in held:
            yield refusal(
                "observation_excluded",
                f"{name}, left out by judgement {held[name]}",
                "an observation that still counts on that day",
                "Name it once.",
                "observations",
            )


def _pricing_faults(book: Governance, command: MakeJudgement) -> Iterator[Problem]:
    if command.observations:
        yield refusal(
            "judgement_observations", ", ".join(command.observations), "none", "A price names none.", "observations"
        )
    if command.price is None or not command.price.is_finite() or command.price <= 0:
        yield refusal(
            "judgement_price",
            str(command.price),
            "a price above zero, in USD per kg of the form's basis",
            "State the price.",
            "price",
        )
    for held in _standing(book, command):
        if held.action == "price":
            yield refusal(
                "judgement_price",
                f"another price, in judgement {held.judgement}",
                "one judged price of a form and day",
                "It stands: nothing recorded is taken back.",
                "price",
            )


def _standing(book: Governance, command: MakeJudgement) -> tuple[JudgementMade, ...]:
    return book.judgements.get((command.form, command.on), ())
