"""What `footwall schedule --against` prints: what one schedule changes in another, as a table, rows, JSON or sentences."""

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from footwall.cli.options import ScheduleFormat
from footwall.cli.screen import Cell, Column, paragraph, say, table
from footwall.errors import UsageError
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.desk import ScheduleVersion, Zone
    from footwall.tariffs import Measure, Schedule, ScheduleChange

VALUE_LENGTH_MAX: Final = 60
"""Longer values are told in the table by what they gain and lose, or by their beginning; CSV and JSON hold them whole."""


def print_changes(
    held: "Zone",
    asked: date,
    published: "Schedule",
    against: str,
    output: ScheduleFormat,
    wanted: "Callable[[Measure], bool]",
) -> None:
    """What the schedule of a day changes in the one that `against` names. Raises UsageError where it names none."""
    from footwall.cli.opened import head
    from footwall.tariffs import schedule_diff

    other, name, version = named_schedule(held, against)
    old, new = ([one for one in listed.measures if wanted(one)] for listed in (other, published))
    changes = schedule_diff(old, new, _first_day(held, version, asked))
    title = f"What the schedule for {asked} changes in {name}: {counted(len(changes), 'change')}"
    match output:
        case ScheduleFormat.JSON:
            from footwall.cli.json_text import json_text

            say(json_text({"notice": held.settings.notice, "on": asked, "against": name, "changes": changes}))
            return
        case ScheduleFormat.CSV:
            head(held, title, error=True)
            _print_csv(changes)
            return
    head(held, title)
    say()
    print_change_table(changes) if output is ScheduleFormat.TABLE else print_sentences(changes)


def _first_day(held: "Zone", other: "ScheduleVersion | None", asked: date) -> date:
    """The first day on which another version than `other` held: before it nothing of what changed is felt."""
    own = held.schedule_version(asked).first_day
    days = (one.first_day for one in held.schedule_versions())
    return min((day for day in days if other is not None and other.first_day < day <= own), default=own)


def named_schedule(held: "Zone", name: str) -> "tuple[Schedule, str, ScheduleVersion | None]":
    """The schedule of a day, of a version by its number, or of a file; how a title calls it, and its version where it is one."""
    from footwall.tariffs import Schedule, read_measures

    if name.isascii() and name.isdecimal():
        version = held.schedule_version(number=int(name))
        return held.schedule_of(version), f"version {name} of {version.first_day}", version
    try:
        day = date.fromisoformat(name) if len(name) == len("YYYY-MM-DD") else None
    except ValueError:
        day = None
    if day is not None:
        return held.schedule(day), f"that for {day}", held.schedule_version(day)
    if Path(name).suffix.lower() in {".json", ".csv"}:
        currency = None if read_measures(name).currency else held.settings.currency
        return Schedule.from_file(name, currency, held.members, held.facts), name, None
    raise UsageError(f"{name!r} is no day (YYYY-MM-DD), no number of a version, and no .json or .csv file")


def print_sentences(changes: "Iterable[ScheduleChange]") -> None:
    """Each change as a sentence, below the day from which it is felt."""
    day = None
    for change in sorted(changes, key=lambda one: one.effective_on):
        if change.effective_on != day:
            day = change.effective_on
            say(f"From {day}")
        paragraph(str(change), indent="  ")


def print_change_table(changes: "Sequence[ScheduleChange]") -> None:
    """Each change as a row."""
    columns = [Column(name) for name in ("measure", "role", "form or code", "what", "old", "new")]
    rows: list[tuple[Cell, ...]] = [
        (one.measure_id, one.role, one.goods, one.field.replace("_", " "), *_values(one), one.effective_on.isoformat())
        for one in changes
    ]
    table([*columns, Column("from", "whole")], rows)


def _values(change: "ScheduleChange") -> tuple[str, str]:
    if change.gained or change.lost:
        lost = f"without {' '.join(change.lost)}" if change.lost else ""
        return _short(lost) or "–", _short(f"with {' '.join(change.gained)}") if change.gained else "–"
    return _short(change.old or "none"), _short(change.new or "none")


def _short(text: str) -> str:
    return text if len(text) <= VALUE_LENGTH_MAX else f"{text[:VALUE_LENGTH_MAX]} …"


def _print_csv(changes: "Iterable[ScheduleChange]") -> None:
    from footwall.tariffs import ScheduleChange

    names = [one.name for one in fields(ScheduleChange)]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for change in changes:
        values = (getattr(change, name) for name in names)
        writer.writerow(
            ["" if one is None else " ".join(one) if isinstance(one, tuple) else str(one) for one in values]
        )
