"""Whether a bulletin is what its signers published, and all of it: offline, from a root that one trusts.

What TUF asks is asked of python-tuf itself, in the order of its own client (`tuf.ngclient.Updater`): root after root, timestamp,
snapshot, targets, and the log as a role that targets delegates to. What is looked at beside that only refuses more: every
file in its one written form, every signature good, every key once; the log; and that all forms of the bulletin say the same.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from tuf.api.exceptions import (
    BadVersionNumberError,
    EqualVersionNumberError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, Targets, Timestamp, VerificationResult
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from footwall.bulletin.keys import is_signature, keys_faults, short
from footwall.bulletin.log import (
    LogProof,
    TreeHead,
    proof_faults,
    prove,
    read_head,
    read_proof,
    seen_faults,
)
from footwall.bulletin.publication import (
    LOG,
    PROOF,
    TIMESTAMP,
    ZONE_FIELD,
    Files,
    bulletin_of_target,
    bulletin_target,
    entry_name,
    head_target,
    log_entries,
    metadata_name,
    newest_bulletin,
    role_keys,
    root_name,
    root_versions,
    written,
)
from footwall.bulletin.seen import Seen
from footwall.bulletin.tables import (
    ABOUT,
    CSV_FILES,
    FILES,
    FORMAT,
    JSON,
    SCHEDULE_FILE,
    TABLES,
    WORKBOOK_FILE,
    csv_rows,
    read_canonical,
    tables_of,
)
from footwall.bulletin.workbook import workbook_tables
from footwall.errors import Problem, UsageError
from footwall.quantity import counted

ASK: Final = "Do not use it. Get the bulletin from another place, and ask who published it."
_ROLES: Final = (Timestamp.type, Snapshot.type, Targets.type, LOG)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: in words what came out, and every problem."""

    what: str
    result: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of verifying. `contents` and `seen` are None unless everything held: then the bulletin may be used.

    `seen` is what to remember for the next time. `newest` is the number of the last bulletin that is signed for here.
    """

    checks: tuple[Check, ...]
    number: int | None = None
    newest: int | None = None
    head: TreeHead | None = None
    contents: Mapping[str, JSON] | None = None
    seen: Seen | None = field(default=None, repr=False)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong."""
        return tuple(problem for check in self.checks for problem in check.problems)


class _Once(Mapping[str, bytes]):
    """Files of which each is read once, so that what was verified is what is used: but not all of every bulletin is kept."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._held: dict[str, bytes] = {}
        self.kept = 0
        """The bulletin whose files are kept."""

    def __getitem__(self, name: str) -> bytes:
        """The bytes of a file. Raises KeyError where there is none."""
        if name in self._held:
            return self._held[name]
        data = self._files[name]
        if not name.startswith("targets/bulletins/") or name.startswith(f"targets/bulletins/{self.kept}/"):
            self._held[name] = data
        return data

    def __contains__(self, name: object) -> bool:
        """Whether there is such a file; it is not read for that."""
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._files)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._files)


class _RefusedError(Exception):
    """A check failed, and what follows rests on it."""

    def __init__(self, check: Check) -> None:
        self.check = check
        super().__init__(check.what)


def verify(
    files: Files, root: bytes | None, as_of: datetime, *, seen: Seen | None = None, number: int | None = None
) -> Verified:
    """Verify bulletin `number` (the newest where none is named) among `files` from a trusted `root`, as of an instant.

    With `seen` its root is the trusted one, and nothing may be older than what it holds; `root` must then be one of the chain.
    Raises UsageError where neither is given, for a root that is none, for an instant without a time zone, and for files among
    which there is no bulletin.
    """
    trusted_root = root if seen is None else seen.metadata["root"]
    if trusted_root is None:
        raise UsageError("name the root that you trust: nothing inside a bulletin can prove it")
    if as_of.tzinfo is None:
        raise UsageError(f"an instant needs a time zone, and {as_of} has none")
    if TIMESTAMP not in files or not root_versions(files):
        raise UsageError(f"there is no bulletin here: {TIMESTAMP} and a root are wanted")
    return _Verifying(files, as_of, seen, number).run(trusted_root, root)


class _Verifying:
    """One run: what was found so far."""

    def __init__(self, files: Files, as_of: datetime, seen: Seen | None, number: int | None) -> None:
        self._files = _Once(files)
        self._as_of = as_of.astimezone(UTC)
        self._seen = seen
        self._number = number
        self._accounted = {TIMESTAMP}
        self._checks: list[Check] = []

    def run(self, trusted_root: bytes, named_root: bytes | None) -> Verified:
        number = newest = head = contents = seen = None
        try:
            trusted = self._roots(trusted_root, named_root)
            self._roles(trusted)
            newest = newest_bulletin(trusted.targets)
            number = newest if self._number is None else self._number
            entries, head = self._log(trusted)
            contents = self._bulletin(trusted, number, entries)
            self._nothing_else()
            seen = self._remembered(trusted, head)
        except _RefusedError as refused:
            self._checks.append(refused.check)
        sound = not any(check.problems for check in self._checks)
        return Verified(tuple(self._checks), number, newest, head, contents if sound else None, seen if sound else None)

    def _roots(self, trusted_root: bytes, named_root: bytes | None) -> TrustedMetadataSet:
        """The trusted root, and every later one that is signed by the one before it and by itself."""
        try:
            trusted = TrustedMetadataSet(trusted_root, EnvelopeType.METADATA)
        except RepositoryError as error:
            raise UsageError(f"the root that you trust is none ({_why(error)}): name another file") from None
        trusted.reference_time = self._as_of
        first = version = trusted.root.version
        while root_name(version + 1) in self._files:
            version += 1
            with _asking(root_name(version), "root"):
                trusted.update_root(self._files[root_name(version)])
        found = [*self._older_roots(trusted_root, first), *self._same_root(named_root)]
        found += self._root_forms()
        root = trusted.root
        found += _key_faults(root, Root.type)
        keys = root.get_delegated_role(Root.type)
        one = _load(Root, trusted_root if version == first else self._files[root_name(version)])
        result = root.get_verification_result(Root.type, one.signed_bytes, one.signatures)
        way = (
            "as it is trusted"
            if version == first
            else f"reached from {first} by {counted(version - first, 'rotation')}"
        )
        told = f"version {version}, {way}, {_signed_by(result, len(keys.keyids))}; {keys.threshold} must sign; {_until(root)}"
        self._add("root", told, found)
        return trusted

    def _older_roots(self, trusted_root: bytes, first: int) -> Iterator[Problem]:
        """The root that is trusted is the one here, and each root before it leads to the next one."""
        here = self._files.get(root_name(first))
        if here is not None and here != trusted_root:
            yield _problem("root_other", f"another root {first}", "the one that you trust", root_name(first))
        for version in root_versions(self._files):
            if version >= first:
                break
            after = self._files.get(root_name(version + 1))
            try:
                one = _load(Root, self._files[root_name(version)])
                one.signed.verify_delegate(Root.type, one.signed_bytes, one.signatures)
                later = _load(Root, after or b"")
                one.signed.verify_delegate(Root.type, later.signed_bytes, later.signatures)
            except (RepositoryError, ValueError) as error:
                yield _problem("root_other", _why(error), "a root that leads to the next", root_name(version))

    def _same_root(self, named: bytes | None) -> Iterator[Problem]:
        """A root that is named beside what was seen is one of the same chain."""
        if named is None or self._seen is None:
            return
        if named not in [self._files[root_name(version)] for version in root_versions(self._files)]:
            yield _problem("root_other", "a root that is not in this bulletin", "one of its roots", "root")

    def _root_forms(self) -> Iterator[Problem]:
        """Every root in its one form, and every signature on it good: by its own keys, or those of the root before it."""
        before: Root | None = None
        for version in root_versions(self._files):
            name = root_name(version)
            self._accounted.add(name)
            try:
                one = _load(Root, self._files[name])
            except (RepositoryError, ValueError) as error:
                yield _problem("metadata_malformed", _why(error), "the metadata of a root", name)
                return
            delegators = [one.signed] if before is None else [one.signed, before]
            if one.signed.version != version:
                yield _problem("metadata_malformed", f"version {one.signed.version}", f"version {version}", name)
            yield from self._form_faults(name, one, delegators, Root.type, first=before is None)
            before = one.signed

    def _roles(self, trusted: TrustedMetadataSet) -> None:
        """Timestamp, snapshot, targets and log, each by python-tuf, after what was seen of it."""
        old = {} if self._seen is None else self._seen.metadata
        with suppress(RepositoryError, KeyError):
            trusted.update_timestamp(old["timestamp"])
        with _asking(TIMESTAMP, "timestamp"), suppress(EqualVersionNumberError):
            trusted.update_timestamp(self._files[TIMESTAMP])
        self._told(trusted.root, trusted.timestamp, TIMESTAMP, Timestamp.type)
        with suppress(RepositoryError, KeyError):
            trusted.update_snapshot(old["snapshot"], trusted=True)
        name = metadata_name(Snapshot.type, trusted.timestamp.snapshot_meta.version)
        with _asking(name, "snapshot"):
            snapshot = trusted.update_snapshot(self._files[name])
        self._told(trusted.root, snapshot, name, Snapshot.type)
        for role, delegator in ((Targets.type, Root.type), (LOG, Targets.type)):
            with _asking(f"metadata/{role}.json", role):
                name = metadata_name(role, snapshot.meta[f"{role}.json"].version)
                signed = trusted.update_delegated_targets(self._files[name], role, delegator)
            self._told(trusted.root if role == Targets.type else trusted.targets, signed, name, role)

    def _told(self, delegator: Root | Targets, signed: Signed, name: str, role: str) -> None:
        """One role that python-tuf has accepted: what else is wrong with its file, and who signed it."""
        self._accounted.add(name)
        found = _load(type(signed), self._files[name])
        problems = [*self._form_faults(name, found, [delegator], role, first=True), *_key_faults(delegator, role)]
        problems += self._two_of_one_version(found, name, role)
        named = delegator.get_delegated_role(role)
        result = delegator.get_verification_result(role, found.signed_bytes, found.signatures)
        told = f"version {found.signed.version}, {_signed_by(result, len(named.keyids))}; {named.threshold} must sign"
        self._add("head of the log" if role == LOG else role, f"{told}; {_until(found.signed)}", problems)

    def _form_faults(
        self, name: str, found: Metadata[Any], delegators: Sequence[Root | Targets], role: str, *, first: bool
    ) -> Iterator[Problem]:
        """A file that is not in its one written form, or that holds a signature that is not good."""
        if written(found) != self._files[name] or not all(
            is_signature(one.signature) for one in found.signatures.values()
        ):
            yield _problem("metadata_malformed", "metadata in another form than it is written in", "its one form", name)
        good: set[str] = set()
        for delegator in delegators:
            good |= set(delegator.get_verification_result(role, found.signed_bytes, found.signatures).signed)
        for keyid in sorted(found.signatures.keys() - good):
            # The first root of a chain may carry signatures of a root before it that is not here.
            if not (first and role == Root.type and found.signed.version > 1):
                yield _problem(
                    "signature_forged",
                    f"a signature that is not by the key {short(keyid)}",
                    "good signatures only",
                    name,
                )

    def _two_of_one_version(self, found: Metadata[Any], name: str, role: str) -> Iterator[Problem]:
        """What was seen under the same version said the same."""
        if self._seen is None:
            return
        with suppress(RepositoryError, ValueError):
            old = _load(type(found.signed), self._seen.metadata[role])
            if old.signed.version == found.signed.version and old.signed_bytes != found.signed_bytes:
                yield _problem(
                    "metadata_two",
                    f"another version {old.signed.version} than was seen before",
                    "one of each number",
                    name,
                )

    def _log(self, trusted: TrustedMetadataSet) -> tuple[dict[int, Mapping[str, JSON]], TreeHead]:
        """The signed head, the proofs that lead to it, and the entries that are proven, by their place."""
        signed = trusted[LOG]
        paths = list(signed.targets) if isinstance(signed, Targets) else []
        name = f"targets/{paths[0]}" if len(paths) == 1 else "targets/log"
        self._accounted.add(name)
        with _asking(name, "log"):
            data = self._files[name]
            trusted_targets = signed.targets[paths[0]] if isinstance(signed, Targets) else None
            if trusted_targets is not None:
                trusted_targets.verify_length_and_hashes(data)
            head, zone = read_head(data)
            if paths[0] != head_target(head.size) or zone != trusted.root.unrecognized_fields.get(ZONE_FIELD):
                raise ValueError("a head of another log")
            proof = self._proof(head)
            entries = {one.index: read_canonical(one.entry) for one in proof.entries}
        seen = None if self._seen is None else self._seen.head
        found = [*proof_faults(proof, head), *seen_faults(seen, head, proof), *self._roots_logged(entries)]
        told = f"{counted(head.size, 'entry', 'entries')}, root {head.root}"
        if seen is not None and not found:
            told += f"; begins with the {counted(seen.size, 'entry', 'entries')} seen before"
        self._add("log", told, found)
        return entries, head

    def _proof(self, head: TreeHead) -> LogProof:
        """The proof that came with a packed bulletin, or the same made from the whole log of a folder."""
        if PROOF in self._files:
            self._accounted.add(PROOF)
            return read_proof(self._files[PROOF])
        entries = log_entries(self._files)[: head.size]
        self._accounted |= {entry_name(place) for place in range(1, len(entries) + 1)}
        if len(entries) < head.size:
            raise ValueError(f"a log of {counted(len(entries), 'entry', 'entries')} under a head of {head.size}")
        since = head.size if self._seen is None else max(1, self._seen.head.size)
        return prove(entries, range(len(entries)), since)

    def _roots_logged(self, entries: Mapping[int, Mapping[str, JSON]]) -> Iterator[Problem]:
        """Every root that is here was logged, so that nobody can be shown keys of his own."""
        logged = {(one.get("version"), one.get("sha256")) for one in entries.values() if one.get("kind") == "root"}
        for version in root_versions(self._files):
            digest = hashlib.sha256(self._files[root_name(version)]).hexdigest()
            if (version, digest) not in logged:
                yield _problem(
                    "root_unlogged",
                    f"root {version}, of which the log knows nothing",
                    "a logged root",
                    root_name(version),
                )

    def _bulletin(
        self, trusted: TrustedMetadataSet, number: int, entries: Mapping[int, Mapping[str, JSON]]
    ) -> Mapping[str, JSON] | None:
        """The files that are signed for, as they are logged; and what the bulletin says, in every form the same."""
        if fault := self._absence(trusted.targets, number):
            raise _RefusedError(Check("files", "nothing to verify", (fault,)))
        self._files.kept = number
        problems = list(self._target_faults(trusted.targets, number))
        problems += self._logged_faults(trusted.targets, number, entries)
        problems += self._later_faults(number, entries)
        self._add("files", f"{len(FILES)} files of bulletin {number}, as signed and as logged", problems)
        if problems:
            return None
        data = {name: self._files[f"targets/{bulletin_target(number, name)}"] for name in FILES}
        with _asking(f"targets/{bulletin_target(number, SCHEDULE_FILE)}", "contents"):
            contents = read_canonical(data[SCHEDULE_FILE])
            tables = tables_of(contents)
            zone = contents.get("zone")
            if contents.get("format") != FORMAT or not isinstance(zone, Mapping):
                raise ValueError(f"contents that are no {FORMAT}")
        found = []
        if zone.get("identity") != trusted.root.unrecognized_fields.get(ZONE_FIELD):
            found.append(_problem("zone_other", "the schedule of another zone", "the zone of the root", SCHEDULE_FILE))
        found += _form_differences(data, tables)
        rows = len(tables["measures"]) - 1
        self._add("contents", f"{counted(rows, 'measure')}: JSON, CSV and spreadsheet tell the same", found)
        return contents

    def _absence(self, targets: Targets, number: int) -> Problem | None:
        """Why bulletin `number` cannot be verified: nobody signed for one, or it is not here."""
        if number < 1 or bulletin_target(number, SCHEDULE_FILE) not in targets.targets:
            return _problem("bulletin_missing", f"no bulletin {number}", "one that is signed for", "targets")
        if any(f"targets/{bulletin_target(number, name)}" in self._files for name in FILES):
            return None
        held = {
            place[0]
            for path in targets.targets
            if f"targets/{path}" in self._files and (place := bulletin_of_target(path))
        }
        older = (
            f"; here is bulletin {max(held)}, an older one: --number {max(held)} verifies it as such" if held else ""
        )
        return Problem(
            "bulletin_missing",
            f"no file of bulletin {number}{older}",
            "the newest bulletin that is signed for" if self._number is None else f"bulletin {number}",
            "Ask for the newest one.",
            field="targets",
        )

    def _target_faults(self, targets: Targets, number: int) -> Iterator[Problem]:
        """Each file that is signed for and here is what was signed; of the bulletin that is asked for all are here."""
        for path, target in sorted(targets.targets.items()):
            name, place = f"targets/{path}", bulletin_of_target(path)
            if name not in self._files:
                if place is not None and place[0] == number:
                    yield _problem("file_missing", "nothing", "the file that was signed", name)
                continue
            self._accounted.add(name)
            try:
                target.verify_length_and_hashes(self._files[name])
            except (RepositoryError, ValueError) as error:
                yield _problem("file_changed", _why(error), "the bytes that were signed", name)

    def _logged_faults(
        self, targets: Targets, number: int, entries: Mapping[int, Mapping[str, JSON]]
    ) -> Iterator[Problem]:
        """The bulletin has one entry, which names the very files that are signed for; and so has each that is here."""
        logged: dict[int, list[Mapping[str, JSON]]] = {}
        for one in entries.values():
            if one.get("kind") == "bulletin" and isinstance(one.get("number"), int):
                logged.setdefault(int(str(one["number"])), []).append(one)
        signed: dict[int, dict[str, JSON]] = {}
        for path, target in targets.targets.items():
            if place := bulletin_of_target(path):
                told: dict[str, JSON] = {"length": target.length, "sha256": target.hashes.get("sha256")}
                signed.setdefault(place[0], {})[place[1]] = told
        whole = () if PROOF in self._files else signed
        for each in sorted({number, *logged, *whole}):
            found = logged.get(each, [])
            if len(found) != 1 or found[0].get("files") != signed.get(each):
                what = "no entry" if not found else f"{counted(len(found), 'entry', 'entries')} of other files"
                yield _problem("log_inclusion", f"{what} for bulletin {each}", "one entry that names its files", "log")

    def _later_faults(self, number: int, entries: Mapping[int, Mapping[str, JSON]]) -> Iterator[Problem]:
        """It was published by the instant that is asked for."""
        for one in entries.values():
            if one.get("kind") == "bulletin" and one.get("number") == number:
                at = _instant(one.get("published_at"))
                if at is None or at > self._as_of:
                    found = f"published at {one.get('published_at')}"
                    yield Problem(
                        "published_later",
                        found,
                        f"published by {self._as_of.isoformat()}",
                        "Ask for an earlier bulletin, or look at this one as of a later instant; or set your clock.",
                        field="log",
                    )

    def _nothing_else(self) -> None:
        extra = sorted(set(self._files) - self._accounted)
        problems = [_problem("file_unaccounted", "a file that nothing signs", "no such file", name) for name in extra]
        self._add("nothing else", f"{counted(len(self._files), 'file')}, each signed or logged", problems)

    def _remembered(self, trusted: TrustedMetadataSet, head: TreeHead) -> Seen:
        versions = {one: trusted[one].version for one in _ROLES}
        names = {one: metadata_name(one, version) for one, version in versions.items()}
        root = root_name(trusted.root.version)
        held = self._files[root] if root in self._files else (self._seen.metadata["root"] if self._seen else b"")
        return Seen(head, {"root": held} | {one: self._files[name] for one, name in names.items()})

    def _add(self, what: str, told: str, problems: Sequence[Problem]) -> None:
        told = f"does not hold: {counted(len(problems), 'problem')}" if problems else told
        self._checks.append(Check(what, told, tuple(problems)))


class _asking:  # noqa: N801 - it reads as a statement
    """Whatever python-tuf refuses in here becomes a check that failed."""

    def __init__(self, name: str, what: str) -> None:
        self._name, self._what = name, what

    def __enter__(self) -> None:
        """Nothing yet."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RepositoryError | ValueError | KeyError | IndexError) and not isinstance(
            error, EqualVersionNumberError
        ):
            problem = _refusal(error, self._name)
            raise _RefusedError(Check(self._what, f"refused: {problem.found}", (problem,))) from None


def _refusal(error: Exception, name: str) -> Problem:
    """What python-tuf refused, in the words of who holds the bulletin."""
    match error:
        case ExpiredMetadataError():
            return Problem(
                "expired",
                _why(error),
                "metadata that has not ended",
                "Get a newer bulletin: this one is out of date, or newer ones are kept from you. To look at it as of an "
                "earlier instant: --as-of.",
                field=name,
            )
        case UnsignedMetadataError():
            return _problem("signatures_too_few", _why(error), "signatures at the threshold of the role", name)
        case LengthOrHashMismatchError():
            return _problem(
                "mixed", f"{_why(error)}: it does not belong with the others", "files of one publication", name
            )
        case BadVersionNumberError():
            return _problem("rolled_back", _why(error), "nothing older than what was seen or is signed for", name)
        case KeyError() | IndexError():
            return _problem("file_missing", f"no {name}", "every file that is signed for", name)
    return _problem("metadata_malformed", _why(error), "metadata as it was published", name)


def _form_differences(data: Mapping[str, bytes], tables: Mapping[str, object]) -> Iterator[Problem]:
    """Every CSV and every sheet that does not tell what the JSON tells."""
    for name in CSV_FILES:
        try:
            same = csv_rows(data[name]) == tables[name.removesuffix(".csv")]
        except ValueError:
            same = False
        if not same:
            yield _problem("forms_differ", f"another table than {SCHEDULE_FILE} tells", "the same", name)
    try:
        sheets = workbook_tables(data[WORKBOOK_FILE])
    except ValueError as error:
        yield _problem("forms_differ", str(error), f"the tables of {SCHEDULE_FILE}", WORKBOOK_FILE)
        return
    if list(sheets) != [ABOUT, *TABLES]:
        yield _problem(
            "forms_differ", ", ".join(sheets)[:80], f"the sheets {ABOUT}, {', '.join(TABLES)}", WORKBOOK_FILE
        )
    for name, rows in sheets.items():
        if rows != tables.get(name):
            yield _problem("forms_differ", f"another {name[:40]} than {SCHEDULE_FILE} tells", "the same", WORKBOOK_FILE)


def _key_faults(delegator: Root | Targets, role: str) -> list[Problem]:
    return [
        _problem("key_twice" if "two ids" in fault else "key_malformed", fault, "each key once, Ed25519", role)
        for fault in keys_faults(role_keys(delegator, role))
    ]


def _load(kind: type[Signed], data: bytes) -> Metadata[Any]:
    found: Metadata[Any] = Metadata.from_bytes(data)
    if not isinstance(found.signed, kind):
        raise ValueError(f"metadata of {found.signed.type}")  # noqa: TRY004 - one kind of fault for the caller
    return found


def _signed_by(result: VerificationResult, keys: int) -> str:
    signers = ", ".join(short(keyid) for keyid in sorted(result.signed))
    return f"signed by {len(result.signed)} of {counted(keys, 'key')} ({signers})"


def _until(signed: Signed) -> str:
    return f"holds until {signed.expires.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}"


def _instant(text: JSON) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return None if found is None or found.tzinfo is None else found


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


def _problem(code: str, found: str, expected: str, field: str) -> Problem:
    return Problem(code, found, expected, ASK, field=field)
