"""The examples of the documents: found, run as a reader would run them, and written anew.

    python tests/docs/doc_support.py ZONE     runs every example beside the zone in ZONE and writes what it printed

A block marked `console` holds commands after `$ ` and what they print; all but those that make or fetch are run, block
after block, in a folder of the document's own where `zone` is the example zone, and `docs` and `src` are ours. A block marked `python` is run line by line where it has `>>>`.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from program_server import CLIENT

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """One command of a document, and what the document says that it prints."""

    document: Path
    text: str
    printed: str

    @property
    def runs(self) -> bool:
        """Whether it is ours to run: making and fetching is not."""
        return not self.text.startswith(("make ", "git "))


def commands(document: Path) -> Iterator[Command]:
    for block in _CONSOLE.findall(document.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, _, rest = part.partition("\n")
            while first.endswith("\\"):
                more, _, rest = rest.partition("\n")
                first = f"{first}\n{more}"
            yield Command(document, first, rest.rstrip("\n"))


def beside(zone: Path, folder: Path) -> Path:
    """A folder in which the examples can be run."""
    (folder / "zone").symlink_to(zone.resolve())
    for name in ("docs", "src", "bench", "tests"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def printed(command: str, folder: Path, served: Path | None = None) -> str:
    """What the shell prints, with our program and our Python before all others on the path.

    Each is a new process; where one is `served`, that is the socket of a process that forks for it.
    """
    programs = folder / ".bin"
    programs.mkdir(exist_ok=True)
    client = programs / "client.py"
    client.write_text(CLIENT.format(place=str(served)))
    for name, runs in (("footwall", '-c "from footwall.cli import main; main()"'), ("python", "")):
        program = programs / name
        called = runs if served is None else f"-SI {client} {name}"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {called} "$@"\n')
        program.chmod(0o755)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        ["/bin/bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).rstrip("\n")


@contextmanager
def serving(zone: Path, folder: Path) -> Iterator[Path]:
    """The socket of a process that forks for our program, with the example zone in `zone` read."""
    place, server = folder / "socket", Path(__file__).parent / "program_server.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        [sys.executable, server, place, zone], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield place
        process.stdin.close()


def renew(zone: Path) -> None:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as name:
            folder = beside(zone, Path(name))
            for command in commands(document):
                if command.runs:
                    old = f"$ {command.text}\n{command.printed}\n" if command.printed else f"$ {command.text}\n"
                    assert text.count(old) >= 1, command
                    shown = "\n".join(filter(None, [f"$ {command.text}", printed(command.text, folder)]))
                    text = text.replace(old, f"{shown}\n", 1)
        document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew(Path(sys.argv[1]))
