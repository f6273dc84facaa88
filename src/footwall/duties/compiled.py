"""The compiled terms as Arrow tables, each number at the scale its column needs, for one lane or the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from footwall.duties.clauses import FACTOR_PLACES, Scales
from footwall.duties.exact_sql import NARROW_DIGITS, WIDE_DIGITS
from footwall.duties.read import PLACES_MAX
from footwall.duties.shape import Shape
from footwall.duties.terms import Terms, Value

_RATES = ("_av", "f_otherwise", "f_bound_av")
_WORDS = ("form", "method", "reason", "valuation", "f_shipment", "f_cap")
_NOT_READ = ("largest", "mass_max", "plain", "needs_content", "needs_contents")


@dataclass(frozen=True, slots=True)
class Compiled:
    """The terms of one lane: the table, the scales of its numbers, and how large a line may be."""

    table: pa.Table
    scales: Scales
    value_limit: Decimal
    mass_limits: Mapping[int, Decimal]


def compile_lane(terms: Terms, shape: Shape, rate_places: int, *, wide: bool) -> Compiled:
    """The terms of `terms.cells` that the lane can hold, with `mass_limits` (cell → largest mass in kg) for each of them."""
    cells = [cell for cell in terms.cells if wide or cell["plain"]]
    scales = _scales(cells, terms, shape, rate_places)
    digits = (WIDE_DIGITS if wide else NARROW_DIGITS) - 1
    if not wide and _largest_scale(scales, terms, wide=wide) + _rounding_places(terms) > digits:
        cells = []  # no number fits beside so many places: every line takes the wide lane
        scales = _scales(cells, terms, shape, rate_places)
    room = _room(Decimal(10) ** (digits - _largest_scale(scales, terms, wide=wide)), terms)
    rate_limit = Decimal(10) ** (digits - scales.value - scales.line_rate) if scales.converts else room
    return Compiled(
        _table(cells, _columns(terms), scales, digits + 1),
        scales,
        min(room / (2 * _largest_rate(cells)), rate_limit),
        {_cell_number(cell): _mass_limit(cell, room) for cell in cells},
    )


def _room(largest: Decimal, terms: Terms) -> Decimal:
    """How much one amount may come to, so that every sum that the query takes stays below `largest`.

    The longest sum is that of the gap: R·m, V, F and every duty before the floor duty, each of two amounts and raised by its
    rounding. V may be twice what is declared, where freight is put on it.
    """
    duties = terms.additional_slots + 1
    unit = max((unit for unit, _ in terms.roundings), default=Decimal(0))
    return max(Decimal(0), largest - unit * duties) / (3 + 2 * duties)


def _largest_rate(cells: Sequence[Mapping[str, Value]]) -> Decimal:
    """The largest share of the value that some duty takes, and at least one."""
    named = (value for cell in cells for name, value in cell.items() if _is_rate(name))
    return max((value for value in named if isinstance(value, Decimal)), default=Decimal(1)).max(Decimal(1))


def _cell_number(cell: Mapping[str, Value]) -> int:
    number = cell["cell"]
    if not isinstance(number, int):
        raise TypeError("a cell is numbered")
    return number


def _mass_limit(cell: Mapping[str, Value], room: Decimal) -> Decimal:
    largest = cell["largest"]
    if not isinstance(largest, Decimal) or largest <= 1:
        return room
    return Decimal(int(room / largest))


def _scales(cells: Sequence[Mapping[str, Value]], terms: Terms, shape: Shape, rate_places: int) -> Scales:
    contents = [_places(cell["standard_content"]) for cell in cells]
    return Scales(
        value=max(shape.value_scale, 0),
        mass=shape.mass_scale,
        content=max([shape.content_scale, *contents]),
        line_rate=rate_places,
        measure_rate=rate_places if terms.foreign else 0,
        rate=_most_places(cells, _is_rate),
        price=_most_places(cells, _is_price),
        share=_share_places(cells) if terms.elements else 0,
        slice_rate=_most_places(cells, lambda name: name.endswith("_rate")),
        kept=_most_places(cells, _is_kept),
        has_freight=shape.has_freight,
        has_basis=shape.has_basis,
        has_invoice=shape.has_invoice,
        converts=rate_places > 0,
    )


def _largest_scale(scales: Scales, terms: Terms, *, wide: bool) -> int:
    amount = scales.mass + scales.price + scales.measure_rate + (max(scales.content, scales.share) if wide else 0)
    coin = max(0, -int(terms.coin.as_tuple().exponent))
    rebate = scales.kept if wide else 0
    return max(amount + (scales.slice_rate if terms.slice_slots else 0), amount + rebate, coin + scales.rate + rebate)


def _rounding_places(terms: Terms) -> int:
    """Places that a rounding to a unit adds, where it counts how many units there are."""
    units = [unit for unit, _ in terms.roundings if unit.as_tuple().digits != (1,)]
    return max((-int((1 / unit).normalize().as_tuple().exponent) for unit in units), default=0)


def _share_places(cells: Sequence[Mapping[str, Value]]) -> int:
    """Places of the shares of elements: as many as a line may state, and as many as a measure takes undeclared."""
    return max(PLACES_MAX, _most_places(cells, _is_share))


def _is_share(name: str) -> bool:
    return name.startswith("m") and name.endswith("_share")


def _is_kept(name: str) -> bool:
    return name == "f_kept"


def _is_rate(name: str) -> bool:
    return name.endswith(_RATES)


def _is_price(name: str) -> bool:
    priced = ("f_floor", "f_ceiling", "f_parity", "f_standard", "f_trigger", "f_rent_price", "f_bound_sp")
    return name.endswith(("_sp", "_at", "_from")) or name in priced


def _places(value: Value) -> int:
    if not isinstance(value, Decimal):
        return 0
    return max(0, -int(value.normalize().as_tuple().exponent))


def _most_places(cells: Sequence[Mapping[str, Value]], chosen: Callable[[str], bool]) -> int:
    return max((_places(value) for cell in cells for name, value in cell.items() if chosen(name)), default=0)


def _columns(terms: Terms) -> list[str]:
    """The columns of both lanes, also those that no cell of one lane fills: the query names them all."""
    named = dict.fromkeys(["cell", *(name for cell in terms.cells for name in cell)])
    return [name for name in named if name not in _NOT_READ]


def _table(cells: Sequence[Mapping[str, Value]], names: Sequence[str], scales: Scales, digits: int) -> pa.Table:
    kinds = {name: _kind(name, scales, digits) for name in names}
    return pa.table(
        {name: pa.array([_plain(cell.get(name), kinds[name]) for cell in cells], kinds[name]) for name in names}
    )


def _plain(value: Value, kind: pa.DataType) -> Value | list[str]:
    if isinstance(value, tuple):
        return list(value)
    return Decimal(value) if pa.types.is_decimal(kind) and isinstance(value, int) else value


def _kind(name: str, scales: Scales, digits: int) -> pa.DataType:
    if name == "measure_ids":
        return pa.list_(pa.string())
    if name.endswith("_factor"):
        return pa.decimal128(NARROW_DIGITS, FACTOR_PLACES)
    if name.startswith("f_reciprocal"):
        return pa.int64()
    if name == "standard_content":
        return pa.decimal128(digits, scales.content)
    for chosen, scale in (
        (_is_rate, scales.rate),
        (_is_price, scales.price),
        (_is_share, scales.share),
        (_is_kept, scales.kept),
    ):
        if chosen(name):
            return pa.decimal128(digits, scale)
    if name.startswith("g") and name.endswith("_rate"):
        return pa.decimal128(digits, scales.slice_rate)
    if name in {"cell", "f_method"} or name.endswith("_round"):
        return pa.int32()
    if name in _WORDS or name.endswith(("_currency", "_id", "_text", "_article", "_base")):
        return pa.string()
    return pa.bool_()
