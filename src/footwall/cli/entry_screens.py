"""What `footwall entry` prints: what was recorded, entries, one entry whole, the ledger of an account."""

from datetime import date
from typing import TYPE_CHECKING

from footwall.cli.options import OutputFormat
from footwall.cli.screen import Cell, Column, day, heading, number, paragraph, say, table
from footwall.entries import (
    PARTS,
    Adjustment,
    EntriesCorrected,
    EntryFiled,
    EntryState,
    Untouched,
    held,
    standing,
    statement,
    unknown_parts,
)
from footwall.entries import liquidated_on as liquidated
from footwall.errors import InputError, Problem, UsageError
from footwall.quantity import Unknown, counted

if TYPE_CHECKING:
    from footwall.desk import Entered, Zone
    from footwall.entries import EntryBook, EntryEvent, Posting

_SHOWN = 40
"""Rows of a list that the screen shows; --format json tells all."""
_SAID = {
    "EntryFiled": "{entry} is filed",
    "GoodsLeft": "goods left {entry}",
    "EntryExtended": "{entry} may be liquidated up to {liquidate_by}",
    "EntryLiquidated": "{entry} is liquidated; it may be protested up to {protest_by}",
    "EntryProtested": "{entry} is protested",
    "ProtestDecided": "the protest of {entry} is {outcome}; it may be appealed up to {appeal_by}",
    "EntryCancelled": "{entry} is cancelled",
    "EntryClosed": "{entry} is closed",
    "EntriesCorrected": "correction {correction} of entries",
    "AmountPaid": "payment {reference} of {entry}",
    "BondLodged": "bond {bond} stands for {account}",
    "BondCalled": "bond {bond} was called for {entry}",
    "RulingIssued": "a ruling is issued",
    "RulingRevoked": "{ruling} is revoked and binds to {binds_to}",
}


def print_done(zone: "Zone", done: "Entered", output: OutputFormat) -> None:
    """What a command recorded, and what it posted."""
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        say(
            json_text(
                {"recorded": done.recorded and done.event is not None, "already": done.already, "event": done.event}
            )
        )
        return
    if done.event is None:
        paragraph(f"Nothing changed: {done.already}.")
        return
    event = done.event
    sentence = _SAID[type(event).__name__].format(**{name: getattr(event, name) for name in event.__slots__})
    say(f"{sentence[:1].upper()}{sentence[1:]}{'.' if done.recorded else ', tried only: nothing is recorded.'}")
    places = _places(zone)
    if isinstance(event, EntryFiled):
        _print_lines_filed(event, places)
    adjustments = _adjustments(event)
    if adjustments:
        _print_adjustments(adjustments, places)
    _print_postings([] if adjustments or isinstance(event, EntryFiled) else getattr(event, "postings", ()), places)
    _print_untouched(getattr(event, "untouched", ()), places)
    if done.recorded:
        say(f"Record: {counted(zone.head.sequence, 'entry', 'entries')}, head {zone.head.hash[:16]}…")


def print_filed(zone: "Zone", done: "tuple[Entered, ...]", output: OutputFormat) -> None:
    """The entries of a file, and how many of them stood there already."""
    filed = [one.event for one in done if isinstance(one.event, EntryFiled)]
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        say(json_text({"filed": filed, "already": [one.already for one in done if one.event is None]}))
        return
    before = f"; {counted(len(done) - len(filed), 'stands', 'stand')} there already" if len(done) > len(filed) else ""
    say(f"{counted(len(filed), 'entry', 'entries')} filed{before}.")
    rows = [
        (one.entry, one.account, one.kind, day(one.on), len(one.lines), zone.state.entries.entries[one.entry].balance)
        for one in filed[:_SHOWN]
    ]
    columns = [Column("entry"), Column("account"), Column("kind"), Column("day", "whole"), Column("lines", "number")]
    table([*columns, Column(f"owes {zone.settings.currency}", "number", places=_places(zone))], rows)
    if len(filed) > _SHOWN:
        say(f"… and {len(filed) - _SHOWN} more: --format json")
    say(f"Record: {counted(zone.head.sequence, 'entry', 'entries')}, head {zone.head.hash[:16]}…")


def _adjustments(event: "EntryEvent") -> tuple[Adjustment, ...]:
    if isinstance(event, EntriesCorrected):
        return event.adjustments
    one: Adjustment | None = getattr(event, "adjustment", None)
    return () if one is None else (one,)


def _print_lines_filed(event: EntryFiled, places: int) -> None:
    names = ("ordinary", "additional", "floor duty", "security")
    rows = [
        (one.line.line_id, one.customs_value, *(one.amounts.part(part) for part in PARTS), one.ruling or "")
        for one in event.lines[:_SHOWN]
    ]
    columns = [Column("line"), Column(f"value {event.currency}", "number", places=places)]
    table([*columns, *(Column(name, "number", places=places) for name in names), Column("ruling")], rows)
    if len(event.lines) > _SHOWN:
        say(f"… and {len(event.lines) - _SHOWN} more: --format json")
    _print_deadlines(event)


def _print_deadlines(event: EntryFiled) -> None:
    last = event.deadlines
    if last.keep_to is not None:
        say(f"The goods may be kept up to {last.keep_to}.")
        return
    say(f"Payable by {event.deposit_on}. It is liquidated by {last.liquidate_by}, or stands as it was assessed.")


def _print_adjustments(adjustments: tuple[Adjustment, ...], places: int) -> None:
    heading(f"New entries: {len(adjustments)}")
    rows = [
        (one.entry, one.kind, one.duty, one.interest, one.security, counted(len({c.line for c in one.changes}), "line"))
        for one in adjustments[:_SHOWN]
    ]
    columns = [Column("entry"), Column("what")]
    columns += [Column(name, "number", places=places) for name in ("duty", "interest", "security")]
    table([*columns, Column("of")], rows)
    changes = [(one.entry, change) for one in adjustments for change in one.changes]
    heading("Each part of a line that owes otherwise")
    told = [(entry, one.line, one.part, one.was, one.now, one.change, one.issued) for entry, one in changes[:_SHOWN]]
    columns = [Column("entry"), Column("line"), Column("part")]
    columns += [Column(name, "number", places=places) for name in ("was", "is", "change", "issued")]
    table(columns, told)
    if len(changes) > _SHOWN:
        say(f"… and {len(changes) - _SHOWN} more: --format json")


def _print_untouched(untouched: tuple[Untouched, ...], places: int) -> None:
    if not untouched:
        return
    heading(f"Not touched: {len(untouched)}")
    rows = [(one.entry, one.line, one.change, one.reason) for one in untouched[:_SHOWN]]
    table([Column("entry"), Column("line"), Column("change", "number", places=places), Column("why")], rows)


def _print_postings(postings: "tuple[Posting, ...] | list[Posting]", places: int) -> None:
    rows = [(day(one.on), one.entry, one.line, one.component, one.amount, day(one.due), one.note) for one in postings]
    columns = [Column("day", "whole"), Column("entry"), Column("line"), Column("what")]
    table([*columns, Column("amount", "number", places=places), Column("due", "whole"), Column("note")], rows)


def print_list(zone: "Zone", book: "EntryBook", account: str | None, on: date, output: OutputFormat) -> None:
    """Every entry of `book`, and how it stands on a day."""
    found = [one for one in book.entries.values() if account in {None, one.filed.account}]
    rows: list[tuple[Cell, ...]] = [
        (
            one.filed.entry,
            one.filed.account,
            one.filed.importer,
            day(one.filed.on),
            one.filed.kind,
            standing(one, on),
            one.balance,
            one.security,
        )
        for one in found
    ]
    names = ("entry", "account", "importer", "day", "kind", "standing", "balance", "security")
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        say(json_text({"on": on, "entries": [dict(zip(names, row, strict=True)) for row in rows]}))
        return
    if not rows:
        filed = bool(zone.state.entries.entries)
        say(f"No such entry was filed by {on}." if filed else "No entry is filed. File one: footwall entry file.")
        return
    say(f"{counted(len(rows), 'entry', 'entries')}, as they stand on {on}, in {zone.settings.currency}")
    kinds = [Column(name, "whole" if name == "day" else "text") for name in names[:6]]
    table([*kinds, *(Column(name, "number", places=_places(zone)) for name in names[6:])], rows)


def print_entry(zone: "Zone", book: "EntryBook", name: str, on: date, output: OutputFormat) -> None:
    """One entry of `book`, whole."""
    entry = held(book, name)
    if isinstance(entry, Problem):
        raise InputError("there is no such entry", [entry])
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text
        from footwall.desk import late_interest_on

        late = late_interest_on(zone, entry, on)
        say(
            json_text(
                {
                    "on": on,
                    "standing": standing(entry, on),
                    "overdue": entry.unpaid(on, on),
                    "late_interest": late,
                    "entry": entry,
                }
            )
        )
        return
    filed, places = entry.filed, _places(zone)
    say(f"{filed.entry} of {filed.account}: {filed.kind}, {filed.importer}, entered on {filed.on}")
    say(f"It is {standing(entry, on)} on {on}.{_stages(entry, on)}")
    basis = filed.basis
    say(
        f"Assessed under the schedule {basis.schedule} ({basis.digest[:16]}…), rules {basis.rulebook}, known at {basis.as_known_at}"
    )
    if basis.rates:
        say(f"At the rates {', '.join(f'{pair} {rate:f}' for pair, rate in basis.rates.items())}")
    _print_lines(entry, places)
    for line, part, why in unknown_parts(entry):
        say(f"The {part} of {line} is unknown: {why}")
    if entry.adjustments:
        _print_adjustments(tuple(one for _, one in entry.adjustments), places)
    heading("Postings")
    _print_postings(entry.postings, places)
    say(f"Balance {number(entry.balance, places)} {filed.currency}, security {number(entry.security, places)}")
    _print_late(zone, entry, on, places)


def _print_late(zone: "Zone", entry: EntryState, on: date, places: int) -> None:
    """What is overdue, and the interest that it bears up to a day."""
    from footwall.desk import late_interest_on

    overdue, late = entry.unpaid(on, on), late_interest_on(zone, entry, on)
    if isinstance(late, Unknown):
        say(f"The interest on what is overdue is unknown: {late.reason}")
    elif overdue:
        say(
            f"Overdue on {on}: {number(overdue, places)}; to that day it bears {number(late.open, places)} of interest, charged when it is paid"
        )


def _stages(entry: EntryState, on: date) -> str:
    last = entry.deadlines
    parts = [
        ("to be liquidated by", None if liquidated(entry, on) else last.liquidate_by),
        ("liquidated on", liquidated(entry, on)),
        ("to be protested by", last.protest_by if liquidated(entry, on) else None),
        ("decided on", entry.decided_on),
        ("to be appealed by", entry.appeal_by),
        ("to be corrected by", last.correct_by if liquidated(entry, on) else None),
        ("goods to be kept to", last.keep_to),
    ]
    told = "; ".join(f"{what} {when}" for what, when in parts if when is not None)
    return f" {told[:1].upper()}{told[1:]}." if told else ""


def _print_lines(entry: EntryState, places: int) -> None:
    heading("Lines: what they owed on the day, and what they owe as is known now")
    rows = []
    for one in entry.filed.lines[:_SHOWN]:
        held_line = entry.lines[one.line.line_id]
        then, now = one.amounts, held_line.owed
        rows.append(
            (one.line.line_id, one.line.form or one.line.hs_code or "", one.line.net_mass_kg, held_line.left_kg if entry.stage == "kept" else None,
             *(then.part(part) for part in PARTS), then.duty, now.duty, one.ruling or "")
        )  # fmt: skip
    columns = [Column("line"), Column("goods"), Column("kg", "number"), Column("kg left", "number")]
    names = ("ordinary", "additional", "floor", "security", "duty then", "duty now")
    table([*columns, *(Column(name, "number", places=places) for name in names), Column("ruling")], rows)


def print_statement(zone: "Zone", account: str, days: tuple[date | None, date | None], output: OutputFormat) -> None:
    """The ledger of an account."""
    book = zone.state.entries
    if not book.of_account(account):
        known = ", ".join(sorted({one.filed.account for one in book.entries.values()})) or "none has an entry yet"
        raise UsageError(f"{account!r} has no entry. Accounts: {known}")
    rows = statement(book, account, *days)
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        say(json_text({"account": account, "currency": zone.settings.currency, "rows": rows}))
        return
    places = _places(zone)
    say(f"{account}, in {zone.settings.currency}: above zero it owes, below it is owed")
    columns = [
        Column("day", "whole"),
        Column("entry"),
        Column("line"),
        Column("what"),
        Column("note"),
        Column("due", "whole"),
    ]
    columns += [Column(name, "number", places=places) for name in ("amount", "balance", "security")]
    table(
        columns,
        [
            (day(one.posting.on), one.posting.entry, one.posting.line, one.posting.component, one.posting.note,
             day(one.posting.due), one.posting.amount, one.balance, one.security)
            for one in rows
        ],
    )  # fmt: skip
    if not rows:
        say("Nothing was posted on these days.")


def _places(zone: "Zone") -> int:
    return zone.facts.currencies[zone.settings.currency].minor_units
