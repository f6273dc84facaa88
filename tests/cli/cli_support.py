"""Runs the program as a user does, and keeps what it said."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from typer import testing

import footwall as package
from footwall.cli import app

SOURCE = Path(package.__file__).parents[1]
testing._get_command = cache(testing._get_command)
"""The program's verbs are made of their functions once, as in a program that is started once, and not for each line."""
ON = "2024-02-29"
"""The last day of the short zone."""
NOTICE = "An example. The real agreement is still being negotiated"


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    error: str

    def row(self, first: str) -> list[str]:
        """The cells of the table's row that begins with `first`."""
        rows = [line for line in self.out.splitlines() if line.strip().startswith(first)]
        assert len(rows) == 1, (first, self.out)
        return [cell.strip() for cell in rows[0].split("   ") if cell.strip()]


def footwall(*words: object) -> Said:
    """What the program says to these words, run in this process."""
    result = testing.CliRunner().invoke(app, [str(word) for word in words])
    return Said(result.exit_code, result.stdout, result.stderr)


def footwall_program(*words: object, folder: Path, **environment: str) -> Said:
    """The same as a program of its own, started in `folder`."""
    command = [sys.executable, "-c", "from footwall.cli import main; main()", *map(str, words)]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
    )
    return Said(done.returncode, done.stdout, done.stderr)


@cache
def notified_on_a_tonne(zone: Path) -> Decimal:
    """What a tonne of the oxide from China owed on 31 March 2025 on entry to the United States: the rate that was then in force."""
    day = date(2025, 3, 31)
    (rate,) = [
        one.rate
        for one in package.open_zone(zone).tariffs(day)
        if (one.form, one.group, one.importers) == ("ndpr-oxide", "dominant", ("US",))
    ]
    assert rate > 0
    return (rate * 1000).quantize(Decimal("0.01"))
