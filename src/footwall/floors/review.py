"""A scheduled review of one floor: what the zone defends, decided apart from what the market says today (MECHANISM §1).

Two traps are kept out here. A floor that followed the market down would defend nothing, so it moves only at reviews and
by limited steps. A floor that fed on prices made under itself would lock itself in, so months whose reference is
`under_floor` never enter the mean: with falling costs the cost-build then carries the floor down.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from footwall.errors import UsageError
from footwall.facts import Form
from footwall.floors.records import Floor
from footwall.prices import ReferencePrice
from footwall.quantity import Unknown, counted, exact_arithmetic, round_to_unit
from footwall.rulebook import FloorRule

_UNIT_OF_BASIS = {"form": "USD/kg", "contained": "USD/kg contained"}
_MONTHS_PER_YEAR = 12
MEAN_PLACES = 12
"""Places that a mean is kept to before the floor's one rounding: a mean of months has no end in decimals."""
_MEAN_UNIT = Decimal(1).scaleb(-MEAN_PLACES)


def review(
    on: date,
    form: Form,
    rule: FloorRule,
    references: Sequence[ReferencePrice],
    cost_build: Decimal | Unknown,
    *,
    previous: Floor | None,
    rulebook_version: str,
) -> Floor:
    """The floor that a review on `on` decides: USD per kg of the form's basis, rounded once as the rule says.

    factor × the higher of cost-build and trailing mean, then at most one step away from `previous` (the floor in force;
    None at the first review or after a sunset, when no step limits it), then rounded without leaving that step.
    The ceiling is its factor × the floor, exactly.
    `references` is the form's monthly history as known on `on`. The price is Unknown, with the reason, where neither
    basis is known: such a review decides nothing and repeals nothing (see `floor_on`).
    Raises UsageError for a rule of another form or unit, or a reference from after `on`: the caller's fault.
    """
    _check_use(on, form, rule, references)
    usable = _usable(on, rule, references)
    chosen, basis = _higher(cost_build, usable)
    before = previous.price if previous is not None and isinstance(previous.price, Decimal) else None
    unstepped: Decimal | Unknown
    price: Decimal | Unknown
    ceiling: Decimal | Unknown
    if isinstance(chosen, Unknown):
        unstepped = price = ceiling = chosen
    else:
        with exact_arithmetic():
            # The factor first and the one quotient last: a mean cut short beforehand would turn a tie into a round down.
            wanted = rule.factor * sum(chosen, Decimal(0)) / len(chosen)
            unstepped = round_to_unit(wanted, _MEAN_UNIT, "half_even")
            price = ceiling = _stepped(rule, wanted, before)
            if isinstance(price, Decimal):
                ceiling = rule.ceiling_factor * price
    return Floor(
        form=form.form,
        reviewed_on=on,
        price=price,
        ceiling=ceiling,
        cost_build=cost_build,
        trailing_mean=_mean(usable),
        unstepped=unstepped,
        previous=before,
        basis=basis,
        mode=rule.mode,
        sunset=rule.valid_to,
        rulebook=rulebook_version,
    )


def trailing_mean(on: date, rule: FloorRule, references: Sequence[ReferencePrice]) -> Decimal | Unknown:
    """The mean of the reference over the rule's trailing months up to `on`, one price a month, told to MEAN_PLACES.

    Left out: months whose reference was made `under_floor` (it would echo the floor itself) and suspended months (there
    is no price). A carried month counts: its price was the published reference of that month, and its age is limited
    where it is carried. Of two references in one month the later counts.
    """
    return _mean(_usable(on, rule, references))


def _usable(on: date, rule: FloorRule, references: Sequence[ReferencePrice]) -> tuple[Decimal, ...] | Unknown:
    """The prices that `trailing_mean` is of, one for each month."""
    months: dict[int, ReferencePrice] = {}
    for reference in references:
        if 0 <= _month_number(on) - _month_number(reference.on) < rule.trailing_months:
            months[_month_number(reference.on)] = reference
    prices = tuple(
        reference.price
        for reference in months.values()
        if isinstance(reference.price, Decimal) and not reference.under_floor
    )
    return prices or Unknown(_why_no_mean(rule, list(months.values())))


def _mean(prices: Sequence[Decimal] | Unknown) -> Decimal | Unknown:
    if isinstance(prices, Unknown):
        return prices
    with exact_arithmetic():
        return round_to_unit(sum(prices, Decimal(0)) / len(prices), _MEAN_UNIT, "half_even")


def review_due(rule: FloorRule, last_walked: date | None, on: date) -> bool:
    """Whether a review day of `rule` fell after `last_walked` (None: never walked) and up to `on`, inside the rule's dates."""
    return any(
        (last_walked is None or last_walked < day)
        and day <= on
        and (rule.valid_from is None or rule.valid_from <= day)
        and (rule.valid_to is None or on <= rule.valid_to)
        for day in rule.review_days
    )


def _check_use(on: date, form: Form, rule: FloorRule, references: Sequence[ReferencePrice]) -> None:
    if rule.form != form.form:
        raise UsageError(f"the floor rule of {rule.form} cannot review {form.form}")
    if rule.unit != _UNIT_OF_BASIS[form.basis]:
        raise UsageError(f"the floor of {form.form} is ruled in {rule.unit}, but its prices are per kg of {form.basis}")
    for reference in references:
        if reference.on > on or reference.form != form.form:
            raise UsageError(
                f"a review of {form.form} on {on} cannot use the reference of {reference.form} on {reference.on}"
            )


def _higher(
    cost_build: Decimal | Unknown, months: tuple[Decimal, ...] | Unknown
) -> tuple[tuple[Decimal, ...] | Unknown, Literal["cost_build", "trailing_mean", "none"]]:
    """The figures of which the floor's basis is the mean: the one cost-build, or the prices of the months."""
    if isinstance(cost_build, Unknown):
        if isinstance(months, Unknown):
            return Unknown(f"no basis for a floor: {cost_build.reason}; {months.reason}"), "none"
        return months, "trailing_mean"
    with exact_arithmetic():
        if isinstance(months, Unknown) or cost_build * len(months) >= sum(months, Decimal(0)):
            return (cost_build,), "cost_build"
    return months, "trailing_mean"


def _stepped(rule: FloorRule, wanted: Decimal, before: Decimal | None) -> Decimal | Unknown:
    unit = rule.rounding_unit
    if before is None:
        price = round_to_unit(wanted, unit, rule.rounding_mode)
    else:
        highest = before * (1 + rule.step_up_share_max)
        lowest = before * (1 - rule.step_down_share_max)
        price = round_to_unit(max(lowest, min(wanted, highest)), unit, rule.rounding_mode)
        # Rounding may not carry the floor past the step that the rule allows: then it goes the other way, once.
        if price > highest:
            price = round_to_unit(highest, unit, "down")
        elif price < lowest:
            price = round_to_unit(lowest, unit, "up")
    # A floor of nothing defends nothing, and would look like a decision to have none.
    return price if price > 0 else Unknown(f"a floor of {wanted} rounds to nothing at a unit of {unit}")


def _why_no_mean(rule: FloorRule, months: Sequence[ReferencePrice]) -> str:
    under_floor = sum(reference.under_floor for reference in months)
    suspended = sum(isinstance(reference.price, Unknown) for reference in months)
    return (
        f"no usable reference in the last {counted(rule.trailing_months, 'month')}: "
        f"{len(months)} known, {under_floor} of them under the floor, {suspended} suspended"
    )


def _month_number(day: date) -> int:
    return day.year * _MONTHS_PER_YEAR + day.month
