"""The Merkle tree of the public log: hashes, inclusion proofs and consistency proofs of RFC 6962 (and RFC 9162, §2.1).

A leaf is hashed with the byte 0x00 before it, two branches with 0x01, so that neither can be taken for the other. The
proofs are made from the hashes of the leaves and checked without them.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

_LEAF: Final = b"\x00"
_BRANCH: Final = b"\x01"

Hash = bytes
"""32 bytes of SHA-256."""


def leaf_hash(entry: bytes) -> Hash:
    """The hash of one entry: SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(_LEAF + entry).digest()


def branch_hash(left: Hash, right: Hash) -> Hash:
    """The hash of two branches: SHA-256 of 0x01, the left and the right."""
    return hashlib.sha256(_BRANCH + left + right).digest()


def tree_root(leaves: Sequence[Hash]) -> Hash:
    """The root of a tree over the hashes of its leaves; that of no leaf is SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    peaks: list[tuple[int, Hash]] = []
    for leaf in leaves:
        size, node = 1, leaf
        while peaks and peaks[-1][0] == size:
            node = branch_hash(peaks.pop()[1], node)
            size *= 2
        peaks.append((size, node))
    root = peaks.pop()[1]
    while peaks:
        root = branch_hash(peaks.pop()[1], root)
    return root


class Tree:
    """A tree over the hashes of its leaves, with every full subtree hashed once: each root and proof costs a few hashes."""

    def __init__(self, leaves: Sequence[Hash]) -> None:
        """The tree of these leaves."""
        self._levels = [list(leaves)]
        while len(below := self._levels[-1]) > 1:
            self._levels.append([branch_hash(*below[place : place + 2]) for place in range(0, len(below) - 1, 2)])

    def __len__(self) -> int:
        """How many leaves it has."""
        return len(self._levels[0])

    def root(self, size: int | None = None) -> Hash:
        """The root of the first `size` leaves, or of all."""
        end = len(self) if size is None else size
        return self._root(0, end) if end else tree_root([])

    def inclusion(self, index: int) -> tuple[Hash, ...]:
        """The hashes that lead from the leaf at `index` to the root, nearest first. Raises IndexError for a leaf that is not there."""
        if not 0 <= index < len(self):
            raise IndexError(f"leaf {index} of a tree of {len(self)}")
        path = []
        start, end = 0, len(self)
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._root(middle, end))
                end = middle
            else:
                path.append(self._root(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency(self, earlier: int) -> tuple[Hash, ...]:
        """The hashes that show the tree of the first `earlier` leaves to be the beginning of this one.

        Empty for no leaf and for the whole tree: there is nothing to show. Raises IndexError for more leaves than there are.
        """
        if not 0 <= earlier <= len(self):
            raise IndexError(f"the first {earlier} leaves of {len(self)}")
        path = []
        start, end = 0, len(self)
        while earlier and earlier != end:
            middle = start + _split(end - start)
            if earlier <= middle:
                path.append(self._root(middle, end))
                end = middle
            else:
                path.append(self._root(start, middle))
                start = middle
        if start:
            path.append(self._root(start, end))
        return tuple(reversed(path))

    def _root(self, start: int, end: int) -> Hash:
        """The root of some leaves, from a place on at which a subtree begins."""
        size = end - start
        if size & (size - 1) == 0:
            return self._levels[size.bit_length() - 1][start // size]
        middle = start + _split(size)
        return branch_hash(self._root(start, middle), self._root(middle, end))


def inclusion_proof(leaves: Sequence[Hash], index: int) -> tuple[Hash, ...]:
    """`Tree.inclusion` of one leaf."""
    return Tree(leaves).inclusion(index)


def consistency_proof(leaves: Sequence[Hash], earlier: int) -> tuple[Hash, ...]:
    """`Tree.consistency` with one earlier tree."""
    return Tree(leaves).consistency(earlier)


def root_of_inclusion(leaf: Hash, index: int, size: int, proof: Sequence[Hash]) -> Hash | None:
    """The root that `proof` leads to from a leaf at `index` of a tree of `size`; None where it has not the right length."""
    if not 0 <= index < size:
        return None
    place, last, node = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = branch_hash(beside, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = branch_hash(node, beside)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


def roots_of_consistency(earlier: int, size: int, root: Hash, proof: Sequence[Hash]) -> tuple[Hash, Hash] | None:
    """The roots of the tree of `earlier` leaves and of that of `size` which `proof` leads to.

    `root` is what the tree of `earlier` leaves is said to have as its root: the proof begins from it where that tree is
    full. The proof holds where the first root is that one and the second the later tree's. None where it has not the right length.
    """
    if not 0 < earlier <= size:
        return None
    if earlier == size:
        return (root, root) if not proof else None
    hashes = [root, *proof] if earlier & (earlier - 1) == 0 else list(proof)
    if not hashes:
        return None
    place, last = earlier - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = branch_hash(beside, old), branch_hash(beside, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = branch_hash(new, beside)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
