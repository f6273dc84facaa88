"""Making and signing: a first folder of bulletins, one bulletin more, a renewal, a change of keys.

Nothing here reads a clock, a file or a private key: instants and signers are arguments. Each act gives an `Edition`, what to write
and what to remove, or raises UsageError and gives nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from securesystemslib.signer import Key, Signature, Signer
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Role,
    Root,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from footwall.bulletin.keys import keys_faults, short
from footwall.bulletin.log import (
    bulletin_entry,
    head_bytes,
    head_of,
    proof_bytes,
    prove,
    root_entry,
)
from footwall.bulletin.policy import ROLES, Policy, RoleName
from footwall.bulletin.publication import (
    EXPIRY_FIELD,
    LOG,
    PROOF,
    TIMESTAMP,
    ZONE_FIELD,
    Files,
    Publication,
    bulletin_of_target,
    bulletin_target,
    entry_name,
    expires_days,
    head_target,
    metadata_name,
    role_keys,
    root_name,
    root_versions,
    written,
)
from footwall.bulletin.tables import FILES, read_canonical
from footwall.errors import UsageError
from footwall.quantity import counted

_HASHES: Final = ["sha256"]


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs, by the id of their key, and when.

    `elsewhere` holds signatures that were made on other machines: by the id of the key, by the bytes that it signed. With `wanted`
    nothing is refused for too few signatures: what wants one is put there, by a name for it, and the edition is not to be used.
    """

    signers: Mapping[str, Signer]
    at: datetime
    elsewhere: Mapping[str, Mapping[bytes, Signature]] = field(default_factory=dict)
    wanted: dict[str, bytes] | None = None

    @property
    def instant(self) -> datetime:
        """The instant in UTC, whole seconds, as metadata states it."""
        return self.at.astimezone(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Edition:
    """The next state of a public folder: what to write (the timestamp last) and what to remove afterwards.

    `number` is the bulletin's; `already` says that nothing is to do, because it was published as that number before.
    """

    written: Mapping[str, bytes] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    number: int | None = None
    already: bool = False

    def applied(self, files: Files) -> dict[str, bytes]:
        """All files afterwards."""
        return {name: data for name, data in {**files, **self.written}.items() if name not in self.removed}


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A change of one role's keys: public keys to add, ids of keys to remove, another threshold (None: as it was)."""

    role: RoleName
    add: Sequence[Key] = ()
    remove: Sequence[str] = ()
    threshold: int | None = None


def begin(zone: str, policy: Policy, keys: Mapping[RoleName, Sequence[Key]], signing: Signing) -> Edition:
    """A first folder, with no bulletin: root 1, and a log whose first entry it is. Raises UsageError where keys are missing."""
    for role in ROLES:
        if len(keys.get(role, ())) != policy[role].keys:
            raise UsageError(
                f"{role} wants {counted(policy[role].keys, 'key')}, and {len(keys.get(role, ()))} are given"
            )
    root = Root(
        version=1,
        expires=signing.instant + timedelta(days=policy["root"].expires_days),
        unrecognized_fields={ZONE_FIELD: zone, EXPIRY_FIELD: {role: policy[role].expires_days for role in ROLES}},
    )
    for role in ROLES:
        if role != LOG:
            _changed_role(root, KeyChange(role, keys[role], (), policy[role].threshold))
    targets = Targets(delegations=Delegations({}, {LOG: _log_role()}))
    _changed_role(targets, KeyChange(LOG, keys[LOG], (), policy[LOG].threshold))
    data = _signed_root(root, root, signing)
    entries = (root_entry(zone, 1, signing.instant, data),)
    empty = Publication({}, root, targets, Targets(), Snapshot(), Timestamp(), ())
    for one in (empty.targets, empty.log, empty.snapshot, empty.timestamp):
        one.version = 0
    return _sealed(empty, _Next(root, targets, entries, {"targets", LOG}, {root_name(1): data}), signing)


def publish(held: Publication, files: Mapping[str, bytes], signing: Signing) -> Edition:
    """One bulletin more, of the files that `bulletin_files` made. What is the newest for its day already is not published again.

    Raises UsageError for files of another zone, or where too few keys are given.
    """
    contents = read_canonical(files[FILES[0]])
    zone, on = contents["zone"], str(contents["on"])
    if not isinstance(zone, Mapping) or zone.get("identity") != held.zone:
        raise UsageError("this is a schedule of another zone than the one whose bulletins are published here")
    before = _newest_of_day(held, on)
    number = held.newest + 1
    targets = deepcopy(held.targets)
    made = {name: TargetFile.from_data(bulletin_target(number, name), files[name], _HASHES) for name in FILES}
    if before is not None and all(
        _same(targets.targets.get(bulletin_target(before, name)), made[name]) for name in FILES
    ):
        return Edition(number=before, already=True)
    targets.targets |= {one.path: one for one in made.values()}
    entries = (
        *held.entries,
        bulletin_entry(held.zone, number, on, signing.instant, {name: files[name] for name in FILES}),
    )
    new = {f"targets/{bulletin_target(number, name)}": files[name] for name in FILES}
    edition = _sealed(held, _Next(held.root, targets, entries, {"targets", LOG}, new), signing)
    return Edition(edition.written, edition.removed, number)


def refresh(held: Publication, signing: Signing) -> Edition:
    """The timestamp anew, and every role that would end before it. Raises UsageError where a key is missing, or the root ends before it."""
    until = signing.instant + timedelta(days=expires_days(held.root, "timestamp"))
    if held.root.expires < until:
        raise UsageError(
            f"the root ends on {held.root.expires.date()}, before a new timestamp would: footwall bulletin rotate makes a new root"
        )
    ending: dict[RoleName, Signed] = {"targets": held.targets, "log": held.log, "snapshot": held.snapshot}
    renewed = {role for role, one in ending.items() if one.expires < until}
    return _sealed(held, _Next(held.root, deepcopy(held.targets), held.entries, renewed, {}), signing)


def rotate(held: Publication, changes: Iterable[KeyChange], signing: Signing) -> Edition:
    """Other keys for roles; with no change, a new root with the same keys. It is logged like a bulletin.

    The keys of the new root and, at their threshold, those of the old one sign it. Raises UsageError where keys are missing,
    and for a change that cannot be made.
    """
    root, targets = deepcopy(held.root), deepcopy(held.targets)
    listed = tuple(changes)
    for change in listed:
        _changed_role(targets if change.role == LOG else root, change)
    root.version += 1
    root.expires = signing.instant + timedelta(days=expires_days(held.root, "root"))
    data = _signed_root(root, held.root, signing)
    entries = (*held.entries, root_entry(held.zone, root.version, signing.instant, data))
    renewed: set[RoleName] = {"log", *(change.role for change in listed if change.role != "root")}
    if any(change.role == LOG for change in listed):
        renewed.add("targets")
    return _sealed(held, _Next(root, targets, entries, renewed, {root_name(root.version): data}), signing)


def packed(held: Publication, number: int, since: int = 1) -> dict[str, bytes]:
    """The files of one bulletin that travel by themselves: metadata, its files, and proofs in the stead of the log.

    It can be held against any head of the log from the size `since` on. Raises UsageError for a bulletin that is not there.
    """
    paths = [path for path in held.targets.targets if (found := bulletin_of_target(path)) and found[0] == number]
    if not paths:
        raise UsageError(f"there is no bulletin {number} here: the last is {held.newest}")
    indices = [place for place, entry in enumerate(held.entries) if _is_needed(entry, number)]
    names = [
        *(root_name(version) for version in root_versions(held.files)),
        metadata_name(Targets.type, held.targets.version),
        metadata_name(LOG, held.log.version),
        metadata_name(Snapshot.type, held.snapshot.version),
        TIMESTAMP,
        f"targets/{head_target(len(held.entries))}",
        *(f"targets/{path}" for path in sorted(paths)),
    ]
    return {name: held.files[name] for name in names} | {PROOF: proof_bytes(prove(held.entries, indices, since))}


@dataclass(frozen=True, slots=True)
class _Next:
    """What comes after a publication: which of its roles are renewed, and what else is written."""

    root: Root
    targets: Targets
    entries: tuple[bytes, ...]
    renewed: set[RoleName]
    files: Mapping[str, bytes]


def _sealed(held: Publication, after: _Next, signing: Signing) -> Edition:
    """Everything that must be signed anew so that what comes after is one whole."""
    new = dict(after.files)
    data: dict[str, bytes] = {}
    log = held.log
    versions = {Targets.type: held.targets.version, LOG: held.log.version}

    def ends(role: RoleName) -> datetime:
        return signing.instant + timedelta(days=expires_days(after.root, role))

    if Targets.type in after.renewed:
        after.targets.version = versions[Targets.type] = held.targets.version + 1
        after.targets.expires = ends("targets")
        data[Targets.type] = _signed(after.targets, after.root, Targets.type, signing)
    if LOG in after.renewed:
        versions[LOG] = held.log.version + 1
        head = head_of(after.entries)
        content = head_bytes(str(after.root.unrecognized_fields[ZONE_FIELD]), head)
        target = TargetFile.from_data(head_target(head.size), content, _HASHES)
        log = Targets(version=versions[LOG], expires=ends("log"), targets={target.path: target})
        data[LOG] = _signed(log, after.targets, LOG, signing)
        new[f"targets/{target.path}"] = content
        new |= {
            entry_name(number): entry for number, entry in enumerate(after.entries, 1) if number > len(held.entries)
        }
    new |= {metadata_name(role, versions[role]): one for role, one in data.items()}
    snapshot_version = held.snapshot.version
    if data or "snapshot" in after.renewed:
        snapshot_version += 1
        signed = {
            role: new[name] if (name := metadata_name(role, versions[role])) in new else held.files[name]
            for role in versions
        }
        meta = {f"{role}.json": MetaFile.from_data(versions[role], one, _HASHES) for role, one in signed.items()}
        snapshot = Snapshot(version=snapshot_version, expires=ends("snapshot"), meta=meta)
        new[metadata_name(Snapshot.type, snapshot_version)] = _signed(snapshot, after.root, Snapshot.type, signing)
    name = metadata_name(Snapshot.type, snapshot_version)
    meta_file = MetaFile.from_data(snapshot_version, new.get(name) or held.files[name], _HASHES)
    timestamp = Timestamp(version=held.timestamp.version + 1, expires=ends("timestamp"), snapshot_meta=meta_file)
    new[TIMESTAMP] = _signed(timestamp, after.root, Timestamp.type, signing)
    current = {TIMESTAMP, name, *(metadata_name(role, version) for role, version in versions.items())}
    return Edition(new, _nameless(held, after, current, log))


def _nameless(held: Publication, after: _Next, current: set[str], log: Targets) -> frozenset[str]:
    """The files that nothing names any more: older metadata and heads, and what a publisher left that died in the midst."""
    named = {
        *current,
        *(root_name(version) for version in range(1, after.root.version + 1)),
        *(f"targets/{path}" for path in (*after.targets.targets, *log.targets)),
        *(entry_name(number) for number in range(1, len(after.entries) + 1)),
    }
    return frozenset(set(held.files) - named)


def _log_role() -> DelegatedRole:
    return DelegatedRole(LOG, [], 1, terminating=True, paths=[f"{LOG}/*"])


def _changed_role(delegator: Root | Targets, change: KeyChange) -> None:
    """Make the change. Raises UsageError for one that cannot be made."""
    named = delegator.get_delegated_role(change.role)
    for keyid in change.remove:
        matching = [one for one in named.keyids if one.startswith(keyid)]
        if len(matching) != 1:
            raise UsageError(f"{change.role} has no key {keyid}, or several: {', '.join(map(short, named.keyids))}")
        delegator.revoke_key(matching[0], change.role)
    for key in change.add:
        if key.keyid in named.keyids:
            raise UsageError(f"{change.role} has the key {short(key.keyid)} already")
        delegator.add_key(key, change.role)
    named.threshold = named.threshold if change.threshold is None else change.threshold
    if not 1 <= named.threshold <= len(named.keyids):
        raise UsageError(
            f"{change.role} would need {named.threshold} signatures of {counted(len(named.keyids), 'key')}"
        )
    if faults := keys_faults(role_keys(delegator, change.role)):
        raise UsageError(f"{change.role}: {'; '.join(faults)}")


def _signed(signed: Signed, delegator: Root | Targets, role: str, signing: Signing) -> bytes:
    """Metadata signed by every key of its role that is given. Raises UsageError where these are too few."""
    metadata: Metadata[Any] = Metadata(signed)
    _sign(metadata, delegator, role, role, signing)
    return written(metadata)


def _signed_root(root: Root, before: Root, signing: Signing) -> bytes:
    """A root signed by its own keys and by those of the one before it."""
    metadata: Metadata[Any] = Metadata(root)
    for one in (before, root):
        _sign(metadata, one, Root.type, f"root {one.version}", signing)
    return written(metadata)


def _sign(metadata: Metadata[Any], delegator: Root | Targets, role: str, name: str, signing: Signing) -> None:
    message, named = metadata.signed_bytes, delegator.get_delegated_role(role)
    made = {
        keyid: signing.elsewhere[keyid][message]
        for keyid in named.keyids
        if message in signing.elsewhere.get(keyid, ())
    }
    given = [keyid for keyid in named.keyids if keyid in signing.signers or keyid in made]
    if len(given) < named.threshold:
        if signing.wanted is None:
            raise UsageError(_too_few(name, named, given))
        signing.wanted.setdefault(f"{role}-{metadata.signed.version}", message)
    for keyid in given:
        if keyid in signing.signers:
            metadata.sign(signing.signers[keyid], append=True)
        else:
            metadata.signatures[keyid] = made[keyid]
    good = delegator.get_verification_result(role, message, metadata.signatures).signed
    if bad := [keyid for keyid in given if keyid not in good]:
        raise UsageError(f"the signature of {', '.join(map(short, bad))} over {name} does not hold: have it made again")


def _too_few(name: str, role: Role, given: Sequence[str]) -> str:
    wanting = ", ".join(short(keyid) for keyid in role.keyids if keyid not in given)
    return (
        f"{name} needs {role.threshold} of {counted(len(role.keyids), 'key')}, and {len(given)} of them are given. "
        f"Give the key of {wanting}: --key FILE; or have it sign elsewhere: --signatures DIR"
    )


def _newest_of_day(held: Publication, on: str) -> int | None:
    """The number of the last bulletin of a day."""
    found = [told for entry in held.entries if (told := read_canonical(entry)).get("on") == on]
    number = found[-1]["number"] if found else None
    return number if isinstance(number, int) else None


def _is_needed(entry: bytes, number: int) -> bool:
    """Whether a packed bulletin proves this entry: its own, and every root's."""
    told = read_canonical(entry)
    return told.get("kind") == "root" or told.get("number") == number


def _same(one: TargetFile | None, other: TargetFile) -> bool:
    return one is not None and (one.length, one.hashes) == (other.length, other.hashes)
