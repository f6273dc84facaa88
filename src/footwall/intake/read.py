"""One record of an observation file becomes the values that are held, or the problems that keep it from being held.

`footwall.intake.shape` says the same in SQL, as one yes or no; what it turns away comes here to be told why. Every value
comes as text, as a file holds it; None or blank is nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from footwall.errors import Problem
from footwall.intake.columns import (
    BASES,
    CONTENT_PLACES,
    INCOTERMS,
    KINDS,
    MASS_DIGITS,
    MASS_PLACES,
    OF_ANOTHER,
    PAYMENT_DAYS_DIGITS,
    PRICE_DIGITS,
    PRICE_PLACES,
    RELATIONS,
    SHARE_MAX,
    SHARE_UNIT,
    TEXT_LENGTH_MAX,
    TIER_OF,
    WITHOUT_INCOTERM,
    Known,
)
from footwall.quantity import exact_decimal, kilograms_per, plain

_NUMBER: Final = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?")
_UNIT: Final = re.compile(r"[A-Za-z][A-Za-z_]{0,30}")
_PLACE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}
_NOT_TEXT: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode's controls, invisible marks, halves of letters, private letters and breaks: no name holds them."""
_DAYS_BETWEEN_ZONES: Final = timedelta(days=1)

Fault = tuple[str, str, str, str, str]
"""field, code, found, expected, remedy."""
Reader = Callable[[str, str, Known], object]


class _Unusable(Exception):  # noqa: N818 - one field cannot be read; caught where the record is read
    def __init__(self, code: str, found: str, expected: str, remedy: str) -> None:
        super().__init__(code)
        self.told = (code, found, expected, remedy)


def read_record(
    record: Mapping[str, str | None], known: Known, called: str, source: str | None = None, row: int | None = None
) -> dict[str, object] | tuple[Problem, ...]:
    """The values of a record by column, defaults filled in; or every problem of it, each with its row and field.

    `called` is the `source` of a record that names none.
    """
    values, problems = _read(record, known, source, row, frozenset())
    return problems or _filled(values, called)


def problems_of_record(
    record: Mapping[str, str | None],
    known: Known,
    source: str | None = None,
    row: int | None = None,
    *,
    unread: AbstractSet[str],
) -> tuple[Problem, ...]:
    """Every problem of a record whose fields `unread` could not be read; none of these fields, nor of what hangs on them."""
    return _read(record, known, source, row, unread)[1]


def _read(
    record: Mapping[str, str | None], known: Known, source: str | None, row: int | None, unread: AbstractSet[str]
) -> tuple[dict[str, object], tuple[Problem, ...]]:
    values: dict[str, object] = {}
    faults: list[Fault] = []
    for name, (read, default) in _READERS.items():
        if name in unread:
            continue
        text = (record.get(name) or "").strip()
        try:
            values[name] = read(name, text, known) if text else _left_out(name, default)
        except _Unusable as fault:
            faults.append((name, *fault.told))
    faults += [fault for check in _CHECKS for fault in check(record, values)]
    return values, tuple(
        Problem(code, found, expected, remedy, source=source, row=row, field=name)
        for name, code, found, expected, remedy in faults
    )


def is_mass_unit(unit: str) -> bool:
    """Whether `unit` is one of mass."""
    return bool(_UNIT.fullmatch(unit)) and _holds_kilograms(unit)


def shown(text: str) -> str:
    """A value as a person should see it in a message: quoted, and cut where it is long."""
    return repr(text) if len(text) <= 60 else f"{text[:57]!r}… ({len(text):,} characters)"


@cache
def _holds_kilograms(unit: str) -> bool:
    try:
        return kilograms_per(unit) > 0
    except ValueError:
        return False


_MUST: Final = object()
"""In place of a default: the column must be filled."""


def _left_out(name: str, default: object) -> object:
    if default is _MUST:
        raise _Unusable("field_missing", "nothing", "a value", f"Fill in {name}.")
    return default


def _filled(values: dict[str, object], called: str) -> dict[str, object]:
    """The values with what follows from others: what is left out means what the table of defaults says."""
    kind, last, seen_at = values["kind"], values["observed_to"], values["seen_at"]
    published = max(last, seen_at.date()) if isinstance(last, date) and isinstance(seen_at, datetime) else last
    follows = {
        "tier": TIER_OF[kind],  # type: ignore[index]  # a kind that was read is one of the words
        "high": values["low"],
        "observed_from": last,
        "published_at": published,
        "incoterm": "exchange",
        "source": called,
    }
    return values | {name: value for name, value in follows.items() if values[name] is None}


def _text(name: str, text: str, _: Known) -> str:
    if len(text) > TEXT_LENGTH_MAX:
        expected = f"at most {TEXT_LENGTH_MAX} characters"
        raise _Unusable("field_too_long", shown(text), expected, f"Shorten {name}; is a quotation mark missing?")
    if any(unicodedata.category(character) in _NOT_TEXT for character in text):
        expected = "text without control characters or invisible ones"
        raise _Unusable("text_unprintable", ascii(text), expected, f"Write {name} anew, in letters that can be seen.")
    text = unicodedata.normalize("NFC", text)
    if len(text) > TEXT_LENGTH_MAX:
        raise _Unusable("field_too_long", shown(text), f"at most {TEXT_LENGTH_MAX} characters", f"Shorten {name}.")
    return text


def _word(words: tuple[str, ...]) -> Reader:
    def read(name: str, text: str, _: Known) -> str:
        if text not in words:
            raise _Unusable(f"{name}_unknown", shown(text), f"one of {', '.join(words)}", "Use one of these words.")
        return text

    return read


def _named(table: str, code: str, expected: str, remedy: str) -> Reader:
    """A word that a table of the facts, `Known.table`, must hold."""

    def read(_: str, text: str, known: Known) -> str:
        if text not in getattr(known, table):
            raise _Unusable(code, shown(text), expected, remedy)
        return text

    return read


_form: Final = _named("forms", "form_unknown", "a form of the catalogue", "Look it up in forms.csv.")
_country: Final = _named(
    "countries", "country_unknown", "an ISO 3166 code of two letters", "Write CN, US, or NA for Namibia."
)
_currency: Final = _named("currencies", "currency_unknown", "an ISO 4217 code", "Write USD, CNY, EUR …")
_deflator: Final = _named(
    "deflators",
    "deflator_unknown",
    "a price level of price_index.csv",
    "Leave it empty for a price in money of its day.",
)


def _unit(_: str, text: str, __: Known) -> str:
    if text != SHARE_UNIT and not is_mass_unit(text):
        expected = "a unit of mass, or share for a payable"
        raise _Unusable("unit_unknown", shown(text), expected, "Write kg, t, lb, mtu, troy_oz …")
    return text


def _place(_: str, text: str, __: Known) -> str:
    if not _PLACE.fullmatch(text):
        expected = "five letters of UN/LOCODE, such as CNSHA"
        raise _Unusable("place_malformed", shown(text), expected, "Leave it empty for the country's main port.")
    return text


def _date(name: str, text: str, _: Known) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _Unusable("date_malformed", shown(text), "a day as YYYY-MM-DD", f"Correct {name}.")


def _instant(name: str, text: str, _: Known) -> datetime:
    try:
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    expected = "an instant with its time zone, such as 2024-01-31T16:30:00Z"
    raise _Unusable("instant_malformed", shown(text), expected, f"Correct {name}, or leave it out for the day alone.")


def _flag(name: str, text: str, _: Known) -> bool:
    if text.lower() not in _TRUTH:
        raise _Unusable("flag_malformed", shown(text), "true or false", f"Write {name} as true or false.")
    return _TRUTH[text.lower()]


def _number(kind: str, text: str, digits: int, places: int, remedy: str) -> Decimal:
    if len(text) > TEXT_LENGTH_MAX or not _NUMBER.fullmatch(text):
        expected = "a number like 1250.5"
        raise _Unusable(f"{kind}_malformed", shown(text), expected, "Write digits with a decimal point.")
    number = exact_decimal(text)
    if number <= 0:
        raise _Unusable(f"{kind}_not_positive", shown(text), "more than 0", remedy)
    if number.adjusted() >= digits:
        expected = f"at most {digits} digits before the decimal point"
        raise _Unusable(f"{kind}_out_of_range", shown(text), expected, "Check the unit.")
    if -int(number.normalize().as_tuple().exponent) > places:
        expected = f"at most {places} digits after the decimal point"
        raise _Unusable(f"{kind}_out_of_range", shown(text), expected, "Round it: nothing here rounds what was stated.")
    return number


def _price(_: str, text: str, __: Known) -> Decimal:
    return _number("price", text, PRICE_DIGITS, PRICE_PLACES, "A price that nobody knows is no observation.")


def _mass(name: str, text: str, _: Known) -> Decimal:
    return _number("mass", text, MASS_DIGITS, MASS_PLACES, f"Leave {name} empty where nobody knows it.")


def _content(name: str, text: str, _: Known) -> Decimal:
    content = _number("content", text, 1, CONTENT_PLACES, f"Leave {name} empty for the form's standard content.")
    if content > 1:
        expected = "a fraction above 0 and up to 1"
        raise _Unusable("content_out_of_range", shown(text), expected, "Write 65 % as 0.65.")
    return content


def _days(_: str, text: str, __: Known) -> int:
    if not (text.isascii() and text.isdecimal() and len(text.lstrip("0")) <= PAYMENT_DAYS_DIGITS):
        expected = f"a whole number of days from delivery, of at most {PAYMENT_DAYS_DIGITS} digits"
        raise _Unusable("payment_days_malformed", shown(text), expected, "Leave it empty where it is not stated.")
    return int(text)


_READERS: Final[dict[str, tuple[Reader, object]]] = {
    "observation": (_text, _MUST),
    "form": (_form, _MUST),
    "kind": (_word(KINDS), _MUST),
    "tier": (_text, None),
    "market": (_text, _MUST),
    "country": (_country, ""),
    "incoterm": (_word(INCOTERMS), None),
    "observed_from": (_date, None),
    "observed_to": (_date, _MUST),
    "published_at": (_date, None),
    "publication_assumed": (_flag, False),
    "low": (_price, _MUST),
    "high": (_price, None),
    "currency": (_currency, ""),
    "unit": (_unit, _MUST),
    "per": (_word(BASES), "form"),
    "vat_included": (_flag, False),
    "submitter": (_text, _MUST),
    "mass_kg": (_mass, None),
    "under_floor": (_flag, False),
    "estimated": (_flag, False),
    "deflator": (_deflator, ""),
    "source": (_text, None),
    "seen_at": (_instant, None),
    "place": (_place, ""),
    "counterparty": (_text, ""),
    "relation": (_word(RELATIONS), ""),
    "lot": (_text, ""),
    "lot_kg": (_mass, None),
    "content": (_content, None),
    "grade": (_text, ""),
    "origin": (_country, ""),
    "payment_days": (_days, None),
    "of_form": (_form, ""),
}
"""How each column is read, and what it is where nothing stands in it (None: nothing, or what `_filled` says)."""

Values = Mapping[str, object]


def _of_its_kind(_: Mapping[str, str | None], values: Values) -> Iterator[Fault]:
    """What the kind asks of tier and incoterm."""
    kind = values.get("kind")
    if not isinstance(kind, str):
        return
    right, tier = TIER_OF[kind], values.get("tier")  # type: ignore[index]  # one of the words
    if isinstance(tier, str) and tier != right:
        yield "tier", "tier_contradicts_kind", shown(tier), f"{right}, as of every {kind}", "Leave the tier out."
    if values.get("incoterm", "") is None and kind not in WITHOUT_INCOTERM:
        expected = f"one of {', '.join(INCOTERMS)}"
        yield "incoterm", "field_missing", "nothing", expected, "Say what the price of the goods includes."


def _of_two_sides(_: Mapping[str, str | None], values: Values) -> Iterator[Fault]:
    """A deal has two sides, and no lot that is larger than all that was dealt in."""
    submitter, lot_kg, mass_kg = (values.get(name) for name in ("submitter", "lot_kg", "mass_kg"))
    if submitter and values.get("counterparty") == submitter:
        expected = "another than the submitter"
        yield "counterparty", "deal_with_itself", shown(str(submitter)), expected, "Name the other side, or nobody."
    if isinstance(lot_kg, Decimal) and isinstance(mass_kg, Decimal) and lot_kg > mass_kg:
        expected = f"at most the mass of {plain(mass_kg)} kg"
        yield "lot_kg", "lot_above_mass", plain(lot_kg), expected, "Correct the one that is wrong."


def _as_a_price(_: Mapping[str, str | None], values: Values) -> Iterator[Fault]:
    """What is no payable is in money by mass."""
    if values.get("kind", "payable") == "payable":
        return
    if values.get("currency") == "":
        yield "currency", "field_missing", "nothing", "an ISO 4217 code", "Fill in currency."
    if values.get("unit") == SHARE_UNIT:
        yield "unit", "unit_unknown", shown(SHARE_UNIT), "a unit of mass", "Write kg, t, lb, mtu, troy_oz …"


def _as_a_share(_: Mapping[str, str | None], values: Values) -> Iterator[Fault]:
    """A payable is a share, and in no money."""
    if values.get("kind") != "payable":
        return
    currency, unit = (values.get(name) for name in ("currency", "unit"))
    if currency:
        yield "currency", "share_with_currency", shown(str(currency)), "nothing: a share has none", "Leave it out."
    if unit not in {None, SHARE_UNIT}:
        yield "unit", "unit_unknown", shown(str(unit)), f"{SHARE_UNIT}, for a payable", f"Write {SHARE_UNIT}."
    for name in ("low", "high"):
        share = values.get(name)
        if isinstance(share, Decimal) and share > SHARE_MAX:
            yield (
                name,
                "share_out_of_range",
                str(share),
                f"a share above 0 and up to {SHARE_MAX}",
                "Write 84 % as 0.84.",
            )


def _of_another(_: Mapping[str, str | None], values: Values) -> Iterator[Fault]:
    """A payable and a conversion charge speak of another form; nothing else does."""
    kind, of_form = values.get("kind"), values.get("of_form")
    if kind is None or of_form is None:
        return
    other = OF_ANOTHER.get(str(kind))
    if other is None and of_form:
        expected = f"nothing, but for: {', '.join(OF_ANOTHER)}"
        yield "of_form", "of_form_unasked", shown(str(of_form)), expected, "Leave it out, or correct the kind."
    elif other is not None and of_form == "":
        yield "of_form", "field_missing", "nothing", f"the form {other}", "Fill in of_form."
    elif other is not None and of_form == values.get("form"):
        yield "of_form", "of_form_itself", shown(str(of_form)), "another form", f"Name the form {other}."


def _in_order(_: Mapping[str, str | None], values: Values) -> Iterator[Fault]:
    """Low before high, the first day before the last, and nothing told before it is over."""
    low, high = values.get("low"), values.get("high")
    if isinstance(low, Decimal) and isinstance(high, Decimal) and high < low:
        yield "high", "high_below_low", str(high), f"{low} or more", "Swap the two."
    last, published = values.get("observed_to"), values.get("published_at")
    if not isinstance(last, date):
        return
    first = values.get("observed_from") or last
    if isinstance(first, date) and first > last:
        yield "observed_from", "dates_reversed", str(first), f"a day not after {last}", "Swap the two days."
    if isinstance(published, date) and published < last:
        expected = f"{last} or later: nothing is published before it is over"
        yield "published_at", "published_too_early", str(published), expected, "Correct one of the two days."
    seen_at = values.get("seen_at")
    if isinstance(seen_at, datetime) and isinstance(first, date):
        day = seen_at.date()
        if day - last > _DAYS_BETWEEN_ZONES or first - day > _DAYS_BETWEEN_ZONES:
            expected = f"an instant of {first}" + (f" to {last}" if first != last else "")
            yield "seen_at", "seen_on_another_day", seen_at.isoformat(), expected, "Correct the instant or the days."


def _no_cell(record: Mapping[str, str | None], _: Values) -> Iterator[Fault]:
    """Several observations told as one are made here, so that every one of them is held."""
    count, value = ((record.get(name) or "").strip() for name in ("count", "value"))
    remedy = "Send in each observation for itself."
    if count not in {"", "1"}:
        yield "count", "cell_not_accepted", shown(count), "nothing: one record is one observation", remedy
    if value:
        yield "value", "cell_not_accepted", shown(value), "nothing: one record is one observation", remedy


_CHECKS: Final = (_of_its_kind, _of_two_sides, _as_a_price, _as_a_share, _of_another, _in_order, _no_cell)
