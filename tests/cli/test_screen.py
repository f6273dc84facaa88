"""Tables: every figure of a column at one number of decimals, points below points, and nothing cut however narrow."""

import sys
import time
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.cli import screen
from footwall.cli.screen import Cell, Column, table, working
from footwall.cli.summary import print_table
from footwall.quantity import Unknown, decimal_places, places_that_show
from footwall.report import Cell as ReportCell
from footwall.report import Column as ReportColumn
from footwall.report import ReportTable, Row


def shown(capsys: pytest.CaptureFixture[str], columns: list[Column], rows: list[list[Cell]]) -> list[str]:
    table(columns, rows)
    return capsys.readouterr().out.splitlines()[2:]


def test_a_column_has_as_many_decimals_as_its_longest_figure_needs(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[list[Cell]] = [["a", Decimal("93.25")], ["b", Decimal("180.600")], ["c", Decimal(0)]]
    assert shown(capsys, [Column("what"), Column("USD", "number")], rows) == [
        "a       93.25",
        "b      180.60",
        "c        0.00",
    ]


def test_a_column_keeps_the_decimals_of_the_unit_that_a_rule_rounds_to(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[list[Cell]] = [["a", Decimal(1593)], ["b", None], ["c", Unknown("nobody says")]]
    assert shown(capsys, [Column("what"), Column("USD", "number", places_min=2)], rows) == [
        "a      1,593.00",
        "b             –",
        "c       unknown",
    ]


def test_a_column_of_money_has_the_places_of_its_coin_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[list[Cell]] = [["a", Decimal(0)], ["b", Decimal("-12.7284")], ["c", 7]]
    assert [line.split()[1] for line in shown(capsys, [Column("what"), Column("USD", "number", places=2)], rows)] == [
        "0.00",
        "-12.73",
        "7",
    ]


def test_figures_of_different_units_stand_with_their_points_below_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys, [Column("what"), Column("USD", "number")], [["a", "0.6593"], ["b", "27.91"], ["c", "336"]])
    assert lines[0].index(".") == lines[1].index(".") == len(lines[2].rstrip())


@pytest.mark.parametrize(("text", "places"), [("38.00", 2), ("38", 0), ("1E+3", 0), ("0.0001", 4)])
def test_the_decimals_of_a_price_are_those_it_was_decided_at(text: str, places: int) -> None:
    assert decimal_places(Decimal(text)) == places


@pytest.mark.parametrize(
    ("numbers", "places"), [(["-0.002", "12.7"], 3), (["-0.0505"], 2), (["0.01"], 2), (["0", "5"], 2), ([], 2)]
)
def test_no_figure_that_is_not_nothing_is_shown_as_nothing(numbers: list[str], places: int) -> None:
    assert places_that_show(map(Decimal, numbers), 2) == places


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A terminal whose width the environment states."""
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    return monkeypatch


COLUMNS = [Column("measure"), Column("held for"), Column("USD/kg", "number")]
ROW: list[Cell] = ["floor-apt-us-others", "goods of all other origins", Decimal("1593.00")]


@pytest.mark.parametrize(("width", "is_table"), [(38, True), (37, False)])
def test_a_terminal_too_narrow_for_a_table_gets_a_list_with_all_of_it(
    narrow: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int, *, is_table: bool
) -> None:
    # At the least: 19 for the id, 7 for "origins", 6 for "USD/kg", and 3 between each.
    narrow.setattr("rich.console.Console.width", width, raising=False)
    table(COLUMNS, [ROW])
    lines = capsys.readouterr().out.splitlines()
    assert ("───" in lines[1] or "───" in lines[2]) is is_table
    assert max(map(len, lines)) <= width
    words = " ".join(" ".join(lines).split())
    for part in ("floor-apt-us-others", "goods", "origins", "1,593"):
        assert part in words


@pytest.mark.parametrize(("kind", "whole"), [("whole", True), ("text", False)])
def test_a_whole_column_is_never_wrapped_where_a_text_would_be(
    narrow: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: Literal["text", "whole"], *, whole: bool
) -> None:
    narrow.setattr("rich.console.Console.width", 20, raising=False)
    table([Column("goods"), Column("landed is", kind)], [["goods of all other origins", "▲ above it"]])
    assert ("▲ above it" in capsys.readouterr().out) is whole


def test_a_note_on_columns_that_the_screen_leaves_out_is_left_out_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    columns = (ReportColumn("Form", numeric=False), ReportColumn("Floor"), ReportColumn("Method", detail=True))
    row = Row((ReportCell("Cobalt"), ReportCell("38.40"), ReportCell("bands")))
    print_table(ReportTable("one", "One", columns, (row,), ("Of the floor.",), ("Of the method.",)))
    shown = capsys.readouterr().out
    assert "38.40" in shown
    assert "Of the floor." in shown
    assert "bands" not in shown
    assert "Of the method." not in shown


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 60)), min_size=1, max_size=8), st.integers(0, 200))
def test_columns_fit_wherever_they_can_and_none_is_narrower_than_its_longest_word(
    given_shapes: list[tuple[int, int]], more: int
) -> None:
    shapes = [(least, least + slack) for least, slack in given_shapes]
    width = screen._wide([least for least, _ in shapes]) + more
    widths = screen._fitted(shapes, width)
    assert screen._wide(widths) <= width
    assert all(least <= wide <= widest for wide, (least, widest) in zip(widths, shapes, strict=True))
    roomy = screen._wide([widest for _, widest in shapes]) <= width
    assert roomy == (widths == [widest for _, widest in shapes])


@pytest.mark.parametrize(("terminal", "seconds", "shown"), [(True, 0.3, True), (True, 0.0, False), (False, 0.3, False)])
def test_what_takes_long_is_shown_on_a_terminal_and_never_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: bool, seconds: float, shown: bool
) -> None:
    monkeypatch.setattr("footwall.cli.screen.SECONDS_UNTOLD", 0.1)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with working("counting the days") as tell:
        tell("half of them")
        time.sleep(seconds)
    out, error = capsys.readouterr()
    assert out == ""
    assert ("counting the days: half of them" in error) is shown
    assert (error == "") is not shown


def test_a_fault_ends_what_was_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("footwall.cli.screen.SECONDS_UNTOLD", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with pytest.raises(ZeroDivisionError):
        _fail_late()
    assert "counting" in capsys.readouterr().err
    time.sleep(0.3)
    assert capsys.readouterr().err == ""


def _fail_late() -> None:
    with working("counting"):
        time.sleep(0.2)
        _ = 1 // 0
