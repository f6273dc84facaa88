"""Signing on other machines: the same bytes wherever they are made, and nothing published before enough have signed."""

import json
from pathlib import Path

import pytest
from bulletin_samples import BEGUN, DAY, codes, holder, keyid, looked_at, published, root_of, signing, with_one

from footwall.bulletin import (
    Edition,
    KeyChange,
    Signing,
    bulletin_files,
    public_key_of,
    publish,
    read_publication,
    rotate,
    sign_elsewhere,
    with_signatures,
)
from footwall.errors import UsageError

ONLINE = ("log-1", "snapshot-1", "timestamp-1")
LATER = BEGUN + DAY


def publishing(one: Signing) -> Edition:
    return publish(read_publication(with_one().files), bulletin_files(published(notice="Later.")), one)


def test_two_people_sign_elsewhere_and_then_it_is_published(tmp_path: Path) -> None:
    here = signing(LATER, ONLINE)
    with pytest.raises(UsageError, match=r"targets-3\.to-sign signed .* --at 2026-06-02T12:00:00Z"):
        with_signatures(tmp_path, here, publishing)
    assert [path.name for path in tmp_path.iterdir()] == ["targets-3.to-sign"]
    for name in ("targets-1", "targets-3"):
        with pytest.raises(UsageError, match="signatures are wanting"):
            with_signatures(tmp_path, here, publishing)
        made, told = sign_elsewhere(tmp_path / "targets-3.to-sign", holder(name))
        assert made.name == f"targets-3.{keyid(name)[:12]}.sig"
        assert told["_type"] == "targets"
    edition = with_signatures(tmp_path, here, publishing)
    assert edition.written == publishing(signing(LATER, (*ONLINE, "targets-1", "targets-3"))).written
    assert looked_at(edition.applied(with_one().files), at=LATER).problems == ()


def test_at_another_instant_the_signatures_are_over_something_else(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="signatures are wanting"):
        with_signatures(tmp_path, signing(LATER, ONLINE), publishing)
    for name in ("targets-1", "targets-2"):
        sign_elsewhere(tmp_path / "targets-3.to-sign", holder(name))
    with pytest.raises(UsageError, match="signatures are wanting"):
        with_signatures(tmp_path, signing(LATER + DAY, ONLINE), publishing)


def test_a_new_root_is_signed_before_what_names_it(tmp_path: Path) -> None:
    shop = with_one()
    change = KeyChange("log", [public_key_of(holder("log-2").public_key)], [keyid("log-1")])

    def rotating(one: Signing) -> Edition:
        return rotate(read_publication(shop.files), [change], one)

    here = signing(LATER, ("snapshot-1", "timestamp-1"))
    for payload, names in (("root-2", ("root-1", "root-2")), ("targets-3", ("targets-1", "targets-2"))):
        with pytest.raises(UsageError, match=payload):
            with_signatures(tmp_path, here, rotating)
        for name in names:
            sign_elsewhere(tmp_path / f"{payload}.to-sign", holder(name))
    assert (tmp_path / "log-3.to-sign").exists()
    sign_elsewhere(tmp_path / "log-3.to-sign", holder("log-2"))
    edition = with_signatures(tmp_path, here, rotating)
    assert looked_at(edition.applied(shop.files), root_of(shop.files), LATER).problems == ()


def test_a_signature_that_does_not_hold_is_not_published(tmp_path: Path) -> None:
    here = signing(LATER, ONLINE)
    with pytest.raises(UsageError, match="signatures are wanting"):
        with_signatures(tmp_path, here, publishing)
    made, _ = sign_elsewhere(tmp_path / "targets-3.to-sign", holder("targets-1"))
    sign_elsewhere(tmp_path / "targets-3.to-sign", holder("targets-2"))
    told = json.loads(made.read_bytes())
    made.write_bytes(made.read_bytes().replace(told["signature"].encode(), b"A" * 86 + b"=="))
    with pytest.raises(UsageError, match=f"the signature of {keyid('targets-1')[:12]} over targets does not hold"):
        with_signatures(tmp_path, here, publishing)
    made.write_bytes(b"nothing")
    with pytest.raises(UsageError, match="holds no signature"):
        with_signatures(tmp_path, here, publishing)


@pytest.mark.parametrize("data", [b"", b"{}", b"footwall/prices-signed/1\n{}", b'{"_type":"targets"}', b"[" * 100_000])
def test_nothing_but_metadata_is_signed(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.to-sign").write_bytes(data)
    with pytest.raises(UsageError, match="nothing that a bulletin is signed with"):
        sign_elsewhere(tmp_path / "x.to-sign", holder("targets-1"))
    with pytest.raises(UsageError, match="cannot be read"):
        sign_elsewhere(tmp_path / "none.to-sign", holder("targets-1"))


def test_a_key_of_no_role_counts_for_nothing(tmp_path: Path) -> None:
    here = signing(LATER, ONLINE)
    with pytest.raises(UsageError, match="signatures are wanting"):
        with_signatures(tmp_path, here, publishing)
    for name in ("root-1", "stranger", "targets-1"):
        sign_elsewhere(tmp_path / "targets-3.to-sign", holder(name))
    with pytest.raises(UsageError, match="signatures are wanting"):
        with_signatures(tmp_path, here, publishing)
    assert codes(looked_at(with_one().files)) == set()
