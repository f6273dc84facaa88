"""Where the figures of the report come from, and under which licence they may be used."""

from collections import Counter
from dataclasses import dataclass

from footwall.facts import Facts
from footwall.quantity import counted


@dataclass(frozen=True, slots=True)
class Source:
    """What one table of facts holds: how many rows, how many of them assumed, from whom, under which terms."""

    what: str
    rows: int
    assumed: int | None
    whence: str
    terms: str


def sources_of(facts: Facts) -> tuple[Source, ...]:
    """The tables that the report rests on, with how much of each is assumed (None: the table does not tell)."""
    return (*_of_markets(facts), *_of_law(facts))


def _of_markets(facts: Facts) -> tuple[Source, ...]:
    """What is priced, made and traded."""
    return (
        Source(
            "Observations of prices",
            len(facts.observations),
            sum(seen.publication_assumed for seen in facts.observations),
            "USGS Mineral Commodity Summaries; World Bank Pink Sheet; quotations of named publishers, one by one"
            f" ({counted(len(Counter(seen.submitter for seen in facts.observations)), 'submitter')})",
            "public domain; CC BY 4.0; single facts, cited row by row. Assumed: the day of publication",
        ),
        Source(
            "Trade, by exporter, importer and code",
            len(facts.trade),
            None,
            "CEPII, BACI V202601",
            "Etalab 2.0: cite CEPII",
        ),
        Source(
            "Recipes, and what they cost",
            len(facts.recipes),
            sum(recipe.assumed for recipe in facts.recipes),
            "technical literature and company reports, cited one by one",
            "single facts. Assumed: costs that nobody publishes",
        ),
        Source(
            "Forms, with content and codes",
            len(facts.forms),
            sum(form.assumed for form in facts.forms.values()),
            "USGS; Harmonized System 2022",
            "public domain. Assumed: a standard content",
        ),
    )


def _of_law(facts: Facts) -> tuple[Source, ...]:
    """What is owed, by whom, and in which coin."""
    return (
        Source(
            "Ordinary duties",
            len(facts.ordinary_duties),
            None,
            "Harmonized Tariff Schedule of the United States",
            "public domain",
        ),
        Source(
            "Tariff lines of forms",
            len(facts.form_lines),
            sum(line.assumed for line in facts.form_lines),
            "Harmonized Tariff Schedule of the United States; rulings of US Customs and Border Protection",
            "public domain. Assumed: lines by our reading of the wording",
        ),
        Source(
            "Countries under column 2 or a program of preference",
            len(facts.tariff_treatments),
            sum(row.assumed for row in facts.tariff_treatments),
            "Harmonized Tariff Schedule of the United States, general notes; Public Law 117-110",
            "public domain. Assumed: the lists of African and Caribbean beneficiaries",
        ),
        Source(
            "Splits of shared codes",
            len(facts.code_splits),
            sum(split.assumed for split in facts.code_splits),
            "reasons given row by row",
            "used for the estimated block alone",
        ),
        Source(
            "Rates of exchange, by month",
            len(facts.exchange_rates),
            sum(rate.assumed for rate in facts.exchange_rates),
            "European Central Bank; US Federal Reserve",
            "cited",
        ),
        Source(
            "Members",
            len(facts.memberships),
            sum(row.assumed for row in facts.memberships),
            "declarations and frameworks of 2025–26",
            "an example: the real agreement has no members yet",
        ),
    )
