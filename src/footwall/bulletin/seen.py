"""What a verifier remembers from one time to the next, so that nobody can show it less than it has seen.

That is TUF's own memory (the trusted root, and the last timestamp, snapshot and targets) and the last head of the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from footwall.bulletin.log import TreeHead
from footwall.bulletin.tables import JSON, canonical, read_canonical
from footwall.errors import UsageError

STATE_FORMAT: Final = "footwall/seen/1"
_HASH_BYTES: Final = 32
_ROLES: Final = ("root", "timestamp", "snapshot", "targets", "log")


@dataclass(frozen=True, slots=True)
class Seen:
    """The last verified metadata, by role, and the last head of the log."""

    head: TreeHead
    metadata: Mapping[str, bytes] = field(repr=False)


def seen_bytes(seen: Seen) -> bytes:
    """The file of what was seen: canonical JSON."""
    metadata: dict[str, JSON] = {role: seen.metadata[role].decode() for role in _ROLES}
    head: dict[str, JSON] = {"size": seen.head.size, "root": seen.head.root}
    return canonical({"format": STATE_FORMAT, "head": head, "metadata": metadata})


def read_seen(path: Path) -> Seen | None:
    """What a file remembers; None where there is none yet. Raises UsageError for a file that holds anything else."""
    try:
        if not path.exists():
            return None
        return _read(path.read_bytes())
    except OSError as error:
        raise UsageError(f"the state {path} cannot be read: {error.strerror}. Name another file.") from None
    except (ValueError, KeyError) as error:
        raise UsageError(
            f"the state {path} is not what was written there ({error}). Without it what you have seen before is forgotten: "
            "restore it, or name a new file and know that a rollback cannot be found this once"
        ) from None


def _read(data: bytes) -> Seen:
    """What the bytes of a file remember. Raises ValueError or KeyError for bytes of anything else."""
    told = read_canonical(data)
    head, metadata = told.get("head"), told.get("metadata")
    if told.get("format") != STATE_FORMAT or not isinstance(head, Mapping) or not isinstance(metadata, Mapping):
        raise ValueError("a file of something else")
    size, root = head.get("size"), head.get("root")
    if type(size) is not int or not isinstance(root, str) or len(bytes.fromhex(root)) != _HASH_BYTES:
        raise ValueError("no head of a log")
    return Seen(TreeHead(size, root), {role: str(metadata[role]).encode() for role in _ROLES})
