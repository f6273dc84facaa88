"""The head beside the database: a small file that a cut record cannot bring along.

It is written after each commit: to a temporary file, synced, renamed over the old one, the folder synced. A process
that dies between the commit and the rename leaves it behind the record; it never runs ahead of it.
"""

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Final

from footwall.journal.records import EMPTY, Head

_HASH: Final = re.compile(r"[0-9a-f]{64}")


def read_head(path: Path) -> Head | None:
    """The head the file names; None where there is no file. Raises ValueError where it holds something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ValueError(str(error)) from None
    match found:
        case {"sequence": int(sequence), "hash": str(text)} if len(found) == 2 and _HASH.fullmatch(text):
            head = Head(sequence, text)
            if sequence > 0 or head == EMPTY:
                return head
    raise ValueError("not a sequence and a hash")


def write_head(path: Path, head: Head) -> None:
    """Put `head` into the file, whole or not at all, and on the disk before returning. Raises OSError."""
    write_durably(path, json.dumps({"sequence": head.sequence, "hash": head.hash}).encode() + b"\n")


def write_durably(path: Path, content: bytes) -> None:
    """Put `content` into the file, whole or not at all, and on the disk before returning. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put a folder's names on the disk, where the system can (a rename is only safe once its folder is)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
