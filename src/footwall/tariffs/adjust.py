"""Where a floor's tariff stands after one cadence (MECHANISM §5).

A notified tariff closes the gap that parity and the ordinary duty leave under the floor. Down goes at once and whole;
up waits for notice and goes by steps; whether its first rate comes at once and whole is the rule's to say. Parity that nobody knows moves nothing: a tariff is never zero for want of data.

Above the ceiling nothing is owed, and no rule of its own is needed for that: the ceiling stands above the floor, so a
parity that reaches it leaves no gap, and the tariff is zero at once.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from footwall.errors import UsageError
from footwall.floors import Floor
from footwall.quantity import Unknown, exact_arithmetic, round_to_unit
from footwall.rulebook import TariffRule
from footwall.tariffs.escalation import NOT_ESTIMATED, History, escalates, exporter_share, extended
from footwall.tariffs.ordinary import OrdinaryRate
from footwall.tariffs.records import NO_VALUE, Parity, Tariff, TariffReason

_ZERO: Final = Decimal(0)
_SHORTEST_CADENCE_DAYS: Final = 28  # month ends are never closer to each other


def adjust(
    on: date,
    rule: TariffRule,
    current: Tariff | None,
    floor: Floor | None,
    parity: Parity,
    *,
    importers: tuple[str, ...],
    ordinary: OrdinaryRate | Unknown,
    outside_value: Decimal | Unknown,
) -> Tariff | Unknown:
    """The tariff of one form, importer group and origin group after the decision of `on`: USD per kg of the form's basis.

    `floor` is the one in force (None: none, or its sunset has passed); `outside_value` is the part of a landed price,
    USD per kg, that the importers' customs value leaves out (freight and insurance for `fob`, zero for `cif`).
    Where `rule.counts` has `ordinary` and its rate is Unknown, or `outside_value` is, the tariff is set before the ordinary
    duty, and `ordinary` of the result says so. `tolerated_shortfall` of the result is what this rule tolerates at this floor.

    For `top_up` and `graduated` the duty is found line by line: `rate` is then only what a line at parity would lack,
    and `changed_on` the day from which this floor applies. Unknown, with the reason, where there is no tariff to keep
    and nothing to open one on. Raises UsageError for a rule or parity of another form or group.
    """
    others = bool(rule.forms) and parity.form not in rule.forms
    if others or parity.group != rule.group or (floor is not None and floor.form != parity.form):
        raise UsageError(f"the tariff rule of {rule.group} does not adjust {parity.form} of {parity.group}")
    if current is not None and (current.method != rule.method or current.reason == "sunset"):
        # A rate of another method, or one that ended, is no rate to step from: the tariff opens anew.
        current = current if floor is None else None
    if floor is None:
        return Unknown(f"{parity.form} has no floor on {on}") if current is None else _ended(on, current)
    price = floor.price
    if isinstance(price, Unknown):
        undecided = Unknown(f"no floor of {parity.form} could be decided: {price.reason}")
        held = None if current is None else replace(_arrived(on, current), reason="floor_undecided")
        return undecided if held is None else replace(held, tolerated_shortfall=tolerated_shortfall(rule, floor))
    case = _Case(on, rule, price, parity, importers, ordinary, outside_value, tolerated_shortfall(rule, floor))
    return case.notified(current) if rule.method == "notified" else case.levied_per_line(current)


def tolerated_shortfall(rule: TariffRule, floor: Floor) -> Decimal | Unknown:
    """How far below the floor a landed price may fall before the tariff has caught up: USD per kg of the form's basis.

    Deadband + step cap × lag, with lag the cadences that pass between publishing a raise and its effect. Nothing where
    the duty is found line by line.
    """
    if isinstance(floor.price, Unknown):
        return floor.price
    if rule.method != "notified":
        return _ZERO
    lag = -(-rule.notice_days // _SHORTEST_CADENCE_DAYS)
    with exact_arithmetic():
        return (rule.deadband_share + rule.step_share_max * lag) * floor.price


@dataclass(frozen=True, slots=True)
class _Case:
    """One decision: what is ruled and what is known on the day."""

    on: date
    rule: TariffRule
    floor: Decimal
    parity: Parity
    importers: tuple[str, ...]
    ordinary: OrdinaryRate | Unknown
    outside_value: Decimal | Unknown
    tolerated: Decimal | Unknown

    def notified(self, current: Tariff | None) -> Tariff | Unknown:
        """One specific rate, adjusted by steps."""
        price = self.parity.price
        if isinstance(price, Unknown):
            if current is None:
                return Unknown(f"no tariff can open on {self.parity.form}: {price.reason}")
            return self._suspended(_arrived(self.on, current), price)
        value = self._value(price)
        if self.rule.rate_as == "ad_valorem" and (isinstance(value, Unknown) or value <= 0):
            reason = value.reason if isinstance(value, Unknown) else "the customs value at parity is not above zero"
            unstated = Unknown(f"no rate ad valorem can be stated on {self.parity.form}: {reason}")
            return unstated if current is None else self._suspended(_arrived(self.on, current), unstated)
        needed = self._needed(price)
        if current is None and self.rule.opening == "at_once":
            return self._tariff(needed, self.on, needed, "opened", self._remembered((), _ZERO, price))
        nothing = self._tariff(_ZERO, self.on, needed, "opened", ())
        held = nothing if current is None else _arrived(self.on, self._stated(current, value))
        history = self._remembered(held.history, held.rate, price)
        if needed < held.rate:
            # A rate that is lowered may not rise as a share of the value, which would be a raise without notice.
            lowered = self._tariff(needed, self.on, needed, "lowered", history)
            if isinstance(value, Decimal) and isinstance(held.value, Decimal):
                return replace(lowered, value=max(value, held.value))
            return lowered
        kept = replace(
            self._tariff(held.rate, held.changed_on, needed, "unchanged", history),
            pending=held.pending,
            pending_from=held.pending_from,
            value=held.value,
            pending_value=held.pending_value,
        )
        return self._raised(kept, needed, held)

    def levied_per_line(self, current: Tariff | None) -> Tariff:
        """A method that finds each line's own duty: nothing is adjusted, only the floor itself changes."""
        price = self.parity.price
        needed = price if isinstance(price, Unknown) else self._needed(price)
        same = current is not None and current.floor == self.floor
        changed_on = current.changed_on if current is not None and same else self.on
        rate = _ZERO if isinstance(needed, Unknown) else needed
        return self._tariff(rate, changed_on, needed, "levied_per_line", ())

    def _stated(self, current: Tariff, value: Decimal | Unknown) -> Tariff:
        """A tariff that was stated by mass until now, or is from now on, with the customs value that the rule asks for."""
        if isinstance(value, Unknown):
            return replace(current, value=value, pending_value=value)
        announced = value if current.pending is not None else NO_VALUE
        return replace(
            current,
            value=value if isinstance(current.value, Unknown) else current.value,
            pending_value=announced if isinstance(current.pending_value, Unknown) else current.pending_value,
        )

    def _value(self, price: Decimal) -> Decimal | Unknown:
        """The customs value of a kilogram at parity, where the rule states its rate as a share of it."""
        if self.rule.rate_as == "specific":
            return NO_VALUE
        if isinstance(self.outside_value, Unknown):
            return self.outside_value
        with exact_arithmetic():
            return price - self.outside_value

    def _needed(self, price: Decimal) -> Decimal:
        counted = self._counted(price)
        with exact_arithmetic():
            gap = self.floor - price - (_ZERO if isinstance(counted, Unknown) else counted)
        return round_to_unit(max(_ZERO, gap), self.rule.rounding_unit, self.rule.rounding_mode)

    def _counted(self, price: Decimal | Unknown) -> Decimal | Unknown:
        """Ô at a parity of `price`; zero where the rule does not count it."""
        if "ordinary" not in self.rule.counts:
            return _ZERO
        if isinstance(self.ordinary, Unknown):
            return Unknown(f"the tariff is set before ordinary duty: {self.ordinary.reason}")
        if isinstance(price, Unknown):
            return price
        if isinstance(self.outside_value, Unknown):
            return Unknown(f"the tariff is set before ordinary duty: {self.outside_value.reason}")
        return self.ordinary.at(price, self.outside_value)

    def _raised(self, kept: Tariff, needed: Decimal, held: Tariff) -> Tariff:
        """A raise, if the need asks for one and the guard allows it; a decrease has been dealt with."""
        with exact_arithmetic():
            lacking = needed - kept.rate
            deadband = self.rule.deadband_share * self.floor
            target = self._stepped(kept.rate, lacking)
        unpending = replace(kept, pending=None, pending_from=None, pending_value=NO_VALUE)
        if lacking > 0 and (held.frozen or self._escalates(kept.history)):
            share = held.exporter_share if isinstance(kept.exporter_share, Unknown) else kept.exporter_share
            return replace(unpending, frozen=True, exporter_share=share, reason="frozen")
        if lacking <= deadband:
            return replace(unpending, reason="within_deadband" if lacking > 0 else "unchanged")
        if target <= kept.rate:
            return replace(unpending, reason="step_below_unit")
        if self.rule.notice_days == 0:
            return replace(unpending, rate=target, changed_on=self.on, reason="raised", value=self._value_now())
        if kept.pending is not None:
            # Less than was announced may come on the announced day; more needs a notice of its own.
            return replace(kept, pending=min(kept.pending, target), reason="raise_pending")
        starts = self.on + timedelta(days=self.rule.notice_days)
        return replace(
            kept, pending=target, pending_from=starts, reason="raise_pending", pending_value=self._value_now()
        )

    def _value_now(self) -> Decimal | Unknown:
        price = self.parity.price
        return price if isinstance(price, Unknown) else self._value(price)

    def _stepped(self, rate: Decimal, lacking: Decimal) -> Decimal:
        highest = rate + min(lacking, self.rule.step_share_max * self.floor)
        target = round_to_unit(highest, self.rule.rounding_unit, self.rule.rounding_mode)
        # Rounding may not carry a raise past the step cap, nor past the need.
        return target if target <= highest else round_to_unit(highest, self.rule.rounding_unit, "down")

    def _suspended(self, held: Tariff, price: Unknown) -> Tariff:
        return replace(
            held,
            importers=self.importers,
            floor=self.floor,
            parity=price,
            needed=price,
            ordinary=self._counted(price),
            tolerated_shortfall=self.tolerated,
            reason="parity_suspended",
        )

    def _remembered(self, before: History, rate: Decimal, price: Decimal) -> History:
        return extended(self.rule.guard, before, (self.on, rate, price))

    def _escalates(self, history: History) -> bool:
        return escalates(self.rule.guard, self.floor, [(rate, self._gap(rate, price)) for _, rate, price in history])

    def _gap(self, rate: Decimal, price: Decimal) -> Decimal:
        """How far below today's floor goods landed at `price` with a tariff of `rate`."""
        counted = self._counted(price)
        with exact_arithmetic():
            return self.floor - price - rate - (_ZERO if isinstance(counted, Unknown) else counted)

    def _tariff(
        self,
        rate: Decimal,
        changed_on: date,
        needed: Decimal | Unknown,
        reason: TariffReason,
        history: History,
    ) -> Tariff:
        return Tariff(
            form=self.parity.form,
            importers=self.importers,
            group=self.rule.group,
            method=self.rule.method,
            rate=rate,
            changed_on=changed_on,
            pending=None,
            pending_from=None,
            needed=needed,
            floor=self.floor,
            parity=self.parity.price,
            ordinary=self._counted(self.parity.price),
            frozen=False,
            exporter_share=exporter_share(history),
            tolerated_shortfall=self.tolerated,
            reason=reason,
            history=history,
            value=self._value_now(),
        )


def _arrived(on: date, current: Tariff) -> Tariff:
    """A raise whose notice has run is in force from its own day, whatever has become known since."""
    if current.pending is None or current.pending_from is None or on < current.pending_from:
        return current
    return replace(
        current,
        rate=current.pending,
        changed_on=current.pending_from,
        pending=None,
        pending_from=None,
        value=current.pending_value,
        pending_value=NO_VALUE,
    )


def _ended(on: date, current: Tariff) -> Tariff:
    return replace(
        current,
        rate=_ZERO,
        changed_on=on if current.rate else current.changed_on,
        pending=None,
        pending_from=None,
        needed=_ZERO,
        frozen=False,
        exporter_share=NOT_ESTIMATED,
        tolerated_shortfall=_ZERO,
        reason="sunset",
        history=(),
    )
