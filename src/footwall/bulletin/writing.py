"""A public folder on the disk, and the archive of one bulletin.

A folder is never seen half-written: new files come first, under names that nothing names yet, then the timestamp takes its
place in one step, then what nothing names any more goes.
"""

import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from footwall.bulletin.making import Edition
from footwall.bulletin.publication import TIMESTAMP, Files
from footwall.errors import UsageError

_FIRST_INSTANT: Final = (1980, 1, 1, 0, 0, 0)


def write_edition(folder: Path, edition: Edition) -> None:
    """Bring a public folder to its next state. Raises UsageError where it cannot be written; then it is as it was for a reader."""
    try:
        for name in sorted(edition.written, key=lambda name: (name == TIMESTAMP, name)):
            _write(folder / name, edition.written[name])
        for name in sorted(edition.removed):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}. Nothing was published; try again.") from None


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
