"""`footwall bulletin` and `footwall verify`: a publisher and a reader who has only the public keys."""

import json
import re
import shutil
import socket
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cli_support import Said, footwall

BEGUN = "2026-06-01T12:00:00Z"
LATER = "2026-06-02T12:00:00Z"


@pytest.fixture(scope="session")
def shop(short_walked: Path, made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A folder with keys, a public folder that holds two bulletins, and the newest of them packed."""
    return made_once("shop", lambda folder: open_shop(folder, short_walked))


def open_shop(folder: Path, short_walked: Path) -> None:
    folder.mkdir()
    keys, public = folder / "keys", folder / "public"
    assert footwall("bulletin", "keys", keys).status == 0
    assert footwall("bulletin", "init", public, "--keys", keys, "--at", BEGUN, "--zone", short_walked).status == 0
    for day in ("2024-01-31", "2024-02-29"):
        said = footwall(
            "bulletin", "publish", public, "--on", day, "--keys", keys, "--at", BEGUN, "--zone", short_walked
        )
        assert said.status == 0, said.error
    assert footwall("bulletin", "pack", public, "--out", folder / "b.zip").status == 0
    shutil.copy(public / "metadata" / "1.root.json", folder / "root.json")


@pytest.fixture
def mine(shop: Path, tmp_path: Path) -> Path:
    """A copy of it to go on with."""
    return Path(shutil.copytree(shop, tmp_path / "shop"))


def looked(folder: Path, *words: object, bulletin: str = "b.zip", at: str = LATER) -> Said:
    return footwall("verify", folder / bulletin, "--as-of", at, *words)


def test_private_keys_are_for_their_owner_alone_and_nowhere_in_what_is_public(shop: Path, short_walked: Path) -> None:
    private = sorted((shop / "keys").glob("*.pem"))
    assert len(private) == 9
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    secrets = [path.read_bytes().splitlines()[1] for path in private]
    seen = [
        path.read_bytes() for folder in (shop / "public", short_walked) for path in folder.rglob("*") if path.is_file()
    ]
    assert not any(secret in data for secret in secrets for data in seen)
    assert footwall("bulletin", "keys", shop / "keys").status == 2, "no key is written over"


def test_a_reader_with_the_root_alone_is_told_what_holds(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object) -> None:
        raise AssertionError("a network was asked")

    monkeypatch.setattr(socket, "socket", offline)
    digest = sha256((shop / "root.json").read_bytes()).hexdigest()
    for root in (shop / "root.json", digest, "inside"):
        for bulletin in ("b.zip", "public"):
            said = looked(shop, "--root", root, bulletin=bulletin)
            assert said.status == 0, said.out
            assert (
                "Bulletin 2 of Example zone holds as of 2026-06-02T12:00:00Z: the schedule on 2024-02-29 (the newest)"
                in said.out
            )
            assert "JSON, CSV and spreadsheet tell the same" in said.out
            assert "Seen for the first time" in said.out
            assert ("Taken on trust: the root." in said.out) == (root == "inside")


def test_without_a_root_nothing_is_believed(shop: Path) -> None:
    said = looked(shop)
    digest = sha256((shop / "root.json").read_bytes()).hexdigest()
    assert said.status == 2
    assert f"root 1 inside has {digest}" in said.error
    assert looked(shop, "--root", "0" * 64).status == 2
    assert looked(shop, "--root", shop / "nothing.json").status == 2
    assert looked(shop, "--root", shop / "b.zip").status == 2


def test_a_bulletin_that_does_not_hold_is_a_problem_and_says_not_to_use_it(mine: Path) -> None:
    path = mine / "public" / "targets" / "bulletins" / "2" / "measures.csv"
    path.write_bytes(path.read_bytes().replace(b"2024", b"2023", 1))
    said = looked(mine, "--root", mine / "root.json", "--state", mine / "seen.json", bulletin="public")
    assert said.status == 1
    assert "file_changed" in said.out
    assert "It does not hold: do not use it." in said.out
    assert not (mine / "seen.json").exists(), "nothing that does not hold is remembered"


def test_what_has_ended_holds_as_of_an_earlier_day_only(shop: Path) -> None:
    for at, status in (("2026-06-08T11:59:59Z", 0), ("2026-06-08T12:00:00Z", 1), ("2026-06-01T11:59:59Z", 1)):
        assert looked(shop, "--root", shop / "root.json", at=at).status == status, at


def test_the_state_finds_a_rollback_and_needs_no_root_the_next_time(mine: Path, short_walked: Path) -> None:
    state, keys = mine / "seen.json", mine / "keys"
    old = shutil.copytree(mine / "public", mine / "old")
    said = looked(mine, "--root", mine / "root.json", "--state", state)
    assert "What was seen is remembered" in said.out
    assert (
        footwall("bulletin", "refresh", mine / "public", "--key", keys / "timestamp-1.pem", "--at", LATER).status == 0
    )
    said = looked(mine, "--state", state, bulletin="public")
    assert said.status == 0
    assert "begins with the 3 entries seen before" in said.out
    assert "Seen for the first time" not in said.out
    kept = state.read_bytes()
    said = looked(mine, "--state", state, bulletin=old.name)
    assert (said.status, "rolled_back" in said.out) == (1, True)
    assert state.read_bytes() == kept
    state.write_bytes(b"{}")
    assert looked(mine, "--state", state).status == 2
    assert short_walked.exists()


def test_keys_are_changed_and_the_first_root_leads_to_the_new_one(mine: Path) -> None:
    public, keys = mine / "public", mine / "keys"
    assert footwall("people", "key", mine / "new.pem").status == 0
    made = footwall("people", "key", keys / "targets-4.pem")
    (mine / "new.pub").write_text(made.out)
    listed = footwall("bulletin", "list", public).out
    (row,) = [line for line in listed.splitlines() if line.startswith("targets ")]
    leaving = row.split()[5]
    change = ["--remove", f"targets={leaving}", "--add", f"targets={mine / 'new.pub'}"]
    said = footwall("bulletin", "rotate", public, *change, "--keys", keys, "--at", LATER)
    assert said.status == 0, said.error
    assert "Changed: targets." in said.out
    said = looked(mine, "--root", mine / "root.json", bulletin="public")
    assert said.status == 0, said.out
    assert "version 2, reached from 1 by 1 rotation" in said.out
    listed = footwall("bulletin", "list", public).out
    assert leaving not in listed
    assert re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]+\S*", listed) == re.findall(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z(?!\S)", listed
    )
    for words, told in (
        (["--remove", "king=1"], "ROLE=VALUE"),
        (["--threshold", "targets=two"], "is no threshold"),
        (["--threshold", "targets=9"], "would need 9 signatures"),
        (["--add", "targets=none.pub"], "cannot be read"),
    ):
        said = footwall("bulletin", "rotate", public, *words, "--keys", keys)
        assert said.status == 2
        assert told in said.error


def test_too_few_keys_publish_nothing(mine: Path, short_walked: Path) -> None:
    public, keys = mine / "public", mine / "keys"
    before = {path: path.read_bytes() for path in public.rglob("*") if path.is_file()}
    few = [
        word for name in ("targets-1", "log-1", "snapshot-1", "timestamp-1") for word in ("--key", keys / f"{name}.pem")
    ]
    said = footwall("bulletin", "publish", public, "--on", "2024-02-01", *few, "--zone", short_walked)
    assert said.status == 2
    assert "targets needs 2 of 3 keys, and 1 of them are given" in said.error
    assert footwall("bulletin", "publish", public, "--on", "2024-02-01", "--zone", short_walked).status == 2
    assert before == {path: path.read_bytes() for path in public.rglob("*") if path.is_file()}
    said = footwall("bulletin", "publish", public, "--on", "2024-02-29", "--keys", keys, "--zone", short_walked)
    assert (said.status, "stands there as bulletin 2" in said.out) == (0, True)
    assert before == {path: path.read_bytes() for path in public.rglob("*") if path.is_file()}


def test_the_json_of_a_verification_tells_checks_and_problems(shop: Path) -> None:
    told = json.loads(looked(shop, "--root", shop / "root.json", "--format", "json").out)
    assert (told["holds"], told["number"], told["newest"], told["on"]) == (True, 2, 2, "2024-02-29")
    assert [one["what"] for one in told["checks"]][-1] == "nothing else"
    said = looked(shop, "--root", shop / "root.json", "--format", "json", at="2036-01-01")
    assert said.status == 1
    told = json.loads(said.out)
    assert (told["holds"], told["problems"][0]["code"]) == (False, "expired")


def test_an_older_bulletin_is_verified_by_its_number_and_said_to_be_older(shop: Path) -> None:
    said = looked(shop, "--root", shop / "root.json", "--number", 1, bulletin="public")
    assert said.status == 0
    assert "an older one: the newest is 2" in said.out


def test_folders_that_are_none_are_told(shop: Path, tmp_path: Path, short_walked: Path) -> None:
    keys = shop / "keys"
    assert "is not empty" in footwall("bulletin", "init", shop, "--keys", keys, "--zone", short_walked).error
    assert (
        "root wants 3 keys, and 0 are given"
        in footwall(
            "bulletin", "init", tmp_path / "new", "--keys", shop, "--key", keys / "root-1.pem", "--zone", short_walked
        ).error
    )
    assert "is no folder of bulletins" in footwall("bulletin", "list", tmp_path / "none").error
    assert footwall("verify", tmp_path / "none", "--root", "inside").status == 2
    assert footwall("verify", tmp_path, "--root", "inside").status == 2


def test_a_signature_is_made_on_another_machine(mine: Path, short_walked: Path) -> None:
    public, keys, table = mine / "public", mine / "keys", mine / "table"
    here = [
        word for name in ("targets-1", "log-1", "snapshot-1", "timestamp-1") for word in ("--key", keys / f"{name}.pem")
    ]
    words = [
        "bulletin",
        "publish",
        public,
        "--on",
        "2024-02-01",
        "--at",
        LATER,
        *here,
        "--signatures",
        table,
        "--zone",
        short_walked,
    ]
    said = footwall(*words)
    assert said.status == 2
    assert "signatures are wanting, and nothing is published" in said.error
    said = footwall("bulletin", "sign", table / "targets-4.to-sign", "--key", keys / "targets-2.pem")
    assert said.status == 0
    assert "bulletins/3/schedule.json" in said.out
    said = footwall(*words)
    assert (said.status, "Published bulletin 3" in said.out) == (0, True), said.error
    assert looked(mine, "--root", mine / "root.json", bulletin="public").status == 0
