"""Bulletins as they come: a folder or an archive, read without trusting it. Nothing is ever unpacked.

Only names that a bulletin has are taken, only plain files, each once, and none larger than a bulletin's can be. Whatever
else there is makes the whole unusable: a bulletin holds nothing that nothing signs.
"""

import io
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from footwall.bulletin.publication import TIMESTAMP, Files
from footwall.errors import UsageError

FILE_BYTES_MAX: Final = 128 * 2**20
"""No file of a bulletin is as large."""
BYTES_MAX: Final = 512 * 2**20
"""All files of an archive together, and an archive itself."""
FILES_MAX: Final = 1_000_000
"""So many files a folder or an archive may hold."""
_AT_ONCE: Final = 2**20
_GZIP: Final = b"\x1f\x8b"
_GZIP_BITS: Final = 31
"""How zlib is told that what it reads is gzip."""

_NAME: Final = re.compile(
    r"metadata/([1-9][0-9]{0,8}\.(root|targets|snapshot|log)|timestamp)\.json"
    r"|targets/bulletins/[1-9][0-9]{0,8}/[a-z]{1,20}\.(json|csv|xlsx)"
    r"|targets/log/[1-9][0-9]{0,8}\.head\.json"
    r"|log/([1-9][0-9]{0,8}|proof)\.json"
)


def read_bulletin(path: Path) -> Files:
    """The files in a folder, a .zip, a .tar or a .tar.gz. Raises UsageError for anything that is no bulletin."""
    if path.is_dir():
        return FolderFiles(path)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. Name a bulletin: a folder or an archive.") from None
    if size > BYTES_MAX:
        raise UsageError(f"{path} is larger than any bulletin: it is not read")
    return read_archive(path.read_bytes(), str(path))


def read_archive(data: bytes, name: str) -> dict[str, bytes]:
    """The files in the bytes of an archive. Raises UsageError for anything that is no bulletin."""
    try:
        files = _taken(_zipped(data) if data[:4] == b"PK\x03\x04" else _tarred(data))
    except ValueError as error:
        raise UsageError(f"{name} is no bulletin: {error}") from None
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise UsageError(f"{name} is no archive that can be read: {error}") from None
    if not files:
        raise UsageError(f"{name} holds no bulletin")
    return files


class FolderFiles(Mapping[str, bytes]):
    """The files of a folder, each read when it is asked for; the timestamp, the only one that is written over, at once."""

    def __init__(self, folder: Path) -> None:
        """Look at what there is. Raises UsageError for a folder that holds anything but a bulletin."""
        self._folder = folder
        self._names = dict.fromkeys(sorted(self._listed()))
        self._timestamp = self._read(TIMESTAMP) if TIMESTAMP in self._names else b""

    def __getitem__(self, name: str) -> bytes:
        """The bytes of a file. Raises KeyError where there is none, UsageError where it cannot be read."""
        if name not in self._names:
            raise KeyError(name)
        return self._timestamp if name == TIMESTAMP else self._read(name)

    def __contains__(self, name: object) -> bool:
        """Whether there is such a file; it is not read for that."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        """The names, sorted."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._names)

    def _read(self, name: str) -> bytes:
        path = self._folder / name
        try:
            with path.open("rb") as file:
                return _bounded(name, file.read(FILE_BYTES_MAX + 1))
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise UsageError(f"{self._folder} is no bulletin: {error}") from None

    def _listed(self) -> Iterator[str]:
        waiting = [self._folder]
        while waiting:
            for path in sorted(waiting.pop().iterdir()):
                name, mode = path.relative_to(self._folder).as_posix(), path.lstat().st_mode
                if stat.S_ISDIR(mode):
                    waiting.append(path)
                elif not stat.S_ISREG(mode):
                    raise UsageError(f"{self._folder} is no bulletin: {name} is a link or no plain file")
                elif not _NAME.fullmatch(name):
                    raise UsageError(f"{self._folder} is no bulletin: it holds {name[:80]}, which no bulletin has")
                else:
                    yield name


def _taken(members: Iterator[tuple[str, bytes]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total = 0
    for name, data in members:
        total += len(data)
        if name in found:
            raise ValueError(f"it holds {name} twice")
        if total > BYTES_MAX or len(found) >= FILES_MAX:
            raise ValueError("it holds more than any bulletin does")
        found[name] = data
    return found


def _tarred(data: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(_unzipped(data)), mode="r:") as archive:
        for member in archive:
            if member.isdir():
                continue
            _known(member.name)
            if not member.isreg() or member.sparse is not None:
                raise ValueError(f"{member.name} is a link or no plain file")
            _small(member.name, member.size)
            file = archive.extractfile(member)
            yield member.name, b"" if file is None else file.read(FILE_BYTES_MAX + 1)


def _unzipped(data: bytes) -> bytes:
    """The bytes inside a gzip, up to the bound: so that a small file cannot become a large one."""
    if data[:2] != _GZIP:
        return data
    machine = zlib.decompressobj(_GZIP_BITS)
    found = machine.decompress(data, BYTES_MAX)
    if not machine.eof or machine.unused_data:
        raise ValueError("its gzip is cut off, goes on after its end, or holds more than any bulletin does")
    return found


def _zipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            _known(member.filename)
            mode = member.external_attr >> 16
            if member.flag_bits & 1 or (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)):
                raise ValueError(f"{member.filename} is a link, enciphered or no plain file")
            _small(member.filename, member.file_size)
            yield member.filename, _bounded(member.filename, _inside(archive, member))


def _inside(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a file in a zip; of a damaged one what comes before the damage, so that its hash tells which file it is.

    The sum that a zip has of a file is looked at with its last bytes. Where it is wrong these are left out: what is left is shorter
    than what was signed.
    """
    found = bytearray()
    try:
        with archive.open(member) as file:
            while part := file.read(_AT_ONCE):
                found += part
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        return bytes(found[: max(0, member.file_size - 1)])
    return bytes(found)


def _known(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"it holds {name[:80]!r}, which no bulletin has")


def _small(name: str, size: int) -> None:
    if size > FILE_BYTES_MAX:
        raise ValueError(f"{name} is larger than any file of a bulletin")


def _bounded(name: str, data: bytes) -> bytes:
    _small(name, len(data))
    return data
