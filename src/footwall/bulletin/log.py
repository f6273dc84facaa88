"""The public log: every bulletin and every change of the root's keys is an entry, and none is ever taken back.

An entry is canonical JSON; its leaf is hashed as RFC 6962 has it. The tree's head (how many entries, which root) is signed by the
role `log`. So that two verifiers have been shown the same history, it is enough that they compare heads.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from footwall.bulletin.merkle import (
    Hash,
    Tree,
    leaf_hash,
    root_of_inclusion,
    roots_of_consistency,
    tree_root,
)
from footwall.bulletin.tables import JSON, canonical, read_canonical
from footwall.errors import Problem

ENTRY_FORMAT: Final = "footwall/log-entry/1"
HEAD_FORMAT: Final = "footwall/tree-head/1"
PROOF_FORMAT: Final = "footwall/log-proof/1"
HELD_BACK: Final = "Ask for the whole log, and tell others what you were shown: whoever keeps the log has broken it."

_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How many entries a log has, and the root over them, in hexadecimal."""

    size: int
    root: str

    def __str__(self) -> str:
        """`size:root`, to note down."""
        return f"{self.size}:{self.root}"


@dataclass(frozen=True, slots=True)
class Proven:
    """One entry of a log with its place and the hashes that lead from it to the root."""

    index: int
    entry: bytes
    path: tuple[Hash, ...]


@dataclass(frozen=True, slots=True)
class LogProof:
    """What a verifier needs of a log: some entries with their inclusion, and earlier heads with their consistency."""

    entries: tuple[Proven, ...]
    heads: tuple[tuple[TreeHead, tuple[Hash, ...]], ...]


def bulletin_entry(zone: str, number: int, on: str, at: datetime, files: Mapping[str, bytes]) -> bytes:
    """The entry of a bulletin: its number, its day, when it was published, and each file's length and SHA-256."""
    listed: dict[str, JSON] = {
        name: {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
    }
    told: dict[str, JSON] = {"kind": "bulletin", "number": number, "on": on, "files": listed}
    return canonical({"format": ENTRY_FORMAT, "zone": zone, "published_at": at.isoformat()} | told)


def root_entry(zone: str, version: int, at: datetime, data: bytes) -> bytes:
    """The entry of a version of the root: from then on these keys count."""
    told: dict[str, JSON] = {"kind": "root", "version": version, "sha256": hashlib.sha256(data).hexdigest()}
    return canonical({"format": ENTRY_FORMAT, "zone": zone, "published_at": at.isoformat()} | told)


def head_of(entries: Sequence[bytes]) -> TreeHead:
    """The head of a log of these entries."""
    return TreeHead(len(entries), tree_root([leaf_hash(entry) for entry in entries]).hex())


def head_bytes(zone: str, head: TreeHead) -> bytes:
    """The file of a head: canonical JSON."""
    return canonical({"format": HEAD_FORMAT, "zone": zone, "size": head.size, "root": head.root})


def read_head(data: bytes) -> tuple[TreeHead, str]:
    """The head in a file, and the zone that it names. Raises ValueError for a file of anything else."""
    told = read_canonical(data)
    size, root, zone = told.get("size"), told.get("root"), told.get("zone")
    if told.keys() != {"format", "zone", "size", "root"} or told["format"] != HEAD_FORMAT or not isinstance(zone, str):
        raise ValueError("no head of a log")
    if type(size) is not int or size < 0 or not isinstance(root, str) or not _HASH.fullmatch(root):
        raise ValueError("a head of a log without size and root")
    return TreeHead(size, root), zone


def prove(entries: Sequence[bytes], indices: Sequence[int], since: int = 1) -> LogProof:
    """The proof of some entries, and of every earlier head from the size `since` on."""
    tree = Tree([leaf_hash(entry) for entry in entries])
    proven = tuple(Proven(index, entries[index], tree.inclusion(index)) for index in indices)
    sizes = range(max(1, since), len(tree))
    heads = tuple((TreeHead(size, tree.root(size).hex()), tree.consistency(size)) for size in sizes)
    return LogProof(proven, heads)


def proof_bytes(proof: LogProof) -> bytes:
    """The file of a proof: canonical JSON, hashes in hexadecimal."""
    entries: list[JSON] = [
        {"index": one.index, "entry": one.entry.decode(), "path": [step.hex() for step in one.path]}
        for one in proof.entries
    ]
    heads: list[JSON] = [
        {"size": head.size, "root": head.root, "path": [step.hex() for step in path]} for head, path in proof.heads
    ]
    return canonical({"format": PROOF_FORMAT, "entries": entries, "heads": heads})


def read_proof(data: bytes) -> LogProof:
    """The proof in a file. Raises ValueError for a file of anything else."""
    told = read_canonical(data)
    if told.keys() != {"format", "entries", "heads"} or told["format"] != PROOF_FORMAT:
        raise ValueError("no proof of a log")
    entries, heads = [], []
    for one in _objects(told["entries"], {"index", "entry", "path"}):
        if type(one["index"]) is not int or not isinstance(one["entry"], str):
            raise ValueError("an entry without its place")
        entries.append(Proven(one["index"], one["entry"].encode(), _path(one["path"])))
    for one in _objects(told["heads"], {"size", "root", "path"}):
        if type(one["size"]) is not int or not isinstance(one["root"], str) or not _HASH.fullmatch(one["root"]):
            raise ValueError("a head without size and root")
        heads.append((TreeHead(one["size"], one["root"]), _path(one["path"])))
    return LogProof(tuple(entries), tuple(heads))


def proof_faults(proof: LogProof, head: TreeHead) -> Iterator[Problem]:
    """Everything in a proof that does not lead to `head`."""
    root = bytes.fromhex(head.root)
    for one in proof.entries:
        if root_of_inclusion(leaf_hash(one.entry), one.index, head.size, one.path) != root:
            yield Problem(
                "log_inclusion",
                f"entry {one.index}, whose proof does not lead to the signed head",
                f"the root {head.root[:12]}… of {head.size} entries",
                "The bulletin was never logged, or its proof was changed. Do not use it.",
                field=f"log entry {one.index}",
            )
    for earlier, path in proof.heads:
        if roots_of_consistency(earlier.size, head.size, bytes.fromhex(earlier.root), path) != (
            bytes.fromhex(earlier.root),
            root,
        ):
            yield _forked(earlier, head)
    sizes = [earlier.size for earlier, _ in proof.heads]
    if sizes != list(range(head.size - len(sizes), head.size)):
        yield Problem(
            "log_malformed", "heads that do not follow each other", "each size once", HELD_BACK, field="log/proof.json"
        )


def seen_faults(seen: TreeHead | None, head: TreeHead, proof: LogProof) -> Iterator[Problem]:
    """Whether the log still begins with what was seen of it: neither cut off nor another one."""
    if seen is None or seen == head or seen.size == 0:
        return
    if seen.size > head.size:
        yield Problem(
            "log_truncated",
            f"a log of {head.size} entries",
            f"at least the {seen.size} that were seen before",
            HELD_BACK,
            field="log",
        )
        return
    known = {earlier.size: earlier for earlier, _ in proof.heads} | {head.size: head}
    if seen.size not in known:
        yield Problem(
            "log_unproven",
            f"no proof from the {seen.size} entries that were seen before",
            f"a proof from there to {head.size}",
            "Ask for the public folder, or for a bulletin packed with --since of at most that many.",
            field="log",
        )
    elif known[seen.size] != seen:
        yield _forked(seen, head)


def _forked(earlier: TreeHead, head: TreeHead) -> Problem:
    return Problem(
        "log_forked",
        f"a log of {head.size} entries that does not begin with the {earlier.size} of an earlier head",
        f"one that begins with {earlier.root[:12]}…",
        HELD_BACK,
        field="log",
    )


def _objects(value: JSON, names: set[str]) -> list[Mapping[str, JSON]]:
    if not isinstance(value, list):
        raise ValueError("no list")  # noqa: TRY004 - one kind of fault for the caller
    if not all(isinstance(one, Mapping) and one.keys() == names for one in value):
        raise ValueError(f"an object without {', '.join(sorted(names))}")
    return [one for one in value if isinstance(one, Mapping)]


def _path(value: JSON) -> tuple[Hash, ...]:
    steps = value if isinstance(value, list) else [None]
    if not all(isinstance(step, str) and _HASH.fullmatch(step) for step in steps):
        raise ValueError("a path that is no list of hashes")
    return tuple(bytes.fromhex(str(step)) for step in steps)
