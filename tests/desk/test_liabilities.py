"""Lines that met a measure on a day on which it would have come out otherwise, and those of the days beside it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from footwall.desk import Dependent, liabilities_of, open_zone
from footwall.errors import UsageError

MEASURE = "floor-cobalt-metal-us-dominant"


def otherwise(zone_days: tuple[date, ...], first: int, last: int, what: str = MEASURE) -> Dependent:
    """A measure that would have come out otherwise on these walked days, by their place."""
    return Dependent("measure", what, "", zone_days[first], zone_days[last], Decimal(1), Decimal(2))


def files(folder: Path, days: dict[str, str], measure: str = MEASURE) -> tuple[Path, Path]:
    """Liabilities that met one measure, and the lines that were assessed."""
    owed, lines = folder / "owed.csv", folder / "lines.csv"
    owed.write_text("line_id,measure_ids,floor_duty\n" + "".join(f"{one},{measure},1.00\n" for one in days))
    lines.write_text("line_id,entry_date\n" + "".join(f"{one},{day}\n" for one, day in days.items()))
    return owed, lines


def test_a_line_counts_from_the_first_of_these_days_to_the_day_before_the_next_walked_one(
    walked: Path, tmp_path: Path
) -> None:
    zone = open_zone(walked)
    first, last, after = zone.days[1], zone.days[2], zone.days[3]
    days = {
        "before": date.fromordinal(first.toordinal() - 1),
        "first": first,
        "last": last,
        "until": date.fromordinal(after.toordinal() - 1),
        "after": after,
    }
    owed, lines = files(tmp_path, {name: day.isoformat() for name, day in days.items()})
    found = liabilities_of(zone, owed, [otherwise(zone.days, 1, 2)], lines)
    assert [(one["line_id"], one["entry_date"]) for one in found] == [
        (name, days[name]) for name in ("first", "last", "until")
    ]
    assert liabilities_of(zone, owed, [otherwise(zone.days, 1, 2, "another-measure")], lines) == []


def test_what_was_published_last_holds_until_another_day_is_walked(walked: Path, tmp_path: Path) -> None:
    zone = open_zone(walked)
    owed, lines = files(tmp_path, {"later": "2030-01-01", "earlier": zone.days[-2].isoformat()})
    found = liabilities_of(zone, owed, [otherwise(zone.days, -1, -1)], lines)
    assert [one["line_id"] for one in found] == ["later"]


def test_without_a_day_the_days_for_which_the_measure_stood_decide(walked: Path, tmp_path: Path) -> None:
    zone = open_zone(walked)
    (stood, *_) = [one for one in zone.schedule().measures if one.measure_id.partition("@")[0] == MEASURE]
    within = [place for place, day in enumerate(zone.days) if stood.valid_from <= day <= (stood.valid_to or date.max)]
    before = [
        place
        for place, day in enumerate(zone.days)
        if place + 1 < len(zone.days) and zone.days[place + 1] <= stood.valid_from
    ]
    owed, lines = files(tmp_path, {"undated": "soon"}, stood.measure_id)
    for asked in (None, lines):
        assert len(liabilities_of(zone, owed, [otherwise(zone.days, within[0], within[0])], asked)) == 1
        assert liabilities_of(zone, owed, [otherwise(zone.days, before[0], before[-1])], asked) == []


@pytest.mark.parametrize("name", ["none.csv", "lines.txt"])
def test_a_file_that_is_none_is_refused(walked: Path, tmp_path: Path, name: str) -> None:
    owed, _ = files(tmp_path, {"line": "2024-01-01"})
    with pytest.raises(UsageError, match="is no file of lines"):
        liabilities_of(open_zone(walked), owed, [], tmp_path / name)
    with pytest.raises(UsageError, match="is no file of liabilities"):
        liabilities_of(open_zone(walked), tmp_path / name, [])
