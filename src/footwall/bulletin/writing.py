"""A public folder on the disk, and the archive of one bulletin.

A folder is never seen half-written: new files come first, under names that nothing names yet, then the timestamp takes its
place in one step, then what nothing names any more goes.
"""

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from footwall.bulletin.making import Edition
from footwall.bulletin.publication import TIMESTAMP, Files
from footwall.errors import UsageError

_FIRST_INSTANT: Final = (1980, 1, 1, 0, 0, 0)


def write_edition(folder: Path, edition: Edition, before: Files | None = None) -> None:
    """Bring a public folder to its next state, which was made from the files `before` (None: it is a new folder).

    Raises UsageError where another publisher was faster, and where it cannot be written; then it is as it was for a reader.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            found = folder / TIMESTAMP
            stands = found.read_bytes() if found.exists() else None
            if stands != (None if before is None else before[TIMESTAMP]):
                raise UsageError(
                    f"{folder} was changed meanwhile by another publisher. Nothing was published; try again."
                )
            for name in sorted(edition.written, key=lambda name: (name == TIMESTAMP, name)):
                _write(folder / name, edition.written[name])
            for name in sorted(edition.removed):
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}. Nothing was published; try again.") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Whatever happens in here no other publisher does at the same time, where the system can hold a folder."""
    if os.name != "posix":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def archive_bytes(files: Files) -> bytes:
    """The files as a .zip, sorted, all of one instant: the same bytes for the same files and the same compressor."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _FIRST_INSTANT)
            member.create_system, member.external_attr = 3, 0o100644 << 16
            archive.writestr(member, files[name], zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in one step. Raises UsageError where it cannot be written."""
    try:
        _write(path, data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Name another file.") from None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, making = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(making).chmod(0o644)
        Path(making).replace(path)
    except OSError:
        Path(making).unlink(missing_ok=True)
        raise
