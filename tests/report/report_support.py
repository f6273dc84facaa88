"""Facts with other tables, small schedules, and a reader of pages, for the report's tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

from footwall.facts import Facts, TradeFlow, shipped_facts
from footwall.rulebook import Known, Rulebook, load_rulebook
from footwall.tariffs import NON_MEMBERS, Measure, Schedule
from footwall.zone import Members

MIDDLE = date(2024, 7, 1)
FLOORED = ("copper-cathode", "nickel-class1", "magnesium-metal", "antimony-metal", "gallium-metal", "germanium-metal")


def facts_with(**tables: object) -> Facts:
    """The shipped facts with some tables replaced; what is derived from those follows."""
    made = Facts(shipped_facts().folder)
    made.__dict__.update(tables)
    return made


def example_rules() -> Rulebook:
    """The example's first version, which holds in July 2024."""
    facts = shipped_facts()
    known = Known(
        {form.form: form.basis for form in facts.forms.values()},
        frozenset(facts.countries),
        frozenset(facts.currencies),
        members().members_on(MIDDLE),
    )
    folder = Path(str(files("footwall.rulebook") / "example"))
    return load_rulebook(min(folder.glob("*.toml")), known)


def members() -> Members:
    """The example's members."""
    facts = shipped_facts()
    return Members.from_facts(facts.memberships, facts.countries)


def flow(hs6: str, exporter: str, importer: str, value: int, tonnes: str | None) -> TradeFlow:
    """One cell of 2024."""
    mass = None if tonnes is None else Decimal(tonnes)
    return TradeFlow(2024, hs6, exporter, importer, Decimal(value), mass, "made up for a test")


def schedule(floor: str = "20", *, ordinary: bool = True) -> Schedule:
    """A top-up to `floor` USD/kg on a few forms for goods of non-members, and an ordinary duty of the US on copper."""
    inside = sorted(members().members_on(MIDDLE))
    measures = [
        Measure(
            measure_id=f"floor-{form}",
            role="floor",
            method="top_up",
            form=form,
            importers=inside,
            origins=[NON_MEMBERS],
            valid_from=date(2024, 1, 1),
            currency="USD",
            floor=Decimal(floor),
            parity=Decimal(floor) / 2,
        )
        for form in FLOORED
    ]
    if ordinary:
        countries = sorted(set(shipped_facts().countries) - {"EU"})
        measures.append(
            Measure(
                measure_id="ordinary-us-copper",
                role="ordinary",
                method="ad_valorem",
                hs_codes=["740311"],
                importers=["US"],
                origins=countries,
                valid_from=date(2024, 1, 1),
                currency="USD",
                ad_valorem=Decimal("0.01"),
            )
        )
    return Schedule.from_measures(measures, members=members(), facts=shipped_facts())


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum of what is known: the slow, obvious way."""
    whole = Decimal(0)
    for amount in amounts:
        if amount is not None:
            whole += amount
    return whole


@dataclass
class Element:
    """One start tag of a page."""

    tag: str
    attributes: Mapping[str, str | None]


@dataclass
class Page(HTMLParser):
    """A page, read: its start tags, and its text."""

    elements: list[Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    rows: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[Element]:
        """The elements of one tag."""
        return [element for element in self.elements if element.tag == tag]

    @classmethod
    def of(cls, html: str) -> "Page":
        """A page from its text."""
        page: Any = cls()
        page.feed(html)
        return page  # type: ignore[no-any-return]
