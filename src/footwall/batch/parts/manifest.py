"""The manifest of a folder of liabilities: what went in, what was finished. It is what a killed run goes on from."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from footwall.errors import UsageError

MANIFEST: Final = "manifest.json"
FORMAT: Final = 2
KINDS: Final = ("liabilities", "problems", "steps")
_ASKED: Final = {
    "input": "the lines are others than when it was begun",
    "schedule_sha256": "the schedule is another than when it was begun",
    "rates_sha256": "the rates of exchange are others than when it was begun",
    "mapping_sha256": "the mapping of columns is another than when it was begun",
    "steps": "steps were asked for then and are not now, or are now and were not then",
    "footwall": "another version of footwall began it",
    "format": "another version of footwall wrote its manifest",
}

Json: TypeAlias = dict[str, Any]


@dataclass
class Manifest:
    """What was asked (`asked`), how the lines are parted, and the finished parts by their number."""

    asked: Json
    part_records: int
    finished: bool = False
    converted: list[Json] = field(default_factory=list)
    parts: dict[int, Json] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines the finished parts assessed."""
        return sum(int(part["lines"]) for part in self.parts.values())

    @property
    def problems(self) -> int:
        """How many problems the finished parts told."""
        return sum(int(part["problems"]) for part in self.parts.values())

    def write(self, folder: Path) -> None:
        """Replace the manifest in `folder`, so that whoever looks, and whenever power fails, it is the old or the new."""
        content = {
            **self.asked,
            "state": "finished" if self.finished else "unfinished",
            "part_records": self.part_records,
            "lines": self.lines,
            "problems": self.problems,
            **({} if self.finished else {"converted": self.converted}),
            "parts": [self.parts[number] for number in sorted(self.parts)],
        }
        whole(folder / MANIFEST, lambda path: path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8"))


def read_manifest(folder: Path, asked: Json) -> Manifest | None:
    """The manifest in `folder`, or None where there is none.

    Raises UsageError where it cannot be read or was begun with something else than what is `asked` now.
    """
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        parts = {int(part["part"]): part for part in found["parts"]}
        manifest = Manifest(
            {name: found.get(name) for name in asked},
            int(found["part_records"]),
            found["state"] == "finished",
            list(found.get("converted", [])),
            parts,
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as fault:
        raise UsageError(
            f"{path} cannot be read ({fault!r}), so nobody knows what in {folder} is whole. "
            "Take another folder, or begin anew: --restart"
        ) from None
    told = [words for name, words in _ASKED.items() if manifest.asked.get(name) != asked.get(name)]
    if told:
        raise UsageError(
            f"{folder} cannot be gone on with: {'; '.join(told)}. Take another folder, or begin anew: --restart"
        )
    return manifest


def whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write under another name, bring it to the disk, then rename: a reader never sees half a file."""
    unfinished = path.with_name(f".{path.name}.unfinished{path.suffix}")
    try:
        write(unfinished)
        put(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def put(written: Path, path: Path) -> None:
    """Bring a written file to the disk and give it its name, both so that a loss of power does not take them back."""
    sync(written)
    os.replace(written, path)  # noqa: PTH105 - the same on Windows, where rename refuses an existing name
    sync(path.parent)


def sync(path: Path) -> None:
    """Bring a file, or a folder's names, to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folder and brings names to the disk by itself
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(folder: Path, written: Mapping[str, str]) -> bool:
    """Whether a file that the manifest names is there, with the digest that it names."""
    path = folder / written["file"]
    return path.is_file() and digest(path) == written["sha256"]


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold `folder` against other processes that would write there too. Raises UsageError where one does."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another process is writing to {folder}: wait for it, or take another folder") from None
        yield
    finally:
        os.close(handle)
