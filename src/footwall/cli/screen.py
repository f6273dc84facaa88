"""What the program prints: sentences, and tables whose numbers line up and are never cut.

On a terminal a table fits its width by wrapping words; anywhere else it is as wide as it is, plain, without colours.
"""

import shutil
import sys
import textwrap
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
_BLANK = "\N{BRAILLE PATTERN BLANK}"
"""Stands for a blank behind a number until the table is laid out, which would cut blanks off."""


Cell = str | tuple[str, str]
"""What stands in a table: text, or text with a style that a terminal may show."""


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


def paragraph(text: str, *, error: bool = False) -> None:
    """A longer text, broken between words where the line ends."""
    stream = sys.stderr if error else sys.stdout
    width = min(shutil.get_terminal_size().columns, PLAIN_WIDTH) if stream.isatty() else PLAIN_WIDTH
    say(textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False), error=error)


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str = "", error: bool = False) -> None:
    """A table with its title above it; nothing at all where there are no rows."""
    listed = list(_on_their_points(columns, list(rows)))
    if not listed:
        return
    from rich.box import SIMPLE_HEAD
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        numeric = column.kind == "number"
        cells = [row[number][0] for row in listed]
        narrowest = max(map(_unbreakable, [*column.heading.split("\n"), *([] if numeric else cells)]))
        grid.add_column(
            Text(column.heading, justify="right" if numeric else "left"),
            overflow="fold",
            min_width=max([narrowest, *(map(len, cells) if numeric else ())]),
        )
    for row in listed:
        grid.add_row(
            *(
                Text(
                    text,
                    style=style,
                    no_wrap=column.kind == "number",
                    justify="right" if column.kind == "number" else "left",
                )
                for column, (text, style) in zip(columns, row, strict=True)
            )
        )
    console = _console(error=error)
    width = console.width if console.is_terminal else PLAIN_WIDTH
    natural = Measurement.get(console, console.options.update(max_width=_NO_LIMIT), grid)
    console.width = max(natural.minimum, min(natural.maximum, width))
    if title:
        say(title, error=error)
    with console.capture() as captured:
        console.print(grid, crop=False)
    say("\n".join(line.rstrip() for line in captured.get().replace(_BLANK, " ").splitlines()), error=error)


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


def _on_their_points(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[list[tuple[str, str]]]:
    """The rows, the numbers of each column with blanks behind them, so that their decimal points stand below each other."""
    styled = [
        [(_one_line(cell), "") if isinstance(cell, str) else (_one_line(cell[0]), cell[1]) for cell in row]
        for row in rows
    ]
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
