"""The public folder of bulletins as a value: names and bytes, laid out as a TUF repository with a log beside it.

::

    metadata/1.root.json …      every version of the root, for ever
    metadata/timestamp.json     the only file that is ever written over
    metadata/4.snapshot.json, 3.targets.json, 3.log.json      what the timestamp names
    targets/bulletins/2/…       the files of bulletin 2
    targets/log/3.head.json     the signed head of the log
    log/1.json …                the entries of the log, the first of them 1
    log/proof.json              in their stead in a packed bulletin: proofs of the entries that it needs

Any TUF client reads it (consistent snapshots; target files carry no hash in their names).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Delegations, Key, Metadata, Root, Signed, Snapshot, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from footwall.bulletin.log import TreeHead, head_of, read_head
from footwall.bulletin.policy import RoleName
from footwall.errors import UsageError

Files = Mapping[str, bytes]
_T = TypeVar("_T", bound=Signed)

LOG: Final = "log"
TIMESTAMP: Final = "metadata/timestamp.json"
PROOF: Final = "log/proof.json"
ZONE_FIELD: Final = "x-footwall-zone"
"""In the signed root: the zone's identity, so that no other zone's bulletin passes for one of this."""
EXPIRY_FIELD: Final = "x-footwall-expires-days"
"""In the signed root: for how many days a signature of each role holds."""

_ROOT: Final = re.compile(r"metadata/([1-9][0-9]{0,8})\.root\.json")
_ENTRY: Final = re.compile(r"log/([1-9][0-9]{0,8})\.json")
_BULLETIN: Final = re.compile(r"bulletins/([1-9][0-9]{0,8})/([a-z]+\.[a-z]+)")


def root_name(version: int) -> str:
    """Where a version of the root is."""
    return f"metadata/{version}.root.json"


def metadata_name(role: str, version: int) -> str:
    """Where a version of a role's metadata is."""
    return TIMESTAMP if role == Timestamp.type else f"metadata/{version}.{role}.json"


def head_target(size: int) -> str:
    """The target path of the head of a log of `size` entries."""
    return f"{LOG}/{size}.head.json"


def bulletin_target(number: int, name: str) -> str:
    """The target path of a file of a bulletin."""
    return f"bulletins/{number}/{name}"


def bulletin_of_target(path: str) -> tuple[int, str] | None:
    """The number of the bulletin and the name of the file that a target path names; None for any other."""
    found = _BULLETIN.fullmatch(path)
    return (int(found[1]), found[2]) if found else None


def root_versions(files: Files) -> list[int]:
    """The versions of the root among `files`, in order."""
    return sorted(int(found[1]) for name in files if (found := _ROOT.fullmatch(name)))


def log_entries(files: Files) -> list[bytes]:
    """The entries of the log among `files`, from the first on, as far as none is missing."""
    found = {int(match[1]): files[name] for name in files if (match := _ENTRY.fullmatch(name))}
    return list(_following(found))


def entry_name(number: int) -> str:
    """Where the entry is that is number `number`, counted from 1."""
    return f"log/{number}.json"


def written(metadata: Metadata[Any]) -> bytes:
    """The one form in which metadata stands in a bulletin: JSON without blanks, keys sorted."""
    return metadata.to_bytes(JSONSerializer(compact=True))


@dataclass(frozen=True, slots=True)
class Publication:
    """A public folder, read for whoever publishes. `read_publication` has looked at its signatures."""

    files: Files
    root: Root
    targets: Targets
    log: Targets
    snapshot: Snapshot
    timestamp: Timestamp
    entries: tuple[bytes, ...]

    @property
    def zone(self) -> str:
        """The identity of the zone whose bulletins these are."""
        return str(self.root.unrecognized_fields.get(ZONE_FIELD, ""))

    @property
    def head(self) -> TreeHead:
        """The head of the log."""
        return head_of(self.entries)

    @property
    def newest(self) -> int:
        """The number of the last bulletin; 0 before the first."""
        return newest_bulletin(self.targets)


def expires_days(root: Root, role: RoleName) -> int:
    """For how many days a signature of `role` holds, as the signed root says. Raises UsageError where it does not."""
    told = root.unrecognized_fields.get(EXPIRY_FIELD)
    days = told.get(role) if isinstance(told, Mapping) else None
    if type(days) is not int or days < 1:
        raise UsageError(f"the root does not say for how many days a signature of {role} holds: make the folder anew")
    return days


def newest_bulletin(targets: Targets) -> int:
    """The highest number of a bulletin that is signed for; 0 where there is none."""
    return max((found[0] for path in targets.targets if (found := bulletin_of_target(path))), default=0)


def role_keys(delegator: Root | Targets, role: str) -> dict[str, Key]:
    """The keys of a role, by id, as its delegator names them."""
    held = delegator.keys if isinstance(delegator, Root) else cast("Delegations", delegator.delegations).keys
    return {keyid: held[keyid] for keyid in delegator.get_delegated_role(role).keyids if keyid in held}


def read_publication(files: Files) -> Publication:
    """The folder as its publisher goes on from it: every signature looked at, but no expiry.

    Raises UsageError where it is no such folder, or is not what was signed.
    """
    try:
        versions = root_versions(files)
        root = _signed(Root, files, root_name(versions[-1]))
        root.signed.verify_delegate(Root.type, root.signed_bytes, root.signatures)
        timestamp = _verified(Timestamp, files, TIMESTAMP, root.signed, Timestamp.type)
        snapshot = _verified(
            Snapshot, files, metadata_name(Snapshot.type, timestamp.snapshot_meta.version), root.signed, Snapshot.type
        )
        versions_of = {name.removesuffix(".json"): meta.version for name, meta in snapshot.meta.items()}
        targets = _verified(
            Targets, files, metadata_name(Targets.type, versions_of[Targets.type]), root.signed, Targets.type
        )
        log = _verified(Targets, files, metadata_name(LOG, versions_of[LOG]), targets, LOG)
        head, _ = read_head(files[f"targets/{next(iter(log.targets))}"])
        entries = log_entries(files)[: head.size]
    except (IndexError, KeyError, StopIteration, ValueError, RepositoryError) as error:
        raise UsageError(
            f"this is no folder of bulletins that one can go on from ({error}). footwall verify tells what is wrong with it"
        ) from None
    if head_of(entries) != head:
        raise UsageError("the entries of the log are not those that its head was signed for: footwall verify")
    return Publication(files, root.signed, targets, log, snapshot, timestamp, tuple(entries))


def _verified(kind: type[_T], files: Files, name: str, delegator: Root | Targets, role: str) -> _T:
    found = _signed(kind, files, name)
    delegator.verify_delegate(role, found.signed_bytes, found.signatures)
    return cast("_T", found.signed)


def _signed(kind: type[_T], files: Files, name: str) -> Metadata[Any]:
    found: Metadata[Any] = Metadata.from_bytes(files[name])
    if not isinstance(found.signed, kind):
        raise ValueError(f"{name} is {found.signed.type}")  # noqa: TRY004 - one kind of fault for the caller
    return found


def _following(found: Mapping[int, bytes]) -> Iterator[bytes]:
    number = 1
    while number in found:
        yield found[number]
        number += 1
