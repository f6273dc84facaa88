"""Credits against floor duty: each names the import line whose floor duty it gives back, lapses, and is used once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal

from footwall.duties.rates import table_rows
from footwall.duties.read import Unusable, read_amount, read_day, read_text
from footwall.errors import UsageError
from footwall.facts import shipped_facts
from footwall.quantity import exact_arithmetic, round_to_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """So much of the floor duty paid on an import line counts again: in `currency`, from `valid_from` to `valid_to` (its last day).

    `paid` is the floor duty that was paid on `import_line`; no credit, nor all credits of the line together, exceed it.
    `importer` (ISO code) is who may use it there, of a union each of its states; empty: entries to any importer.
    """

    credit_ref: str
    import_line: str
    paid: Decimal
    amount: Decimal
    currency: str
    valid_from: date
    valid_to: date
    importer: str = ""


Fault = tuple[str, str, str, str, str]
"""field, code, found, expected, remedy."""


@dataclass(frozen=True, slots=True)
class CreditUse:
    """The line that has drawn on a credit, and how much of it."""

    line_id: str
    amount: Decimal


@dataclass(slots=True)
class CreditBook:
    """Credits by name, and which line has used which: one book serves one assessment, line after line."""

    credits: Mapping[str, Credit] = field(default_factory=dict)
    used: dict[str, CreditUse] = field(default_factory=dict)

    def fault(
        self, reference: str, line_id: str, importer: str, currency: str, on: date, *, union: str = ""
    ) -> Fault | None:
        """Why the line may not draw on a credit; None where it may. `union` is the one that its importer belongs to."""
        credit = self.credits.get(reference)
        if credit is None:
            return ("credit_refs", "credit_unknown", repr(reference), "a credit that was given",
                    "Name a credit of the register, or take it out.")  # fmt: skip
        if reference in self.used:
            return ("credit_refs", "credit_used", f"{reference}, used by {self.used[reference].line_id}", "a credit not used yet",
                    f"A credit is used once: take it out of {line_id}.")  # fmt: skip
        if not credit.valid_from <= on <= credit.valid_to:
            return ("credit_refs", "credit_lapsed", f"{reference} on {on}", f"a day from {credit.valid_from} to {credit.valid_to}",
                    "Take it out: it has lapsed, or is not given yet.")  # fmt: skip
        if credit.currency != currency:
            return ("credit_refs", "credit_currency", credit.currency, f"a credit in {currency}",
                    "Have the credit restated in the currency of the assessment.")  # fmt: skip
        if credit.importer and credit.importer not in {importer, union}:
            return ("credit_refs", "credit_of_another", f"{reference}, for entries to {credit.importer}", f"a credit for entries to {importer}",
                    "Name a credit that was given for this importer.")  # fmt: skip
        return None

    def use(self, borne: Iterable[tuple[Credit, Decimal]], line_id: str) -> None:
        """The line has drawn so much on each of these: no other may."""
        self.used.update({credit.credit_ref: CreditUse(line_id, amount) for credit, amount in borne})


def drawn(credits_named: Iterable[Credit], amount: Decimal) -> Iterator[tuple[Credit, Decimal]]:
    """How much of `amount` each credit bears, in the order in which the line names them, until nothing is left of it."""
    for credit in credits_named:
        borne = min(amount, credit.amount)
        if borne:
            yield credit, borne
        amount -= borne


def read_credits(given: object) -> CreditBook:
    """A book of credits: `Credit` records, or a table or dicts with their columns (`importer` may be left out).

    Raises UsageError, naming the row, for what cannot be read, a name given twice, an amount that is not above zero, a credit
    that ends before it begins or is finer than the coins of its currency, and credits of one import line that do not agree on
    what floor duty was paid on it, or exceed it.
    """
    if given is None:
        return CreditBook()
    if isinstance(given, CreditBook):
        return given
    found: dict[str, Credit] = {}
    of_line: dict[str, Decimal] = defaultdict(Decimal)
    paid: dict[str, tuple[Decimal, str]] = {}
    listed = given if isinstance(given, list | tuple) else table_rows(given, "credits")
    for row, told in enumerate(listed, start=1):
        credit = told if isinstance(told, Credit) else _credit(row, told)
        _require_amounts(row, credit)
        if paid.setdefault(credit.import_line, (credit.paid, credit.currency)) != (credit.paid, credit.currency):
            raise UsageError(
                f"credits, row {row}: {credit.credit_ref!r} tells otherwise what was paid on {credit.import_line!r}"
            )
        with exact_arithmetic():
            of_line[credit.import_line] += credit.amount
        if credit.credit_ref in found:
            raise UsageError(f"credits, row {row}: {credit.credit_ref!r} is given twice")
        if credit.amount <= 0 or credit.valid_to < credit.valid_from:
            raise UsageError(
                f"credits, row {row}: {credit.credit_ref!r} needs an amount above zero, and a last day not before its first"
            )
        if of_line[credit.import_line] > credit.paid:
            raise UsageError(
                f"credits, row {row}: credits of {of_line[credit.import_line]} {credit.currency} for import line {credit.import_line!r}, "
                f"on which {credit.paid} of floor duty was paid"
            )
        found[credit.credit_ref] = credit
    return CreditBook(found)


def _require_amounts(row: int, credit: Credit) -> None:
    """Refuse a `Credit` whose numbers and days are none, and an amount that no coin can pay."""
    numbers, days = (credit.paid, credit.amount), (credit.valid_from, credit.valid_to)
    if not all(isinstance(one, Decimal) and one.is_finite() for one in numbers) or any(
        type(day) is not date for day in days
    ):
        raise UsageError(
            f"credits, row {row}: {credit.credit_ref!r} needs paid and amount as Decimal, and days as dates"
        )
    known = shipped_facts().currencies.get(credit.currency)
    if (
        known is not None
        and round_to_unit(credit.amount, Decimal(1).scaleb(-known.minor_units), "down") != credit.amount
    ):
        raise UsageError(
            f"credits, row {row}: {credit.credit_ref!r} of {credit.amount} is finer than the coins of {credit.currency}"
        )


def _credit(row: int, told: object) -> Credit:
    if not isinstance(told, Mapping):
        raise UsageError(
            f"credits, row {row}: a credit is a record with {', '.join(one.name for one in fields(Credit))}"
        )
    readers = {"paid": read_amount, "amount": read_amount, "valid_from": read_day, "valid_to": read_day}
    values: dict[str, object] = {}
    for one in fields(Credit):
        if one.name == "importer":
            values[one.name] = str(told.get("importer") or "").strip()
            continue
        try:
            values[one.name] = readers.get(one.name, read_text)(one.name, told.get(one.name))
        except Unusable as fault:
            _, found, expected, _ = fault.told
            raise UsageError(f"credits, row {row}, {one.name}: {found}; expected {expected}") from None
    return Credit(**values)  # type: ignore[arg-type]
