"""What somebody may do to a bulletin, and how it is found. Each test names its attack."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from bulletin_samples import (
    BEGUN,
    DAY,
    POLICY,
    ZONE,
    Shop,
    codes,
    holder,
    keyid,
    looked_at,
    measure,
    opened,
    root_of,
    signing,
    with_one,
)
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Key, Metadata, MetaFile, Root, TargetFile
from tuf.api.serialization import DeserializationError

from footwall.bulletin import (
    KeyChange,
    RolePolicy,
    begin,
    bulletin_files,
    public_key_of,
    publish,
    read_publication,
    refresh,
    rotate,
)
from footwall.bulletin.log import head_of
from footwall.bulletin.publication import TIMESTAMP, metadata_name, written
from footwall.bulletin.tables import canonical, csv_bytes, tables_of
from footwall.errors import UsageError

ONLINE = ("log-1", "snapshot-1", "timestamp-1")
"""Keys that stand on a machine that is reached over a network: what a thief gets first."""


def resigned(files: dict[str, bytes], name: str, change: Any, *names: str) -> None:
    """Change metadata and sign it with these keys alone: with those of its role, or where there is none of them with all."""
    metadata: Metadata[Any] = Metadata.from_bytes(files[name])
    change(metadata.signed)
    metadata.signatures.clear()
    role = name.removesuffix(".json").rpartition(".")[2].rpartition("/")[2]
    own = [one for one in names if one.startswith(f"{role}-")]
    for signer in signing(names=own or names).signers.values():
        metadata.sign(signer, append=True)
    files[name] = written(metadata)


def chained(files: dict[str, bytes], *names: str) -> None:
    """Snapshot and timestamp anew over the metadata that stands there, signed by these keys."""
    held: dict[str, tuple[str, bytes, int]] = {}
    for role in ("targets", "log"):
        (name,) = [one for one in files if one.endswith(f".{role}.json")]
        version = Metadata[Any].from_bytes(files[name]).signed.version
        held[role] = (name, files[name], version)
        if name != metadata_name(role, version):
            files[metadata_name(role, version)] = files.pop(name)
    (snapshot,) = [one for one in files if one.endswith(".snapshot.json")]

    def as_they_are(signed: Any) -> None:
        signed.version += 1
        signed.meta = {f"{role}.json": MetaFile.from_data(one[2], one[1], ["sha256"]) for role, one in held.items()}

    resigned(files, snapshot, as_they_are, *names)
    version = Metadata[Any].from_bytes(files[snapshot]).signed.version
    files[metadata_name("snapshot", version)] = files.pop(snapshot)

    def named(signed: Any) -> None:
        signed.version += 1
        signed.snapshot_meta = MetaFile.from_data(version, files[metadata_name("snapshot", version)], ["sha256"])

    resigned(files, TIMESTAMP, named, *names)


def second(shop: Shop, **changes: Any) -> Shop:
    shop.publish(BEGUN + DAY, on=date(2026, 6, 30), **changes)
    return shop


# What holds.


def test_a_bulletin_as_it_was_published_holds_as_a_folder_and_packed() -> None:
    shop = with_one()
    for files in (shop.files, shop.packed()):
        found = looked_at(files)
        assert found.problems == ()
        assert found.number == found.newest == 1
        assert found.contents is not None
        assert found.contents["on"] == "2026-05-31"


def test_what_was_seen_before_is_the_beginning_of_what_came_later() -> None:
    shop = with_one()
    seen = looked_at(shop.files).seen
    for _ in range(3):
        shop.publish(BEGUN + DAY, on=date(2026, 6, 30), notice=f"{len(shop.files)}")
        shop.take(refresh(read_publication(shop.files), signing(BEGUN + DAY, ["timestamp-1"])))
        for files in (shop.files, shop.packed(read_publication(shop.files).newest)):
            found = looked_at(files, seen=seen, at=BEGUN + DAY)
            assert found.problems == ()
        seen = found.seen


# Rollback, freeze, mix-and-match.


def test_a_rollback_to_an_older_publication_is_found_by_whoever_saw_the_newer() -> None:
    shop = with_one()
    old = shop.copy()
    seen = looked_at(second(shop).files, at=BEGUN + DAY).seen
    assert codes(looked_at(old.files, seen=seen)) == {"rolled_back"}
    assert codes(looked_at(old.packed(), seen=seen)) == {"rolled_back"}
    assert looked_at(old.files).problems == (), "whoever saw nothing cannot know: docs/bulletins.md says so"


def test_a_rollback_of_the_targets_under_a_new_timestamp_is_found() -> None:
    """The keys of snapshot and timestamp alone cannot bring an older schedule back."""
    shop = with_one()
    old = shop.copy()
    seen = looked_at(second(shop).files, at=BEGUN + DAY).seen
    for _ in range(4):
        chained(old.files, "snapshot-1", "timestamp-1")
    assert codes(looked_at(old.files, seen=seen)) == {"rolled_back"}


def test_a_freeze_is_found_when_the_timestamp_has_ended() -> None:
    shop = with_one()
    days = POLICY["timestamp"].expires_days
    last = BEGUN + timedelta(days=days) - timedelta(seconds=1)
    seen = looked_at(shop.files, at=last).seen
    assert seen is not None, "the last second in which it holds"
    for options in ({}, {"seen": seen}):
        found = looked_at(shop.files, at=BEGUN + timedelta(days=days), **options)
        assert codes(found) == {"expired"}
        assert found.contents is None
        assert found.seen is None


@pytest.mark.parametrize("role", ["root", "targets", "log", "snapshot"])
def test_every_role_that_has_ended_is_found(role: str) -> None:
    policy = {name: RolePolicy(one.keys, one.threshold, 3 if name == role else 365) for name, one in POLICY.items()}
    shop = opened(policy)  # type: ignore[arg-type]
    shop.publish()
    assert looked_at(shop.files, at=BEGUN + 2 * DAY).problems == ()
    (problem,) = looked_at(shop.files, at=BEGUN + 3 * DAY).problems
    assert problem.code == "expired"
    assert role in problem.found


def test_mixed_files_of_two_publications_are_found() -> None:
    old, new = with_one(), second(with_one())
    newer = {name.rsplit(".", 2)[1]: name for name in new.files if name.startswith("metadata/")}
    older = {name.rsplit(".", 2)[1]: name for name in old.files if name.startswith("metadata/")}
    for role in ("snapshot", "targets", "log"):
        mixed = dict(new.files)
        mixed[newer[role]] = old.files[older[role]]
        assert codes(looked_at(mixed, at=BEGUN + DAY)) == {"mixed"}, role
    mixed = new.files | {"targets/bulletins/2/measures.csv": old.files["targets/bulletins/1/measures.csv"] + b"\n"}
    assert codes(looked_at(mixed, at=BEGUN + DAY)) == {"file_changed"}


def test_a_file_of_one_bulletin_in_the_place_of_anothers_is_found() -> None:
    shop = with_one()
    shop.publish(BEGUN + DAY, measures=[measure(specific="9.99")])
    for name in ("schedule.json", "measures.csv", "bulletin.xlsx"):
        mixed = dict(shop.files)
        mixed[f"targets/bulletins/2/{name}"] = shop.files[f"targets/bulletins/1/{name}"]
        assert codes(looked_at(mixed, at=BEGUN + DAY)) == {"file_changed"}


def test_an_older_bulletin_is_not_taken_for_the_newest() -> None:
    shop = second(with_one())
    packed = shop.packed(1)
    assert codes(looked_at(packed, at=BEGUN + DAY)) == {"bulletin_missing"}
    found = looked_at(packed, at=BEGUN + DAY, number=1)
    assert (found.problems, found.number, found.newest) == ((), 1, 2)
    assert codes(looked_at(packed, at=BEGUN + DAY, number=3)) == {"bulletin_missing"}


# Keys.


def forged(names: tuple[str, ...]) -> dict[str, bytes]:
    """A schedule with another rate, signed and logged with these keys only, as well as a thief can."""
    shop = with_one()
    (name,) = [one for one in shop.files if one.endswith(".targets.json")]
    (log,) = [one for one in shop.files if one.endswith(".log.json")]
    other = second(shop.copy(), measures=[measure(specific="0.01")])
    files = shop.files | {
        one: data
        for one, data in other.files.items()
        if "bulletins/2" in one or one.startswith(("log/", "targets/log"))
    }
    del files["targets/log/2.head.json"]
    new = Metadata[Any].from_bytes(other.files[name.replace("2.", "3.")]).signed

    def with_another(signed: Any) -> None:
        signed.version, signed.targets = new.version, new.targets

    resigned(files, name, with_another, *names)
    newer = Metadata[Any].from_bytes(other.files[log.replace("2.", "3.")]).signed

    def with_its_head(signed: Any) -> None:
        signed.version, signed.targets = newer.version, newer.targets

    resigned(files, log, with_its_head, *names)
    chained(files, *names)
    return files


def test_keys_stolen_below_the_threshold_forge_nothing() -> None:
    assert codes(looked_at(forged((*ONLINE, "targets-1")), at=BEGUN + DAY)) == {"signatures_too_few"}
    assert codes(looked_at(forged(ONLINE), at=BEGUN + DAY)) == {"signatures_too_few"}


def test_keys_stolen_at_the_threshold_forge_and_so_the_test_before_can_fail() -> None:
    assert codes(looked_at(forged((*ONLINE, "targets-1", "targets-3")), at=BEGUN + DAY)) == set()


def test_targets_keys_without_the_logs_publish_nothing_unlogged() -> None:
    assert codes(looked_at(forged(("targets-1", "targets-2", "snapshot-1", "timestamp-1")), at=BEGUN + DAY)) == {
        "signatures_too_few"
    }


def test_keys_of_another_role_sign_nothing() -> None:
    assert codes(looked_at(forged((*ONLINE, "root-1", "root-2", "root-3")), at=BEGUN + DAY)) == {"signatures_too_few"}


def test_two_signatures_by_one_key_count_once() -> None:
    """Under one id it is no metadata; under two ids python-tuf counts it twice, and so the key itself is refused."""
    shop = with_one()
    (name,) = [one for one in shop.files if one.endswith(".targets.json")]
    told = json.loads(shop.files[name])
    told["signatures"] = [told["signatures"][0]] * 2
    shop.files[name] = canonical(told)
    with pytest.raises(DeserializationError) as refused:
        Metadata.from_bytes(shop.files[name])
    assert "Multiple signatures found for keyid" in str(refused.value.__cause__)
    assert codes(looked_at(shop.files)) == {"mixed"}
    again = public_key_of(holder("targets-1").public_key)
    twin: Key = SSlibKey("f" * 64, again.keytype, again.scheme, again.keyval)
    with pytest.raises(UsageError, match="one key under two ids"):
        rotate(read_publication(with_one().files), [KeyChange("targets", add=[twin])], signing())


def test_a_root_with_one_key_under_two_ids_is_refused() -> None:
    shop = with_one()
    again = public_key_of(holder("timestamp-1").public_key)

    def twice(root: Root) -> None:
        root.add_key(SSlibKey("f" * 64, again.keytype, again.scheme, again.keyval), "timestamp")

    resigned(shop.files, "metadata/1.root.json", twice, "root-1", "root-2")
    assert "key_twice" in codes(looked_at(shop.files))


def test_a_signature_of_one_and_the_same_signer_given_twice_is_one_signature() -> None:
    with pytest.raises(UsageError, match="targets needs 2 of 3 keys, and 1 of them are given"):
        with_one().publish(BEGUN + DAY, [*ONLINE, "targets-1", "targets-1"], on=date(2026, 6, 30))


def test_a_wrong_root_is_found() -> None:
    policy = dict(POLICY)
    keys = {
        role: [public_key_of(holder(f"other-{role}-{place}").public_key) for place in range(one.keys)]
        for role, one in policy.items()
    }
    names = [f"other-{role}-{place}" for role, one in policy.items() for place in range(one.keys)]
    other = begin(ZONE, policy, keys, signing(names=names))  # type: ignore[arg-type]
    found = looked_at(with_one().files, root_of(other.written))
    assert codes(found) == {"signatures_too_few", "root_other"}
    assert found.contents is None


def test_a_root_that_is_none_is_refused() -> None:
    for root in (b"", b"{}", with_one().files[TIMESTAMP]):
        with pytest.raises(UsageError, match="the root that you trust is none"):
            looked_at(with_one().files, root or b" ")


# Rotation.


def rotated() -> Shop:
    """Root 3: first a root key is changed and the timestamp's, then targets and log keys."""
    shop = with_one()
    change = KeyChange("root", [public_key_of(holder("root-4").public_key)], [keyid("root-1")])
    online = KeyChange("timestamp", [public_key_of(holder("timestamp-2").public_key)], [keyid("timestamp-1")[:12]])
    every = ("root-2", "root-3", "root-4", "timestamp-2", "log-1", "snapshot-1")
    shop.take(rotate(read_publication(shop.files), [change, online], signing(BEGUN + DAY, every)))
    targets = KeyChange("targets", [public_key_of(holder("targets-4").public_key)], [keyid("targets-1")])
    log = KeyChange("log", [public_key_of(holder("log-2").public_key)], [keyid("log-1")])
    every = ("root-2", "root-4", "timestamp-2", "log-2", "snapshot-1", "targets-2", "targets-4")
    shop.take(rotate(read_publication(shop.files), [targets, log], signing(BEGUN + 2 * DAY, every)))
    return shop


def test_the_first_root_leads_over_two_rotations_to_the_third() -> None:
    first = with_one()
    seen = looked_at(first.files).seen
    shop = rotated()
    for files in (shop.files, shop.packed()):
        for options in ({}, {"seen": seen}):
            found = looked_at(files, root_of(first.files), BEGUN + 2 * DAY, **options)
            assert found.problems == ()
            assert "version 3, reached from 1 by 2 rotations" in found.checks[0].result
        assert looked_at(files, root_of(files, 3), BEGUN + 2 * DAY).problems == ()


def test_a_root_in_the_middle_that_is_missing_or_skipped_leads_nowhere() -> None:
    shop = rotated()
    files = {name: data for name, data in shop.files.items() if name != "metadata/2.root.json"}
    assert codes(looked_at(files, at=BEGUN + 2 * DAY))
    files["metadata/2.root.json"] = files.pop("metadata/3.root.json")
    assert codes(looked_at(files, at=BEGUN + 2 * DAY)) & {"rolled_back", "signatures_too_few"}


def test_a_rotation_needs_the_old_keys_and_the_new_ones() -> None:
    held = read_publication(with_one().files)
    change = KeyChange("root", [public_key_of(holder("root-4").public_key)], [keyid("root-1"), keyid("root-2")], 2)
    with pytest.raises(UsageError, match="root 1 needs 2 of 3 keys"):
        rotate(held, [change], signing(names=["root-3", "root-4", *ONLINE]))
    with pytest.raises(UsageError, match="root 2 needs 2 of 2 keys"):
        rotate(held, [change], signing(names=["root-1", "root-2", "root-3", *ONLINE]))
    assert rotate(held, [change], signing(names=["root-1", "root-3", "root-4", *ONLINE])).written


def test_a_removed_key_signs_no_more() -> None:
    shop = rotated()
    with pytest.raises(UsageError, match="targets needs 2 of 3 keys, and 1 of them are given"):
        shop.publish(
            BEGUN + 2 * DAY, ("targets-1", "targets-2", "log-2", "snapshot-1", "timestamp-2"), on=date(2026, 6, 30)
        )
    chained(shop.files, "snapshot-1", "timestamp-1")
    assert codes(looked_at(shop.files, at=BEGUN + 2 * DAY)) == {"signatures_too_few"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (KeyChange("targets", remove=["beef"]), "targets has no key beef"),
        (KeyChange("targets", threshold=4), "targets would need 4 signatures of 3 keys"),
        (KeyChange("targets", threshold=0), "targets would need 0 signatures"),
        (KeyChange("timestamp", remove=[keyid("timestamp-1")]), "timestamp would need 1 signatures of 0 keys"),
        (KeyChange("log", add=[public_key_of(holder("log-1").public_key)]), "log has the key .* already"),
    ],
)
def test_a_change_of_keys_that_cannot_be_is_refused(change: KeyChange, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        rotate(read_publication(with_one().files), [change], signing())


# The log.


def rewritten(shop: Shop, entries: list[bytes], *names: str) -> dict[str, bytes]:
    """The shop with another history, signed with the keys of log, snapshot and timestamp."""
    files = {name: data for name, data in shop.files.items() if not name.startswith(("log/", "targets/log/"))}
    head = head_of(entries)
    content = canonical({"format": "footwall/tree-head/1", "zone": ZONE, "size": head.size, "root": head.root})
    files |= {f"log/{number}.json": entry for number, entry in enumerate(entries, 1)}
    files[f"targets/log/{head.size}.head.json"] = content
    (name,) = [one for one in files if one.endswith(".log.json")]

    def with_head(signed: Any) -> None:
        signed.version += 1
        path = f"log/{head.size}.head.json"
        signed.targets = {path: TargetFile.from_data(path, content, ["sha256"])}

    resigned(files, name, with_head, "log-1")
    chained(files, *(names or ("snapshot-1", "timestamp-1")))
    return files


def test_a_truncated_log_is_found_by_whoever_saw_it_longer() -> None:
    """All online keys are stolen, and the last entry is made unseen; its bulletin, signed for, stands there without one."""
    shop = second(with_one())
    seen = looked_at(shop.files, at=BEGUN + DAY).seen
    entries = list(read_publication(shop.files).entries)
    files = rewritten(shop, entries[:-1])
    assert codes(looked_at(files, at=BEGUN + DAY, seen=seen)) >= {"log_truncated"}
    assert codes(looked_at(files, at=BEGUN + DAY)) == {"log_inclusion"}, "even without having seen it"


def test_a_forked_log_is_found_by_whoever_saw_the_other() -> None:
    """The same bulletins, but the entry of the first says that it was published on another day."""
    shop = second(with_one())
    seen = looked_at(shop.files, at=BEGUN + DAY).seen
    entries = list(read_publication(shop.files).entries)
    other = [entries[0], entries[1].replace(b"2026-06-01T12:00:00", b"2026-05-01T12:00:00"), *entries[2:]]
    files = rewritten(shop, other)
    assert looked_at(files, at=BEGUN + DAY).problems == (), "whoever saw nothing cannot know"
    assert codes(looked_at(files, at=BEGUN + DAY, seen=seen)) == {"log_forked"}
    longer = second(Shop(files), notice="longer")
    assert codes(looked_at(longer.files, at=BEGUN + DAY, seen=seen)) == {"log_forked"}
    assert codes(looked_at(longer.packed(3), at=BEGUN + DAY, seen=seen)) == {"log_forked"}


def test_an_entry_added_without_the_signed_head_is_found() -> None:
    shop = with_one()
    shop.files["log/3.json"] = shop.files["log/2.json"]
    assert codes(looked_at(shop.files)) == {"file_unaccounted"}


def test_a_missing_or_changed_entry_is_found() -> None:
    shop = with_one()
    files = {name: data for name, data in shop.files.items() if name != "log/1.json"}
    assert codes(looked_at(files)) == {"metadata_malformed"}
    files["log/1.json"] = shop.files["log/2.json"]
    assert "log_inclusion" in codes(looked_at(files))


def test_a_pack_that_proves_nothing_from_what_was_seen_is_refused() -> None:
    shop = with_one()
    seen = looked_at(shop.files).seen
    second(shop)
    assert looked_at(shop.packed(2, since=2), seen=seen, at=BEGUN + DAY).problems == ()
    assert codes(looked_at(shop.packed(2, since=3), seen=seen, at=BEGUN + DAY)) == {"log_unproven"}


def test_an_unlogged_root_is_found() -> None:
    """Keys of his own for one victim: the root keys sign a second root and nobody logs it."""
    shop = with_one()
    files = shop.files
    metadata: Metadata[Root] = Metadata.from_bytes(files["metadata/1.root.json"])
    metadata.signed.version = 2
    metadata.signatures.clear()
    for signer in signing(names=["root-1", "root-2"]).signers.values():
        metadata.sign(signer, append=True)
    files["metadata/2.root.json"] = written(metadata)  # type: ignore[arg-type]
    assert codes(looked_at(files)) == {"root_unlogged"}


# What the files say.


def resigned_files(name: str, data: bytes) -> dict[str, bytes]:
    """A publisher who has signed one file that does not say what the others say."""
    shop = opened()
    files = bulletin_files(published_small())
    shop.take(publish(read_publication(shop.files), files | {name: data}, signing()))
    return shop.files


def published_small() -> Any:
    from bulletin_samples import published

    return published(measures=[measure()])


@pytest.mark.parametrize("name", ["measures.csv", "floors.csv", "prices.csv", "bulletin.xlsx"])
def test_forms_that_do_not_say_the_same_are_found_even_where_they_are_signed(name: str) -> None:
    other = bulletin_files(replace(published_small(), measures=[measure(specific="3.51")], floors=[], prices=[]))
    assert codes(looked_at(resigned_files(name, other[name]))) == {"forms_differ"}
    assert codes(looked_at(resigned_files(name, b"nothing of the kind"))) == {"forms_differ"}


def test_another_zones_schedule_is_not_published() -> None:
    files = bulletin_files(replace(published_small(), identity="f" * 64))
    with pytest.raises(UsageError, match="another zone"):
        publish(read_publication(opened().files), files, signing())


def test_the_same_schedule_is_not_published_twice() -> None:
    shop = with_one()
    before = dict(shop.files)
    again = shop.publish(BEGUN + DAY)
    assert (again.already, again.number, shop.files) == (True, 1, before)
    changed = shop.publish(BEGUN + DAY, notice="Corrected.")
    assert (changed.already, changed.number) == (False, 2)


# Every bit.


def tiny() -> dict[str, bytes]:
    """As small as a bulletin gets: one key a role, one measure, and in the spreadsheet's stead the bytes of a small file."""
    policy = {role: RolePolicy(1, 1, 9) for role in POLICY}
    shop = opened(policy)  # type: ignore[arg-type]
    names = [f"{role}-1" for role in POLICY]
    files = bulletin_files(published_small())
    shop.take(publish(read_publication(shop.files), files, signing(BEGUN, names)))
    return shop.files


@pytest.mark.parametrize("form", ["folder", "packed"])
def test_every_byte_that_is_flipped_is_found(form: str, counted: Callable[[int], int]) -> None:
    """Every byte where the run proves, else bytes from all over each file; a spreadsheet's like those of any other signed file."""
    files = tiny() if form == "folder" else Shop(tiny()).packed()
    root = root_of(files)
    assert looked_at(files, root).problems == ()
    places = [
        (name, place)
        for name, data in files.items()
        for place in range(0, len(data), 10 if name.endswith(".xlsx") else 1)
    ]
    tried = max(1, len(places) // counted(len(places)))
    ends = [(name, place) for name, data in files.items() for place in (0, len(data) - 1)]
    assert [
        (name, place) for name, place in {*places[::tried], *ends} if not spoilt_is_found(files, root, name, place)
    ] == []


def spoilt_is_found(files: Mapping[str, bytes], root: bytes, name: str, place: int) -> bool:
    data = bytearray(files[name])
    data[place] ^= 1 << place % 8
    try:
        return bool(looked_at(dict(files) | {name: bytes(data)}, root).problems)
    except UsageError:
        return True


def test_every_file_that_is_missing_or_empty_is_found() -> None:
    for files in (with_one().files, with_one().packed()):
        root = root_of(files)
        for name in files:
            for spoilt in ({one: data for one, data in files.items() if one != name}, dict(files) | {name: b""}):
                try:
                    assert looked_at(spoilt, root).problems, name
                except UsageError:
                    assert name in {TIMESTAMP, "metadata/1.root.json"}


def test_tables_and_their_csv_are_the_same_measures() -> None:
    found = looked_at(with_one().files)
    assert found.contents is not None
    assert csv_bytes(tables_of(found.contents)["measures"]) == with_one().files["targets/bulletins/1/measures.csv"]
