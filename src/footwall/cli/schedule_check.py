"""What `footwall schedule check` finds and prints: faults of a candidate, what it changes, and what lines would owe under it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from footwall.cli.failure import problems
from footwall.cli.opened import head
from footwall.cli.schedule_changes import print_sentences
from footwall.cli.screen import Cell, Column, heading, number, paragraph, say, table, working
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.batch import CandidateReplay
    from footwall.desk import Zone
    from footwall.errors import Problem
    from footwall.tariffs import ScheduleChange

CHANGES_SHOWN: Final = 20
GROUPS_SHOWN: Final = 20
ENDS_SHOWN: Final = 3
_ENDS: Final = "cover_ends"


@dataclass(frozen=True, slots=True)
class Checked:
    """A candidate beside the schedule in force: what refuses it, what it changes, and its replay over lines (None: none given).

    `in_force` is how many measures the schedule in force has.
    """

    zone: "Zone"
    candidate: Path
    on: date
    refused: "tuple[Problem, ...]"
    changes: "tuple[ScheduleChange, ...]"
    replay: "CandidateReplay | None"
    in_force: int


def checked(candidate: Path, lines: Path | None, on: date | None, ends: tuple[str, ...], folder: Path) -> Checked:
    """Read a candidate, hold it against the schedule in force, and try it on the lines. Nothing is recorded."""
    from footwall.batch import replay_candidate
    from footwall.cli.opened import day_of, opened
    from footwall.errors import ScheduleError
    from footwall.tariffs import Schedule, candidate_problems, read_measures, schedule_diff

    zone = opened(folder)
    first = on or day_of(zone, None) + timedelta(days=1)
    current = zone.schedule(min(first, day_of(zone, None)))
    found = read_measures(candidate)
    try:
        proposed = Schedule.from_file(
            candidate, None if found.currency else zone.settings.currency, zone.members, zone.facts, current.conditions
        )
    except ScheduleError as refused:
        return Checked(zone, candidate, first, refused.problems, (), None, len(current.measures))
    refused_for = candidate_problems(current, proposed, first, (*found.ends_without_successor, *ends))
    changes = schedule_diff(current, proposed, first)
    replay = None
    if lines is not None and not any(one.code in {"nothing_in_force", "currency_changed"} for one in refused_for):
        with working(f"assessing {lines} under both schedules"):
            replay = replay_candidate(lines, current, proposed, first, zone.rates)
    return Checked(zone, candidate, first, refused_for, changes, replay, len(current.measures))


def print_json(found: Checked) -> None:
    """Everything, with exact numbers as text."""
    from footwall.cli.json_text import json_text

    say(json_text({
        "notice": found.zone.settings.notice, "candidate": str(found.candidate), "on": found.on,
        "accepted": not found.refused, "problems": found.refused, "changes": found.changes, "replay": found.replay,
    }))  # fmt: skip


def print_report(found: Checked) -> None:
    """Everything in words and tables."""
    verdict = f"refused, {counted(len(found.refused), 'problem')}" if found.refused else "may be published"
    head(found.zone, f"{found.candidate}, to hold from {found.on}: {verdict}")
    if found.refused:
        heading("What refuses it")
        problems(_told_once(found.refused, found.in_force), error=False)
    if found.changes:
        heading(f"What it changes in the schedule in force: {counted(len(found.changes), 'change')}")
        print_sentences(found.changes[:CHANGES_SHOWN])
        if len(found.changes) > CHANGES_SHOWN:
            say(f"… and {len(found.changes) - CHANGES_SHOWN:,} more: --format json tells all.")
    elif not found.refused:
        say()
        say("It changes nothing in the schedule in force.")
    if found.replay is not None:
        _print_replay(found.replay, found.zone.facts.currencies[found.replay.currency].minor_units)


def _told_once(refused: "tuple[Problem, ...]", in_force: int) -> "tuple[Problem, ...]":
    """The problems, where most measures in force find no successor as one: such a file is no whole schedule."""
    ended = [one for one in refused if one.code == _ENDS]
    names = list(dict.fromkeys((one.source or "").removeprefix("measure ") for one in ended))
    if len(names) * 2 <= in_force or len(names) <= ENDS_SHOWN:
        return refused
    found = f"no cover for {len(names):,} of {in_force:,} measures in force: {', '.join(names[:ENDS_SHOWN])} …"
    remedy = "Begin with the schedule in force, and change it: footwall schedule --format json. --format json here tells each."
    once = replace(ended[0], found=found, expected="a whole schedule", remedy=remedy, source="candidate", field=None)
    return (once, *(one for one in refused if one.code != _ENDS))


def _print_replay(replay: "CandidateReplay", places: int) -> None:
    heading(f"What it would change for {counted(replay.lines, 'line')}, as if they came in on {replay.on}")
    before, after = f"before {replay.currency}", f"after {replay.currency}"
    table(
        [
            Column("what"),
            Column(before, "number", places),
            Column(after, "number", places),
            Column("difference", "number", places),
        ],
        [
            (
                "floor duty",
                replay.floor_duty_before,
                replay.floor_duty_after,
                replay.floor_duty_after - replay.floor_duty_before,
            ),
            (
                "total duty, where known under both",
                replay.total_before,
                replay.total_after,
                replay.total_after - replay.total_before,
            ),
        ],
    )
    say()
    paragraph(_counts(replay))
    changed = [one for one in replay.groups if one.changed]
    if changed:
        heading("By form, origin, importer and method")
        columns = [Column(name) for name in ("form", "origin", "importer", "method")]
        columns += [Column(name, "number") for name in ("lines", "changed")]
        columns += [Column(f"floor duty\n{name}", "number", places) for name in (before, after)]
        rows: list[tuple[Cell, ...]] = [
            (one.form, one.origin, one.importer, _method(one.method_before, one.method_after), one.lines, one.changed,
             one.floor_duty_before, one.floor_duty_after)
            for one in changed[:GROUPS_SHOWN]
        ]  # fmt: skip
        table(columns, rows)
        heading("The largest changes")
        columns = [Column("row", "number"), *(Column(name) for name in ("line", "form", "origin", "importer"))]
        columns += [
            Column(f"{duty}\n{name}", "number", places)
            for duty in ("floor duty", "total duty")
            for name in (before, after)
        ]
        rows = [
            (one.row, one.line_id, one.form, one.origin, one.importer, one.floor_duty_before, one.floor_duty_after,
             _known(one.total_before), _known(one.total_after))
            for one in replay.largest
        ]  # fmt: skip
        table(columns, rows)
    if replay.new_problems:
        heading("Lines that could be assessed, and cannot under the candidate")
        problems(replay.new_problems, error=False)


def _known(value: "Cell") -> "Cell":
    return "unknown" if value is None else value


def _counts(replay: "CandidateReplay") -> str:
    told = [f"{number(replay.changed)} of {counted(replay.lines, 'line')} would owe something else."]
    told += [f"{counted(replay.unknown, 'line')} with a total that is not known under both."] if replay.unknown else []
    told += [f"{counted(replay.unmet, 'line')} would meet no measure any more."] if replay.unmet else []
    told += [f"{counted(replay.floor_lost, 'line')} would meet no floor any more."] if replay.floor_lost else []
    told += (
        [f"{counted(replay.floor_gained, 'line')} would meet a floor for the first time."]
        if replay.floor_gained
        else []
    )
    told += (
        [
            f"{counted(replay.problems_after, 'line')} cannot be assessed, {replay.newly_problems:,} of them only under the candidate."
        ]
        if replay.problems_after
        else []
    )
    return " ".join(told)


def _method(before: str | None, after: str | None) -> str:
    names = [(one or "none").replace("_", " ") for one in (before, after)]
    return names[0] if before == after else f"{names[0]} → {names[1]}"
