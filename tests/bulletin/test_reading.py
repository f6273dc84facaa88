"""Bulletins as they come: archives that mean harm, folders that hold more than they should, what was seen before."""

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bulletin_samples import BEGUN, DAY, codes, looked_at, opened, root_of, signing, with_one

from footwall.bulletin import (
    Edition,
    TreeHead,
    archive_bytes,
    packed,
    read_archive,
    read_bulletin,
    read_policy,
    read_publication,
    read_seen,
    reading,
    refresh,
    seen_bytes,
    write_edition,
)
from footwall.bulletin.log import proof_bytes, prove, read_head, read_proof
from footwall.bulletin.publication import TIMESTAMP
from footwall.errors import InputError, UsageError


def tarred(files: dict[str, bytes], change: Callable[[tarfile.TarInfo], None] = lambda _: None) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            change(member)
            archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def zipped(files: dict[str, bytes], mode: int = 0o100644) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name)
            member.create_system, member.external_attr = 3, mode << 16
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def test_a_bulletin_is_the_same_as_folder_zip_tar_and_compressed_tar(tmp_path: Path) -> None:
    files = with_one().packed()
    write_edition(tmp_path / "folder", Edition(files))
    (tmp_path / "b.zip").write_bytes(archive_bytes(files))
    (tmp_path / "b.tar").write_bytes(tarred(files))
    (tmp_path / "b.tar.gz").write_bytes(gzip.compress(tarred(files)))
    for name in ("folder", "b.zip", "b.tar", "b.tar.gz"):
        assert dict(read_bulletin(tmp_path / name)) == files
    assert archive_bytes(files) == archive_bytes(dict(reversed(files.items())))


@pytest.mark.parametrize(
    "name",
    ["../metadata/timestamp.json", "/metadata/timestamp.json", "metadata/../../x.json", "metadata//timestamp.json", "C:\\x.json",
     "README", "metadata/01.root.json", "metadata/0.root.json", "log/proof.json/x", "targets/a/b.json",
     "metadata/timestamp.json\n"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_or_that_no_bulletin_has_is_refused(name: str) -> None:
    for data in (tarred({name: b"{}"}), zipped({"metadata/timestamp.json": b"{}", name: b"{}"})):
        with pytest.raises(UsageError, match="which no bulletin has"):
            read_archive(data, "b")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar_are_refused(kind: bytes) -> None:
    def link(member: tarfile.TarInfo) -> None:
        member.type, member.linkname, member.size = kind, "/etc/passwd", 0

    with pytest.raises(UsageError, match="a link or no plain file"):
        read_archive(tarred({TIMESTAMP: b""}, link), "b")


def test_links_in_a_zip_are_refused() -> None:
    with pytest.raises(UsageError, match="a link, enciphered or no plain file"):
        read_archive(zipped({TIMESTAMP: b"/etc/passwd"}, 0o120777), "b")


def test_links_in_a_folder_are_refused_and_so_are_other_files(tmp_path: Path) -> None:
    write_edition(tmp_path, Edition(with_one().files))
    os.mkfifo(tmp_path / "log" / "9.json")
    with pytest.raises(UsageError, match=r"log/9\.json is a link or no plain file"):
        read_bulletin(tmp_path)
    (tmp_path / "log" / "9.json").unlink()
    (tmp_path / "log" / "9.json").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match=r"log/9\.json is a link or no plain file"):
        read_bulletin(tmp_path)
    (tmp_path / "log" / "9.json").unlink()
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(UsageError, match=r"it holds notes\.txt, which no bulletin has"):
        read_bulletin(tmp_path)


def test_a_file_twice_in_an_archive_is_refused() -> None:
    one, other = TIMESTAMP, "metadata/timestamp.jsom"
    twice = zipped({one: b"{}", other: b"[]"}).replace(other.encode(), one.encode())
    with pytest.raises(UsageError, match="twice"):
        read_archive(twice, "b")


def test_what_is_larger_than_a_bulletin_is_refused_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zeros pack well: what counts is what they would become."""
    monkeypatch.setattr(reading, "FILE_BYTES_MAX", 1000)
    monkeypatch.setattr(reading, "BYTES_MAX", 20_000)
    at_most, more = b"\0" * 1000, b"\0" * 1001
    for pack in (tarred, zipped, lambda files: gzip.compress(tarred(files))):
        assert read_archive(pack({TIMESTAMP: at_most}), "b") == {TIMESTAMP: at_most}
        with pytest.raises(UsageError, match="larger than any file"):
            read_archive(pack({TIMESTAMP: more}), "b")
        with pytest.raises(UsageError, match="more than any bulletin"):
            read_archive(pack({f"log/{place}.json": at_most for place in range(1, 22)}), "b")


def test_an_archive_that_is_too_large_as_it_lies_there_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BYTES_MAX", 100)
    (tmp_path / "b.zip").write_bytes(b"\0" * 101)
    with pytest.raises(UsageError, match="larger than any bulletin"):
        read_bulletin(tmp_path / "b.zip")


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"PK\x03\x04hello", b"\x1f\x8bhello", gzip.compress(b"hello"), gzip.compress(b"")[:9]]
)
def test_what_is_no_archive_is_told_as_such(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"b is no archive|b is no bulletin|b holds no bulletin"):
        read_archive(data, "b")


@pytest.mark.parametrize("pack", [tarred, archive_bytes])
def test_an_archive_that_is_cut_off_or_spoilt_is_refused_or_found(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    files = with_one().packed()
    data, root = pack(files), root_of(files)
    for place in range(0, len(data), len(data) // 60):
        spoilt = bytearray(data)
        spoilt[place] ^= 4
        for one in (data[:place], bytes(spoilt)):
            try:
                read = read_archive(one, "b")
                assert read == files or looked_at(read, root).problems, place
            except UsageError:
                continue


def test_a_byte_flipped_in_any_file_of_a_zip_is_told_of_that_file(counted: Callable[[int], int]) -> None:
    files = with_one().packed()
    data, root = archive_bytes(files), root_of(files)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    ends = [one.header_offset for one in members[1:]] + [data.index(b"PK\x01\x02")]
    wide = max(1, len(data) // counted(2_000))
    unseen, wrong, tried = [], [], 0
    for member, end in zip(members, ends, strict=True):
        begin = end - member.compress_size
        for place in sorted({begin, end - 1, *range(begin, end, wide)}):
            spoilt = bytearray(data)
            spoilt[place] ^= 1 << place % 8
            read = read_archive(bytes(spoilt), "b")
            tried += 1
            assert set(read) == set(files)
            if read == files:
                unseen.append(place)  # the same file, otherwise compressed
                continue
            found = looked_at(read, root).problems
            assert {name for name in files if read[name] != files[name]} == {member.filename}
            known = codes_of_a_change(member.filename)
            if not {one.code for one in found} & known:
                wrong.append((member.filename, place, found))
    assert wrong == []
    assert len(unseen) * 2 < tried  # bits of a compressed stream that say nothing


def codes_of_a_change(name: str) -> set[str]:
    """What the page says of a byte changed anywhere, by the kind of file."""
    if name.startswith("targets/bulletins/"):
        return {"file_changed"}
    return {"file_changed", "metadata_malformed", "signature_forged", "mixed", "file_unaccounted", "root_unlogged"}


def test_a_zip_whose_own_sum_of_a_file_is_wrong_is_told_of_that_file() -> None:
    files = with_one().packed()
    data = bytearray(archive_bytes(files))
    name = next(one for one in files if one.endswith(".xlsx"))
    listed = data.rindex(name.encode())
    data[listed - 46 + 16] ^= 1
    found = looked_at(read_archive(bytes(data), "b"), root_of(files)).problems
    assert [(one.code, one.field) for one in found] == [("file_changed", name)]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_bulletin(tmp_path / "nothing.zip")


# What was seen before.


def test_what_was_seen_is_read_as_it_was_written(tmp_path: Path) -> None:
    seen = looked_at(with_one().files).seen
    assert seen is not None
    path = tmp_path / "seen.json"
    assert read_seen(path) is None
    path.write_bytes(seen_bytes(seen))
    assert read_seen(path) == seen


@pytest.mark.parametrize("old", [b'"size":2', b'"format":"footwall/seen/1"', b'"root":"', b'"timestamp":"'])
def test_a_state_that_was_spoilt_is_refused_and_not_forgotten(old: bytes, tmp_path: Path) -> None:
    seen = looked_at(with_one().files).seen
    assert seen is not None
    data = seen_bytes(seen)
    assert old in data
    (tmp_path / "seen.json").write_bytes(data.replace(old, old.replace(b":", b" :")))
    with pytest.raises(UsageError, match="restore it"):
        read_seen(tmp_path / "seen.json")
    (tmp_path / "seen.json").write_bytes(b"")
    with pytest.raises(UsageError, match="restore it"):
        read_seen(tmp_path / "seen.json")


def test_neither_root_nor_state_is_refused() -> None:
    from footwall.bulletin import verify

    with pytest.raises(UsageError, match="name the root that you trust"):
        verify(with_one().files, None, BEGUN)
    with pytest.raises(UsageError, match="time zone"):
        verify(with_one().files, root_of(with_one().files), BEGUN.replace(tzinfo=None))
    with pytest.raises(UsageError, match="there is no bulletin here"):
        verify({}, root_of(with_one().files), BEGUN)


def test_a_folder_without_a_bulletin_yet_says_so() -> None:
    found = looked_at(opened().files)
    assert codes(found) == {"bulletin_missing"}


def test_a_bulletin_looked_at_as_of_an_instant_before_it_was_published_does_not_hold() -> None:
    shop = with_one()
    assert looked_at(shop.files, at=BEGUN).problems == ()
    assert codes(looked_at(shop.files, at=BEGUN - DAY / 86400)) == {"published_later"}


def test_what_was_verified_is_what_is_used_even_where_files_change_meanwhile() -> None:
    """Each file says something else when it is read for the second time."""
    shop = with_one()
    shop.publish(BEGUN + DAY, notice="Later.")

    class Changing(dict[str, bytes]):
        def __getitem__(self, name: str) -> bytes:
            data = super().__getitem__(name)
            self[name] = b"changed"
            return data

    changing = Changing(shop.files)
    root = dict.__getitem__(changing, "metadata/1.root.json")
    found = looked_at(changing, root, BEGUN + DAY)
    assert found.problems == ()
    assert found.contents == looked_at(shop.files, at=BEGUN + DAY).contents
    assert found.seen == looked_at(shop.files, at=BEGUN + DAY).seen


# A folder on the disk.


def test_a_publisher_that_dies_before_the_timestamp_leaves_the_old_bulletin_to_go_on_from(tmp_path: Path) -> None:
    shop = with_one()
    write_edition(tmp_path, Edition(shop.files))
    later = shop.copy()
    later.publish(BEGUN + DAY, notice="Later.")
    for name, data in later.files.items():
        if name != TIMESTAMP and name not in shop.files:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
    held = read_publication(read_bulletin(tmp_path))
    assert (held.newest, held.head.size) == (1, 2)
    assert codes(looked_at(read_bulletin(tmp_path))) == {"file_unaccounted"}
    write_edition(tmp_path, refresh(held, signing(BEGUN + DAY, ["timestamp-1"])), held.files)
    assert looked_at(read_bulletin(tmp_path), at=BEGUN + DAY).problems == (), "what it left is gone"


def test_of_two_publishers_at_once_the_slower_one_publishes_nothing(tmp_path: Path) -> None:
    shop = with_one()
    write_edition(tmp_path, Edition(shop.files))
    one, other = read_publication(read_bulletin(tmp_path)), read_publication(read_bulletin(tmp_path))
    write_edition(tmp_path, refresh(one, signing(BEGUN + DAY, ["timestamp-1"])), one.files)
    after = dict(read_bulletin(tmp_path))
    with pytest.raises(UsageError, match="changed meanwhile by another publisher"):
        write_edition(tmp_path, refresh(other, signing(BEGUN + 2 * DAY, ["timestamp-1"])), other.files)
    assert dict(read_bulletin(tmp_path)) == after
    with pytest.raises(UsageError, match="changed meanwhile"):
        write_edition(tmp_path, Edition(shop.files))


def test_a_publisher_that_cannot_write_says_that_nothing_was_published(tmp_path: Path) -> None:
    (tmp_path / "metadata").write_text("in the way")
    with pytest.raises(UsageError, match="Nothing was published; try again"):
        write_edition(tmp_path, Edition(with_one().files))


def test_what_is_not_what_was_signed_is_not_published_further() -> None:
    for name in with_one().files:
        spoilt = with_one().files
        if name.startswith("targets/bulletins"):
            continue
        spoilt[name] = spoilt[name].replace(b"2026", b"2027") if b"2026" in spoilt[name] else spoilt[name][::-1]
        with pytest.raises(UsageError, match=r"no folder of bulletins|not those that its head"):
            read_publication(spoilt)


def test_a_refresh_signs_the_timestamp_alone_and_in_time_what_would_end_before_it() -> None:
    shop = with_one()
    held = read_publication(shop.files)
    assert refresh(held, signing(BEGUN + 85 * DAY, ["timestamp-1"])).written.keys() == {TIMESTAMP}
    every = ["timestamp-1", "snapshot-1", "log-1", "targets-1", "targets-2"]
    with pytest.raises(UsageError, match="targets needs 2 of 3 keys"):
        refresh(held, signing(BEGUN + 86 * DAY, every[:3]))
    edition = shop.take(refresh(held, signing(BEGUN + 86 * DAY, every)))
    assert {name.rsplit(".", 2)[-2] for name in edition.written if name.startswith("metadata")} == {
        "metadata/timestamp", "snapshot", "log", "targets",
    }  # fmt: skip
    assert looked_at(shop.files, at=BEGUN + 90 * DAY).problems == ()
    with pytest.raises(UsageError, match="the root ends on"):
        refresh(held, signing(BEGUN + 359 * DAY, every))


def test_a_bulletin_that_is_not_there_is_not_packed() -> None:
    with pytest.raises(UsageError, match="there is no bulletin 2 here: the last is 1"):
        packed(read_publication(with_one().files), 2)


# Small files of the log.


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"format":"footwall/tree-head/1","root":"00","size":1,"zone":"z"}',
     b'{"format":"footwall/tree-head/1","root":"' + b"0" * 64 + b'","size":-1,"zone":"z"}'],
)  # fmt: skip
def test_what_is_no_head_or_proof_is_not_read_as_one(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"no head of a log|without size|no JSON|Expecting value"):
        read_head(data)
    with pytest.raises(ValueError, match=r"no proof of a log|no JSON|Expecting value"):
        read_proof(data)


def test_a_proof_is_read_as_it_was_written() -> None:
    proof = prove([b"a", b"b", b"c"], [0, 2])
    assert read_proof(proof_bytes(proof)) == proof
    assert [head.size for head, _ in proof.heads] == [1, 2]
    assert str(TreeHead(1, "ab")) == "1:ab"


# The policy.


def test_every_fault_of_a_policy_is_told_at_once(tmp_path: Path) -> None:
    assert read_policy()["root"].threshold <= read_policy()["root"].keys
    path = tmp_path / "policy.toml"
    path.write_text(
        "[root]\nkeys = 2\nthreshold = 3\nexpires_days = 1\n[log]\nkeys = 0\nthreshold = true\nexpires_days = '1'\nmore = 1\n[king]\n"
        "[targets]\nkeys = 1\nthreshold = 1\nexpires_days = 1\n[snapshot]\nkeys = 1\nthreshold = 1\nexpires_days = 1\n"
    )
    with pytest.raises(InputError) as refused:
        read_policy(path)
    assert {problem.field for problem in refused.value.problems} == {
        "king", "root.threshold", "log.keys", "log.threshold", "log.expires_days", "log.more", "timestamp",
    }  # fmt: skip
    path.write_text("[root")
    with pytest.raises(UsageError, match="is no TOML"):
        read_policy(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_policy(tmp_path / "none.toml")
