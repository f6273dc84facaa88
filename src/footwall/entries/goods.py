"""Goods that are kept: what is still there, and a part of a line as a line of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from footwall.duties import Line
from footwall.entries.book import EntryState
from footwall.entries.life import refusal
from footwall.errors import Problem
from footwall.quantity import exact_arithmetic, plain, round_to_unit


def taking_faults(entry: EntryState, taken: Mapping[str, Decimal]) -> Iterator[Problem]:
    """What is wrong with taking so many kilograms of each line."""
    if not taken:
        expected = f"kilograms of a line: {', '.join(entry.lines)}"
        yield refusal("goods_none", "nothing", expected, "Name a line and its kilograms.", "take")
    for name, mass in taken.items():
        if name not in entry.lines:
            expected = f"a line of {entry.filed.entry}: {', '.join(entry.lines)}"
            yield refusal("line_unknown", repr(name), expected, "Correct it.", "take")
        elif mass <= 0:
            yield refusal("mass_not_positive", f"{plain(mass)} kg", "more than 0 kg", "Correct the mass.", "take")
        elif mass > entry.lines[name].left_kg:
            left = plain(entry.lines[name].left_kg)
            yield refusal(
                "goods_not_there", f"{plain(mass)} kg of {name}", f"at most the {left} kg that are left", "Take less.", "take"
            )  # fmt: skip


def part_of(entry: EntryState, name: str, mass: Decimal, on: date, coin: Decimal) -> Line:
    """So many kilograms of a kept line as a line for consumption on a day: at the rate of that day.

    Value and freight go by mass: each part has what lies between what had gone before it and what has gone with it, both rounded to the
    coin of their currency. So all parts together are the whole, to the coin.
    """
    whole = next(one.line for one in entry.filed.lines if one.line.line_id == name)
    with exact_arithmetic():
        before = whole.net_mass_kg - entry.lines[name].left_kg
        after = before + mass

    def share(amount: Decimal) -> Decimal:
        with exact_arithmetic():
            # What has all gone is the whole amount, also where that is no multiple of the coin.
            upto = [
                amount if part == whole.net_mass_kg else round_to_unit(amount * part / whole.net_mass_kg, coin, "down")
                for part in (before, after)
            ]
            return upto[1] - upto[0]

    return replace(
        whole,
        entry_date=on,
        entry_type="withdrawal" if entry.filed.kind == "warehouse" else "consumption",
        net_mass_kg=mass,
        customs_value=share(whole.customs_value),
        freight_insurance=None if whole.freight_insurance is None else share(whole.freight_insurance),
    )
