"""The stages of an entry: what a day makes of what was recorded, and which step may follow."""

from datetime import date
from typing import Final, Literal

from footwall.entries.book import EntryBook, EntryState
from footwall.errors import Problem

Standing = Literal[
    "kept", "kept too long", "gone", "provisional", "liquidated", "deemed liquidated", "protested", "decided", "final",
    "cancelled", "closed",
]  # fmt: skip
"""`deemed liquidated`: nobody liquidated it in time. `kept`: goods are in the warehouse or under temporary admission; `gone`: all have left."""


def standing(entry: EntryState, on: date) -> Standing:
    """How an entry stands at the end of a day."""
    deadlines = entry.deadlines
    match entry.stage:
        case "kept":
            if not any(line.left_kg for line in entry.lines.values()):
                return "gone"
            return "kept too long" if deadlines.keep_to is not None and on > deadlines.keep_to else "kept"
        case "provisional":
            if deadlines.liquidate_by is None or on <= deadlines.liquidate_by:
                return "provisional"
            return "deemed liquidated" if _within(deadlines.protest_by, on) else "final"
        case "liquidated":
            return "liquidated" if _within(deadlines.protest_by, on) else "final"
        case "decided":
            return "decided" if _within(entry.appeal_by, on) else "final"
        case _:
            return entry.stage


def _within(last: date | None, on: date) -> bool:
    return last is None or on <= last


def liquidated_on(entry: EntryState, on: date) -> date | None:
    """The day on which it was liquidated, also where nobody did; None where it is not yet."""
    deemed = entry.stage == "provisional" and standing(entry, on) != "provisional"
    return entry.deadlines.liquidate_by if deemed else entry.liquidated_on


def beyond_correction(entry: EntryState, on: date) -> str | None:
    """Why an entry can no longer be corrected on a day; None where it can."""
    if entry.stage == "kept":
        return "nothing is owed for goods that are kept"
    if entry.stage in {"cancelled", "closed"}:
        return f"the entry is {entry.stage}"
    if entry.stage == "protested" or standing(entry, on) == "provisional":
        return None
    last = entry.deadlines.correct_by
    return None if last is None or on <= last else f"the last day to correct it was {last}"


def held(book: EntryBook, name: str) -> EntryState | Problem:
    """An entry by its id, or that there is none."""
    found = book.entries.get(name)
    if found is not None:
        return found
    known = ", ".join(list(book.entries)[:_NAMED]) or "none is filed yet"
    return refusal(
        "entry_unknown", repr(name), f"the id of an entry: {known}", "footwall entry list tells them.", "entry"
    )


_NAMED: Final = 5

_MAY: Final[dict[str, tuple[Standing, ...]]] = {
    "withdrawn from": ("kept",),
    "re-exported from": ("kept",),
    "extended": ("provisional",),
    "liquidated": ("provisional",),
    "protested": ("liquidated", "deemed liquidated"),
    "decided": ("protested",),
    "cancelled": ("provisional", "kept"),
    "closed": ("final", "gone"),
    "called for keeping": ("kept too long",),
}
"""From which standings each step may be taken."""

_REMEDIES: Final[dict[Standing, str]] = {
    "kept": "Withdraw the goods for consumption, or re-export them.",
    "kept too long": "The time to keep the goods is over: call the security.",
    "gone": "Nothing is left under this entry: close it.",
    "provisional": "Liquidate it first.",
    "liquidated": "Protest within the days, or correct it.",
    "deemed liquidated": "It stands as it was assessed: protest within the days, or correct it.",
    "protested": "Decide the protest.",
    "decided": "The decision stands; what comes after it is for the courts.",
    "final": "Nothing can change it; a new claim needs a law of its own.",
    "cancelled": "File the goods under a new entry.",
    "closed": "File the goods under a new entry.",
}


def step(entry: EntryState, what: str, on: date) -> Problem | None:
    """Why an entry may not be `what` on a day; None where it may."""
    if on < entry.last_on:
        return refusal(
            "day_before_last",
            str(on),
            f"a day not before {entry.last_on}, the last on which something was recorded of {entry.filed.entry}",
            "Record things in the order in which they happened.",
            "on",
        )
    stands = standing(entry, on)
    allowed = _MAY[what]
    if stands in allowed:
        return None
    return refusal(
        "entry_stage",
        f"{entry.filed.entry}, which is {stands} on {on}",
        f"an entry that is {' or '.join(allowed)}, to be {what}",
        _REMEDIES[stands],
        "entry",
    )


def refusal(code: str, found: str, expected: str, remedy: str, field: str) -> Problem:
    """One reason why something is not recorded."""
    return Problem(code, found, expected, remedy, field=field)
