"""Small records from which the tests of floors are made: only what a test names matters."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from footwall.facts import Amount, Form, Recipe
from footwall.floors import Floor
from footwall.prices import Certificate, ReferencePrice
from footwall.quantity import Unknown
from footwall.rulebook import FloorRule

OXIDE = "ndpr-oxide"


def form(name: str = OXIDE, *, basis: str = "form", content: str | None = "1", mineral: str = "ndpr") -> Form:
    share = None if content is None else Decimal(content)
    return Form(name, mineral, "refining", name, "", basis, "oxide", share, ("284690",), "made up", assumed=True)  # type: ignore[arg-type]


def rule(**changes: object) -> FloorRule:
    values: dict[str, object] = {
        "form": OXIDE,
        "unit": "USD/kg",
        "factor": Decimal(1),
        "review_days": (date(2024, 1, 1), date(2025, 1, 1)),
        "trailing_months": 12,
        "step_up_share_max": Decimal("0.10"),
        "step_down_share_max": Decimal("0.05"),
        "ceiling_factor": Decimal("1.5"),
        "mode": "external",
        "rounding_unit": Decimal("0.01"),
        "source": "made up",
    }
    return FloorRule.model_validate(values | changes)


def reference(
    on: date, price: str | Decimal | Unknown, *, under_floor: bool = False, of: str = OXIDE
) -> ReferencePrice:
    value = price if isinstance(price, Unknown) else Decimal(price)
    unknown = Unknown("not asked")
    certificate = Certificate(of, on, "", "", None, (), (), unknown, unknown, (), None, (), value)
    status = "suspended" if isinstance(value, Unknown) else "observed"
    return ReferencePrice(
        of,
        on,
        value,
        status,
        None,
        None,
        assumed=False,
        cost_build=unknown,
        certificate=certificate,
        under_floor=under_floor,
    )


def month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def months(count: int, last: date = date(2024, 1, 31)) -> list[date]:
    """The last `count` month ends up to `last`, oldest first."""
    numbers = range(last.year * 12 + last.month - count, last.year * 12 + last.month)
    return [month_end(number // 12, number % 12 + 1) for number in numbers]


def floor(price: str | Unknown, on: date = date(2024, 1, 31), *, of: str = OXIDE, sunset: date | None = None) -> Floor:
    value = price if isinstance(price, Unknown) else Decimal(price)
    ceiling = value if isinstance(value, Unknown) else value * 2
    unknown = Unknown("not asked")
    return Floor(of, on, value, ceiling, unknown, unknown, value, None, "none", "external", sunset, "example")


def recipe(
    output: str,
    inputs: Mapping[str, str],
    cost: str | None,
    *,
    return_share: str = "0",
    by_products: Mapping[str, str] | None = None,
    name: str = "",
    reverse_of: str | None = None,
) -> Recipe:
    return Recipe(
        recipe=name or f"to-{output}",
        mineral="ndpr",
        output=output,
        inputs=tuple(Amount(of, Decimal(kg)) for of, kg in inputs.items()),
        by_products=tuple(Amount(of, Decimal(kg)) for of, kg in (by_products or {}).items()),
        conversion_cost=None if cost is None else Decimal(cost),
        return_share=Decimal(return_share),
        plant="market_economy",
        cost_year=2024,
        assumed=True,
        reverse_of=reverse_of,
        source="made up",
    )
