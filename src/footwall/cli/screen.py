"""What the program prints: sentences, and tables whose numbers line up and are never cut.

On a terminal a table fits its width by wrapping words; anywhere else it is as wide as it is, plain, without colours.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from footwall.quantity import Unknown, plain

if TYPE_CHECKING:
    from rich.console import Console

NOT_APPLICABLE = "–"
PROBLEMS_SHOWN = 20
PLAIN_WIDTH = 140
"""How wide a table may become where nobody tells: words are wrapped beyond it, numbers never."""

_NO_LIMIT = 100_000
_NUMBER = re.compile(r"[0-9][0-9,]*(?:[.][0-9]+)?")
_POINT = re.compile(r"[0-9]([.][0-9]+)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, with its unit, and whether it holds numbers (which stand to the right)."""

    heading: str
    kind: Literal["text", "number"] = "text"


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


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, title: str = "", error: bool = False) -> None:
    """A table with its title above it; nothing at all where there are no rows."""
    listed = [tuple(row) for row in rows]
    if not listed:
        return
    from rich.box import SIMPLE_HEAD
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    filled = list(_on_their_points(columns, listed))
    for column, cells in zip(columns, zip(*filled, strict=True), strict=True):
        right = column.kind == "number"
        word = max(len(word) for cell in (column.heading, *cells) for word in (cell.split() or [""]))
        justify: Literal["left", "right"] = "right" if right else "left"
        grid.add_column(Text(column.heading), justify=justify, no_wrap=right, min_width=word)
    for row in filled:
        grid.add_row(*map(Text, row))
    console = _console(error=error)
    width = console.width if console.is_terminal else PLAIN_WIDTH
    natural = Measurement.get(console, console.options.update(max_width=_NO_LIMIT), grid)
    console.width = max(natural.minimum, min(natural.maximum, width))
    if title:
        say(title, error=error)
    with console.capture() as captured:
        console.print(grid, crop=False)
    say("\n".join(line.rstrip() for line in captured.get().splitlines()), error=error)


def heading(text: str) -> None:
    """A line of its own above what follows."""
    say()
    say(text)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Shows on a terminal that something is being done; elsewhere nothing."""
    console = _console(error=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def _on_their_points(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The rows with each column's numbers filled up with zeros, so that their decimal points stand below each other."""
    places = [
        max((len(point) - 1 for row in rows for point in _POINT.findall(row[number])), default=0)
        if column.kind == "number"
        else 0
        for number, column in enumerate(columns)
    ]

    def filled(cell: str, to: int) -> str:
        return _NUMBER.sub(lambda match: _filled_up(match[0], to), cell) if to else cell

    for row in rows:
        yield [filled(_one_line(cell), to) for cell, to in zip(row, places, strict=True)]


def _filled_up(text: str, places: int) -> str:
    """A written number with zeros behind its point up to `places`."""
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<{places}}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _console(*, error: bool) -> "Console":
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    stream.flush()
    return Console(file=stream, highlight=False, emoji=False, markup=False)
