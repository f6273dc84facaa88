"""The tree of the log: the reference tree of RFC 6962's own implementation, and an obvious oracle."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.bulletin import (
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of_inclusion,
    roots_of_consistency,
    tree_root,
)

LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The roots of the first 0 to 8 leaves, as certificate-transparency's merkle tree tests state them."""
PATHS = {
    (0, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (5, 8): ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}  # fmt: skip
CONSISTENCY = {
    (1, 1): [],
    (1, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 5): ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}  # fmt: skip


def hashes(size: int) -> list[bytes]:
    return [leaf_hash(leaf) for leaf in LEAVES[:size]]


def obvious(entries: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\x01" + obvious(entries[:split]) + obvious(entries[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_reference_tree_has_the_published_roots(size: int) -> None:
    assert tree_root(hashes(size)).hex() == ROOTS[size]
    assert obvious(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("place", "path"), PATHS.items())
def test_the_reference_tree_has_the_published_inclusion_proofs(place: tuple[int, int], path: list[str]) -> None:
    index, size = place
    assert [step.hex() for step in inclusion_proof(hashes(size), index)] == path


@pytest.mark.parametrize(("sizes", "path"), CONSISTENCY.items())
def test_the_reference_tree_has_the_published_consistency_proofs(sizes: tuple[int, int], path: list[str]) -> None:
    earlier, size = sizes
    assert [step.hex() for step in consistency_proof(hashes(size), earlier)] == path


ENTRIES = st.lists(st.binary(max_size=3), max_size=40)


@given(ENTRIES)
def test_a_root_is_what_the_rfc_says_word_by_word(entries: list[bytes]) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    assert tree_root(leaves) == obvious(entries)
    assert [Tree(leaves).root(size) for size in range(len(entries) + 1)] == [
        obvious(entries[:size]) for size in range(len(entries) + 1)
    ]


@given(ENTRIES.filter(bool), st.data())
def test_every_inclusion_proof_leads_to_the_root_and_no_other_leaf_or_place_does(
    entries: list[bytes], data: st.DataObject
) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    index = data.draw(st.integers(0, len(entries) - 1))
    path, root = inclusion_proof(leaves, index), tree_root(leaves)
    assert root_of_inclusion(leaves[index], index, len(leaves), path) == root
    assert root_of_inclusion(leaf_hash(b"another"), index, len(leaves), path) != root
    other = data.draw(st.integers(-1, len(entries)))
    if other != index and (other in {-1, len(entries)} or leaves[other] != leaves[index]):
        assert root_of_inclusion(leaves[index], other, len(leaves), path) != root
    assert root_of_inclusion(leaves[index], index, len(leaves), (*path, root)) != root
    if path:
        assert root_of_inclusion(leaves[index], index, len(leaves), path[:-1]) != root


def obvious_inclusion(entries: list[bytes], index: int) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962, section 2.1.1."""
    if len(entries) == 1:
        return []
    split = 1
    while split * 2 < len(entries):
        split *= 2
    if index < split:
        return [*obvious_inclusion(entries[:split], index), obvious(entries[split:])]
    return [*obvious_inclusion(entries[split:], index - split), obvious(entries[:split])]


def obvious_consistency(entries: list[bytes], earlier: int, *, whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962, section 2.1.2."""
    if earlier == len(entries):
        return [] if whole else [obvious(entries)]
    split = 1
    while split * 2 < len(entries):
        split *= 2
    if earlier <= split:
        return [*obvious_consistency(entries[:split], earlier, whole=whole), obvious(entries[split:])]
    return [*obvious_consistency(entries[split:], earlier - split, whole=False), obvious(entries[:split])]


@pytest.mark.parametrize("size", [*range(1, 20), 31, 32, 33])
def test_every_proof_is_what_the_rfc_says_word_by_word(size: int) -> None:
    entries = [bytes([place]) for place in range(size)]
    leaves = [leaf_hash(entry) for entry in entries]
    for place in range(size):
        assert list(inclusion_proof(leaves, place)) == obvious_inclusion(entries, place)
        assert list(consistency_proof(leaves, place + 1)) == obvious_consistency(entries, place + 1)


@given(ENTRIES.filter(bool), st.data())
def test_every_earlier_tree_is_proven_and_a_fork_is_not(entries: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    earlier = data.draw(st.integers(1, len(entries)))
    path, old, new = consistency_proof(leaves, earlier), obvious(entries[:earlier]), obvious(entries)
    assert roots_of_consistency(earlier, len(leaves), old, path) == (old, new)
    forked = obvious([b"another", *entries[1:earlier]])
    assert roots_of_consistency(earlier, len(leaves), forked, path) != (forked, new)
    assert roots_of_consistency(earlier, len(leaves), old, (*path, new)) != (old, new)
    place = data.draw(st.integers(0, max(0, len(path) - 1)))
    if path:
        spoilt = [*path[:place], sha256(path[place]).digest(), *path[place + 1 :]]
        assert roots_of_consistency(earlier, len(leaves), old, spoilt) != (old, new)
        assert roots_of_consistency(earlier, len(leaves), old, path[:-1]) != (old, new)


def test_what_is_not_there_is_not_proven() -> None:
    with pytest.raises(IndexError, match="leaf 3 of a tree of 3"):
        inclusion_proof(hashes(3), 3)
    with pytest.raises(IndexError, match="first 4 leaves of 3"):
        consistency_proof(hashes(3), 4)
    assert root_of_inclusion(leaf_hash(b""), 0, 0, ()) is None
    assert roots_of_consistency(0, 3, b"", ()) is None
    assert roots_of_consistency(4, 3, b"", ()) is None
    assert roots_of_consistency(3, 3, b"root", (b"more",)) is None
    assert roots_of_consistency(3, 5, b"root", ()) is None
