"""Opening the zone in a folder; looking at its record, and accepting its head, where it may not open."""

from datetime import date, datetime
from pathlib import Path

from footwall.desk.adoption import check_facts_unchanged, rulebooks_to_adopt
from footwall.desk.folder import Layout, clock_of, opening_instant, read_settings
from footwall.desk.read_table import READ_TABLES
from footwall.desk.zone import Zone, record_problems
from footwall.errors import JournalError, Problem
from footwall.journal import Evidence, Head, Journal


def open_zone(folder: Path | str, *, as_known_at: datetime | None = None) -> Zone:
    """The zone in a folder; with `as_known_at` (an instant with its time zone), as its journal stood then.

    Raises ZoneError for a folder that is no zone, or whose facts or rules are not those it adopted; JournalError for a
    record that is damaged, naming every fault.
    """
    where = Path(folder)
    settings, layout = read_settings(where), Layout(where)
    clock = clock_of(settings, opening_instant(date.min))  # a run puts it where it records
    journal = Journal.open(layout.journal, clock=clock, read_tables=READ_TABLES)
    if problems := journal.verify():
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise JournalError(f"the record of the zone in {where} is damaged; nothing of it is used:\n{listed}")
    zone = Zone(where, settings, clock, journal, journal.entries(as_known_at=as_known_at))
    check_facts_unchanged(zone.state, layout.facts)
    rulebooks_to_adopt(zone.state, layout.rulebook, zone.evidence)
    return zone


def verify_zone(folder: Path | str, noted: Head | None = None) -> tuple[Problem, ...]:
    """Everything wrong with a zone's record and its evidence, for a zone that `open_zone` may refuse.

    Raises ZoneError for a folder that is no zone, JournalError where there is no record at all.
    """
    where = Path(folder)
    read_settings(where)
    layout = Layout(where)
    journal = Journal.open(layout.journal, read_tables=READ_TABLES, mend=False)
    return record_problems(journal, Evidence(layout.evidence), noted)


def accept_head(folder: Path | str, noted: Head | None = None) -> Head | tuple[Problem, ...]:
    """Write a zone's lost `journal.head` anew, from a record that verifies; returns the head, or what speaks against it.

    `noted` is a head that somebody wrote down earlier. Without it nothing shows that the record was not cut or replaced
    while its witness was gone: that is taken on trust. Evidence is not looked at: without it the entries stand.
    Raises UsageError where the file is there and the record agrees with it, ZoneError for a folder that is no zone,
    JournalError where there is no record at all, or the file cannot be written.
    """
    where = Path(folder)
    read_settings(where)
    return Journal.open(Layout(where).journal, read_tables=READ_TABLES, mend=False).accept_head(noted)
