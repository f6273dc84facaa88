"""A zone for a verb: opened, on a day that it has walked, with the words that head every screen."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from footwall.cli.screen import paragraph, say, working
from footwall.errors import UsageError

if TYPE_CHECKING:
    from footwall.desk import Zone


def opened(folder: Path) -> "Zone":
    """The zone in `folder`, walked at least one day. Raises ZoneError where there is none, UsageError where nothing is walked."""
    zone = opened_early(folder)
    if zone.last_day is None:
        raise UsageError(f"the zone in {folder} has not walked a day yet. Walk it: footwall run {folder}")
    return zone


def opened_as_known(folder: Path, instant: datetime | None) -> "Zone":
    """The zone as its record stood at an instant; None: with all that is recorded. Raises as `opened` does."""
    if instant is None:
        return opened(folder)
    from footwall.cli.options import instant_in_words
    from footwall.desk import open_zone

    with working(f"reading the record in {folder}"):
        zone = open_zone(folder, as_known_at=instant)
    if zone.last_day is None:
        raise UsageError(
            f"the zone in {folder} had recorded no walked day at {instant_in_words(instant)}: name a later instant."
        )
    return zone


def opened_early(folder: Path) -> "Zone":
    """The zone in `folder`, walked or not. Raises ZoneError where there is none."""
    from footwall.desk import open_zone

    with working(f"reading the record in {folder}"):
        zone = open_zone(folder)
    for notice in zone.notices:
        say(f"footwall: {notice}", error=True)
    return zone


def head(zone: "Zone", title: str, *, known: str = "", error: bool = False) -> None:
    """What this screen shows, and what kind of zone it speaks of; `known` says as of when, where that was asked."""
    say(title, error=error)
    known = f" {known}" if known else ""
    paragraph(f"{zone.settings.name}, walked to {zone.last_day}.{known} {zone.settings.notice}", error=error)


def day_of(zone: "Zone", on: date | None) -> date:
    """`on`, or the zone's last walked day where it is left out."""
    if on is not None:
        return on
    if zone.last_day is None:
        raise UsageError(f"the zone in {zone.folder} has not walked a day yet. Walk it: footwall run {zone.folder}")
    return zone.last_day
