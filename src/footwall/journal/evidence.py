"""Bulk evidence beside the journal: files named by the hash of their content.

An entry names a file by its digest under `evidence` in its payload; whoever has the journal can tell whether the file
is still what the zone decided on. `*.parquet` holds the bytes themselves. `*.json.gz` is compressed, and its digest is
that of the JSON inside, so that a digest never depends on the version of a compressor.
"""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from footwall.errors import JournalError, Problem
from footwall.journal.canonical import canonical_text
from footwall.journal.records import Entry, JsonValue, Payload
from footwall.journal.sidecar import write_durably

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object in its canonical form, with its digest: what `Evidence.keep` keeps."""

    digest: str
    data: bytes

    @classmethod
    def of(cls, content: Payload) -> Self:
        """The document of a JSON object. Raises JournalError for a value that JSON cannot hold exactly."""
        return cls.written(canonical_text(content))

    @classmethod
    def written(cls, text: str) -> Self:
        """The document of a text that is canonical JSON already: the caller's to know. What `of` makes of its content is the same."""
        data = text.encode()
        return cls(hashlib.sha256(data).hexdigest(), data)


class Evidence:
    """The files of one folder. Nothing is overwritten: one name, one content."""

    def __init__(self, folder: Path) -> None:
        """Evidence in `folder`, which is made when the first file comes."""
        self.folder = folder
        self._waiting: dict[str, bytes] = {}

    def put(self, content: bytes | Path) -> str:
        """Keep a Parquet file, given as bytes or as a path; returns its digest once it is on the disk. Raises OSError."""
        data = content.read_bytes() if isinstance(content, Path) else content
        digest = hashlib.sha256(data).hexdigest()
        self._write(self.folder / f"{digest}.parquet", data)
        return digest

    def hold(self, content: bytes) -> str:
        """Know a Parquet file without keeping it: `get` gives it back until `keep_held` writes it or `drop_held` forgets it."""
        digest = hashlib.sha256(content).hexdigest()
        self._waiting[digest] = content
        return digest

    def keep_held(self) -> None:
        """Keep all that was held; it is on the disk afterwards. Raises OSError."""
        for content in self._waiting.values():
            self.put(content)
        self.drop_held()

    def drop_held(self) -> None:
        """Forget all that was held and not kept."""
        self._waiting.clear()

    def keep(self, document: Document) -> str:
        """Keep a JSON document, compressed; returns its digest once it is on the disk. Raises OSError."""
        data = gzip.compress(document.data, compresslevel=6, mtime=0)
        self._write(self.folder / f"{document.digest}.json.gz", data)
        return document.digest

    def path(self, digest: str) -> Path:
        """Where the file of a digest is. Raises JournalError where there is none: it was removed."""
        for suffix in ("parquet", "json.gz"):
            if _DIGEST.fullmatch(digest) and (path := self.folder / f"{digest}.{suffix}").is_file():
                return path
        raise JournalError(f"the evidence {digest} is missing from {self.folder}. Restore it from a backup.")

    def get(self, digest: str) -> bytes:
        """The content of a digest. Raises JournalError where it is missing, or is no longer what it was."""
        if digest in self._waiting:
            return self._waiting[digest]
        path = self.path(digest)
        try:
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
        except (OSError, EOFError, zlib.error) as error:
            raise JournalError(f"the evidence {path.name} cannot be read: {error}. Restore it from a backup.") from None
        if hashlib.sha256(data).hexdigest() != digest:
            raise JournalError(f"the evidence {path.name} was changed after it was kept. Restore it from a backup.")
        return data

    def get_json(self, digest: str) -> dict[str, JsonValue]:
        """The JSON object of a digest. Raises JournalError as `get` does, and where it holds no object."""
        try:
            found = json.loads(self.get(digest))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise JournalError(f"the evidence {digest} holds no object")
        return found

    def verify(self, entries: Iterable[Entry]) -> tuple[Problem, ...]:
        """Every file that an entry names and that is missing or changed."""
        problems: list[Problem] = []
        for entry in entries:
            for role, digest in _named(entry):
                try:
                    self.get(digest)
                except JournalError as error:
                    problems.append(
                        Problem(
                            code="evidence",
                            found=str(error),
                            expected=f"the {role} that entry {entry.sequence} ({entry.kind}) rests on",
                            remedy="Without it the entry stands, but nobody can recompute it.",
                            source="evidence",
                            row=entry.sequence,
                        )
                    )
        return tuple(problems)

    def _write(self, path: Path, data: bytes) -> None:
        if not path.is_file() or path.read_bytes() != data:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_durably(path, data)


def _named(entry: Entry) -> list[tuple[str, str]]:
    named = entry.payload.get("evidence")
    return [(role, str(digest)) for role, digest in named.items()] if isinstance(named, dict) else []
