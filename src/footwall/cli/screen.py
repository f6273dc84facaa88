"""What the program prints: sentences, and tables whose numbers line up and are never cut.

On a terminal a table fits its width by wrapping words, or becomes a list where it cannot; anywhere else it is as wide as
it is, plain, without colours. This is the one place that writes the figures of a table: a column's at one number of decimals.
"""

import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from threading import Event, Timer
from typing import TYPE_CHECKING, Literal

from footwall.quantity import Unknown, plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

NOT_APPLICABLE = "–"
PROBLEMS_SHOWN = 20
SECONDS_UNTOLD = 2.0
"""How long something may take before a terminal shows that it is being done."""
PLAIN_WIDTH = 140
"""How wide a table may become where nobody tells: words are wrapped beyond it, numbers never."""

_BETWEEN = 3
"""Blanks between two columns, as the table's frame draws them."""
_BLANK = "\N{BRAILLE PATTERN BLANK}"
"""Stands for a blank behind a number until the table is laid out, which would cut blanks off."""


Cell = str | tuple[str, str] | Decimal | int | Unknown | None
"""What stands in a table: text, text with a style that a terminal may show, or a figure that its column writes."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, with its unit, and whether it holds numbers (which stand to the right, point below point).

    Numbers, and the cells of a column that is `whole`, are never wrapped.

    A column writes its figures at one number of decimals: at `places`; else at as many as the longest of them needs, and
    at least `places_min`, the places of the unit that a rule rounds them to.
    """

    heading: str
    kind: Literal["text", "number", "whole"] = "text"
    places: int | None = None
    places_min: int = 0


def number(value: Decimal | int | Unknown | None, places: int | None = None) -> str:
    """A number with its thousands apart, at `places` decimals or as long as it is; `unknown`; or – where it does not apply."""
    if value is None:
        return NOT_APPLICABLE
    if isinstance(value, Unknown):
        return "unknown"
    whole, point, rest = plain(Decimal(value), places).partition(".")
    return f"{int(whole):,}{point}{rest}" if whole not in {"-0", "-"} else f"{whole}{point}{rest}"


def day(value: date | None) -> str:
    """A day as YYYY-MM-DD, or – for none."""
    return NOT_APPLICABLE if value is None else value.isoformat()


def say(text: str = "", *, error: bool = False) -> None:
    """One sentence, on a line of its own."""
    if not error:
        sys.stdout.write(f"{text}\n")
        return
    sys.stdout.flush()
    sys.stderr.write(f"{text}\n")


def paragraph(text: str, *, error: bool = False, indent: str = "", width: int | None = None) -> None:
    """A longer text, broken between words where the line ends, each line after `indent`."""
    stream = sys.stderr if error else sys.stdout
    if width is None:
        width = min(shutil.get_terminal_size().columns, PLAIN_WIDTH) if stream.isatty() else PLAIN_WIDTH
    say(
        textwrap.fill(
            text,
            width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ),
        error=error,
    )


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str = "", error: bool = False) -> None:
    """A table with its title above it; nothing at all where there are no rows.

    On a terminal too narrow for it each row is told as a list, a line for each column: nothing is cut.
    """
    given = list(rows)
    if not given:
        return
    listed = _on_their_points(columns, _written(columns, given))
    console = _console(error=error)
    width = console.width if console.is_terminal else PLAIN_WIDTH
    shapes = [_shape(column, [row[place][0] for row in listed]) for place, column in enumerate(columns)]
    least = _wide([narrowest for narrowest, _ in shapes])
    if title:
        say(title, error=error)
    if console.is_terminal and least > width:
        _listed(columns, listed, width, error=error)
        return
    widths = _fitted(shapes, max(least, width))
    console.width = _wide(widths)
    with console.capture() as captured:
        console.print(_grid(columns, listed, widths), crop=False)
    say("\n".join(line.rstrip() for line in captured.get().replace(_BLANK, " ").splitlines()), error=error)


def _wide(widths: Sequence[int]) -> int:
    """How wide a table of such columns is."""
    return sum(widths) + _BETWEEN * (len(widths) - 1)


def _shape(column: Column, cells: Sequence[str]) -> tuple[int, int]:
    """How narrow a column may become without breaking a word or a number, and how wide it would be without wrapping."""
    from rich.cells import cell_len

    heads = column.heading.split("\n")
    widest = max(map(cell_len, [*heads, *cells]))
    if column.kind != "text":
        return max([*map(_unbreakable, heads), *map(cell_len, cells)]), widest
    return max(map(_unbreakable, [*heads, *cells])), widest


def _fitted(shapes: Sequence[tuple[int, int]], width: int) -> list[int]:
    """The columns' widths: as wide as they would be, the widest that can give way giving way until all fit into `width`."""
    widths = [widest for _, widest in shapes]
    while _wide(widths) > width:
        slack = [(wide, place) for place, wide in enumerate(widths) if wide > shapes[place][0]]
        widths[max(slack)[1]] -= 1
    return widths


def _grid(columns: Sequence[Column], rows: Sequence[Sequence[tuple[str, str]]], widths: Sequence[int]) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    sides: list[Literal["left", "right"]] = ["right" if column.kind == "number" else "left" for column in columns]
    for column, side, width in zip(columns, sides, widths, strict=True):
        grid.add_column(Text(column.heading, justify=side), overflow="fold", width=width)
    for row in rows:
        cells = zip(columns, sides, row, strict=True)
        grid.add_row(
            *(
                Text(text, style=style, no_wrap=column.kind != "text", justify=side)
                for column, side, (text, style) in cells
            )
        )
    return grid


def _listed(columns: Sequence[Column], rows: Sequence[Sequence[tuple[str, str]]], width: int, *, error: bool) -> None:
    """Each row by itself: its first cell, and below it every other that says anything, with its heading."""
    for row in rows:
        first, *rest = (text.replace(_BLANK, "").strip() for text, _ in row)
        say(first, error=error)
        for column, text in zip(columns[1:], rest, strict=True):
            if text and text != NOT_APPLICABLE:
                paragraph(f"{' '.join(column.heading.split())}: {text}", error=error, indent="    ", width=width)


def heading(text: str) -> None:
    """A line of its own above what follows."""
    say()
    say(text)


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Shows on a terminal, once it has taken `SECONDS_UNTOLD`, that something is being done, and in a pipe nothing.

    What it gives is told how far that is, in a few words.
    """
    if not sys.stderr.isatty():
        yield _untold
        return
    console = _console(error=True)
    status = console.status(what)
    begun = Event()

    def begin() -> None:
        begun.set()
        status.start()

    timer = Timer(SECONDS_UNTOLD, begin)
    timer.daemon = True
    timer.start()
    try:
        yield lambda how_far: status.update(f"{what}: {how_far}")
    finally:
        timer.cancel()
        timer.join()
        if begun.is_set():
            status.stop()


def _untold(_: str) -> None:
    """How far something is, where nobody watches."""


def _written(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[list[tuple[str, str]]]:
    """The rows as text with its style: every figure of a column at the same number of decimals."""
    places = [
        column.places if column.places is not None else max([column.places_min, *map(_places_needed, cells)])
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    return [[_as_text(cell, shown) for cell, shown in zip(row, places, strict=True)] for row in rows]


def _places_needed(cell: Cell) -> int:
    """The decimals without which a figure would be another one; zeros at its end are not needed."""
    return len(plain(cell).partition(".")[2]) if isinstance(cell, Decimal) else 0


def _as_text(cell: Cell, places: int) -> tuple[str, str]:
    match cell:
        case str():
            return _one_line(cell), ""
        case tuple():
            return _one_line(cell[0]), cell[1]
        case Decimal():
            return number(cell, places), ""
    return number(cell), ""


def _on_their_points(columns: Sequence[Column], styled: list[list[tuple[str, str]]]) -> list[list[tuple[str, str]]]:
    """The rows, the numbers of each column with blanks behind them, so that their decimal points stand below each other."""
    for number, column in enumerate(columns):
        if column.kind == "number":
            behind = max((len(row[number][0].partition(".")[2]) for row in styled), default=0)
            for row in styled:
                text, style = row[number]
                if any(letter.isdigit() for letter in text):
                    blanks = behind - len(text.partition(".")[2]) + (behind > 0 and "." not in text)
                    row[number] = (text + _BLANK * blanks, style)
    return styled


def _unbreakable(text: str) -> int:
    """How wide a column must be so that no word of `text` is broken; what indents it stands before its first word."""
    words = text.split()
    indent = len(text) - len(text.lstrip(" "))
    return max([indent + len(words[0]), *map(len, words)]) if words else 0


def _one_line(text: str) -> str:
    """Without line breaks, so that a cell of a file cannot break the table; leading spaces stay, they indent."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    return indent + " ".join(text.split())


def _console(*, error: bool) -> "Console":
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    stream.flush()
    return Console(file=stream, highlight=False, emoji=False, markup=False)
