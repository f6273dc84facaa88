"""One duty, as a schedule states it: whose goods owe what, by which method, from when to when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import Literal

from footwall.errors import UsageError
from footwall.facts import Facts
from footwall.quantity import RoundingMode, exact_decimal
from footwall.rulebook import CapKind, Counted, DutyMethod, ShipmentRule

Role = Literal["ordinary", "additional", "floor", "embedded"]
NON_MEMBERS = "non-members"

_AMOUNTS = (
    "ad_valorem",
    "specific",
    "floor",
    "ceiling",
    "parity",
    "standard_value",
    "tolerance",
    "otherwise_ad_valorem",
    "bound_ad_valorem",
    "bound_specific",
    "least_ad_valorem",
    "least_specific",
    "most_ad_valorem",
    "most_specific",
    "rebate_share",
    "rounding_unit",
)


@dataclass(frozen=True, slots=True)
class Band:
    """One entry-price band: `specific` is owed where the import price reaches `at_least` (both per `per_kg`)."""

    at_least: Decimal
    specific: Decimal


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice of a graduated duty: `rate` of that part of the gap R − P which lies below `up_to` (a share of R)."""

    up_to: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Element:
    """What goods may contain: `specific` is owed per `per_kg` of it, of the part `recovered` of what is there.

    `undeclared` is the share of the goods' mass that is taken where a line declares no contents; None where such a
    line cannot be assessed.
    """

    element: str
    specific: Decimal
    recovered: Decimal
    undeclared: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of the customs value and an amount per `per_kg`, of which one may be missing; what is owed is their sum."""

    ad_valorem: Decimal | None
    specific: Decimal | None


class _Known:
    """What is known of a measure beside what it says: no fields, and so not copied, compared or written down."""

    __slots__ = ("_assessed", "_sound_with")

    def is_sound_with(self, facts: Facts) -> bool:
        """Whether this very record was found without a fault of its own beside these very facts."""
        return getattr(self, "_sound_with", None) is facts

    def keep_sound_with(self, facts: Facts) -> None:
        """Remember that it was: neither the record nor the facts can change."""
        object.__setattr__(self, "_sound_with", facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(_Known):
    """One duty on a form or on HS codes, for some importers and origins, from `valid_from` to `valid_to` (its last day).

    Amounts (`floor`, `ceiling`, `specific`, `bands`, `standard_value`, `parity`) are in `currency` per `per_kg`
    kilograms of the goods, or of the element that `contained` names; only a measure without amounts may leave the
    currency out. Rates are fractions (0.037 is 3.7 %).
    `importers` and `origins` are ISO 3166 alpha-2 codes (`EU` stands for its states); `origins` may be `non-members`.
    `elements` are [(element, specific, recovered, undeclared)] of a duty on what goods contain (role `embedded`).
    `bands` are [(at_least, specific)] descending, the last one the duty below all others; `slices` [(up_to, rate)].
    `counts`, `slices`, `rounding_unit` and `rounding_mode` left out take the method's defaults of the rulebook.
    `programme`: an ordinary measure of a preference programme (`KORUS`) is met by lines alone that claim it.
    `ceiling`: from this landed price on no floor duty is owed. `parity`: P̂, where known, for the rents.
    `bound_ad_valorem`, `bound_specific`: the bound rate behind `cap`; left out, the cap is unknown and does not bite.
    `least_ad_valorem`, `least_specific`: an ordinary or additional duty is not less than their sum, and then not more
    than that of `most_ad_valorem` and `most_specific`: the MIN and MAX of printed tariffs. A floor duty with a least owes
    it above the floor, too, up to the ceiling.
    `rebate_share`: from the ceiling on, the ordinary duty is less by this share of it.
    `suspended`: a declared disruption; no floor duty is owed while the measure is in force.
    `equalisation`: the levy of an internal floor on members' goods, returned to the member that they come from.

    Numbers may be Decimal, int, text, or float (read through its shortest text). Raises UsageError for what is not a
    number; whether the measure makes sense is for `Schedule.from_measures` to say, with all faults at once.
    """

    measure_id: str
    role: Role
    method: DutyMethod
    importers: Sequence[str]
    origins: Sequence[str]
    valid_from: date
    currency: str = ""
    form: str | None = None
    hs_codes: Sequence[str] = ()
    valid_to: date | None = None
    per_kg: int = 1
    contained: str | None = None
    programme: str = ""
    legal_basis: str = ""
    ad_valorem: Decimal | None = None
    specific: Decimal | None = None
    floor: Decimal | None = None
    ceiling: Decimal | None = None
    parity: Decimal | None = None
    bands: Sequence[Band] = ()
    standard_value: Decimal | None = None
    tolerance: Decimal | None = None
    slices: Sequence[Slice] | None = None
    elements: Sequence[Element] = ()
    otherwise_ad_valorem: Decimal | None = None
    counts: Sequence[Counted] | None = None
    cap: CapKind = "none"
    bound_ad_valorem: Decimal | None = None
    bound_specific: Decimal | None = None
    least_ad_valorem: Decimal | None = None
    least_specific: Decimal | None = None
    most_ad_valorem: Decimal | None = None
    most_specific: Decimal | None = None
    rebate_share: Decimal | None = None
    suspended: bool = False
    equalisation: bool = False
    shipment: ShipmentRule = "none"
    rounding_unit: Decimal | None = None
    rounding_mode: RoundingMode | None = None

    def __post_init__(self) -> None:
        """Bring lists to tuples and numbers to exact decimals."""
        if type(self.per_kg) is not int:
            raise UsageError(
                f"measure {self.measure_id}: per_kg must be a whole number of kilograms, not {self.per_kg!r}"
            )
        for name in ("measure_id", "role", "method", "currency"):
            if not isinstance(getattr(self, name), str):
                raise UsageError(f"measure {self.measure_id}: {name} must be text, not {getattr(self, name)!r}")
        object.__setattr__(self, "programme", str(self.programme).strip().upper())
        for name in ("importers", "origins", "hs_codes", "counts"):
            value = getattr(self, name)
            if value is not None or name != "counts":
                object.__setattr__(self, name, self._words(name, value))
        for name in _AMOUNTS:
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, self._number(name, value))
        object.__setattr__(self, "elements", tuple(map(self._element, self.elements)))
        object.__setattr__(self, "bands", tuple(Band(*self._pair("bands", band)) for band in self.bands))
        if self.slices is not None:
            object.__setattr__(self, "slices", tuple(Slice(*self._pair("slices", item)) for item in self.slices))

    @property
    def has_amounts(self) -> bool:
        """Whether any of its numbers is money."""
        named = (self.specific, self.floor, self.ceiling, self.parity, self.standard_value, self.bound_specific)
        limits = (self.least_specific, self.most_specific)
        return bool(self.bands) or bool(self.elements) or any(amount is not None for amount in (*named, *limits))

    @property
    def least(self) -> "Rate | None":
        """The least that the duty may be, where the measure states one."""
        return _rate(self.least_ad_valorem, self.least_specific)

    @property
    def most(self) -> "Rate | None":
        """The most that the duty may be, where the measure states one."""
        return _rate(self.most_ad_valorem, self.most_specific)

    def assessed_in(self, currency: str) -> "Measure":
        """The same measure with the currency in which its duty is assessed, where it has no amounts in one of its own."""
        if self.has_amounts or self.currency == currency:
            return self
        held: Measure | None = getattr(self, "_assessed", None)
        if held is None or held.currency != currency:
            held = replace(self, currency=currency)
            object.__setattr__(self, "_assessed", held)
        return held

    def per_kilogram(self, amount: Decimal) -> Decimal:
        """`amount` (per `per_kg`) for one kilogram: exact, since `per_kg` is a power of ten."""
        return amount.scaleb(1 - len(str(self.per_kg)))

    def _words(self, name: str, value: object) -> tuple[str, ...]:
        if type(value) is tuple and set(map(type, value)) <= {str}:
            return value
        words = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else ()
        if not isinstance(value, str | Iterable) or any(not issubclass(kind, str) for kind in {*map(type, words)}):
            raise UsageError(f"measure {self.measure_id}: {name} must be a list of texts, not {value!r}")
        return words

    def _element(self, told: Element | Iterable[object]) -> Element:
        values = [getattr(told, f.name) for f in fields(told)] if isinstance(told, Element) else told
        listed = list(values) if isinstance(values, Iterable) and not isinstance(values, str) else []
        if len(listed) not in {3, 4} or not isinstance(listed[0], str):
            raise UsageError(
                f"measure {self.measure_id}: each of elements must be (element, specific, recovered, undeclared), not {told!r}"
            )
        undeclared = listed[3] if len(listed) == 4 else None
        return Element(
            listed[0],
            self._number("elements", listed[1]),
            self._number("elements", listed[2]),
            None if undeclared is None else self._number("elements", undeclared),
        )

    def _pair(self, name: str, pair: Band | Slice | Iterable[object]) -> tuple[Decimal, Decimal]:
        pairs = [getattr(pair, f.name) for f in fields(pair)] if isinstance(pair, Band | Slice) else pair
        values = list(pairs) if isinstance(pairs, Iterable) and not isinstance(pairs, str) else []
        if len(values) != 2:
            raise UsageError(f"measure {self.measure_id}: each of {name} must be a pair, not {pair!r}")
        return self._number(name, values[0]), self._number(name, values[1])

    def _number(self, name: str, value: object) -> Decimal:
        if isinstance(value, (Decimal, Real, str)):  # made for each number of a schedule: a union would be built anew
            try:
                return exact_decimal(value)
            except ValueError as fault:
                raise UsageError(f"measure {self.measure_id}: {name}: {fault}") from None
        raise UsageError(f"measure {self.measure_id}: {name}: {value!r} is not a number")


def _rate(ad_valorem: Decimal | None, specific: Decimal | None) -> Rate | None:
    return None if ad_valorem is None and specific is None else Rate(ad_valorem, specific)
