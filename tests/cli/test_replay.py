"""`footwall replay`: a published price recomputed by a stranger, and files that are no certificate or a changed one."""

import base64
import gzip
import json
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cli_support import ON, footwall
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import footwall as fw
from footwall.cli.certificate_file import BYTES_MAX

FORM = "ndpr-oxide"


def published(zone: Path, folder: Path, form: str = FORM) -> Path:
    said = footwall("price", form, "--on", ON, "--certificate", folder / form, "--zone", zone)
    assert said.status == 0, said.error
    return folder / f"{form}.json"


def written(folder: Path, content: Any) -> Path:
    path = folder / "given.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_a_published_price_is_equal_and_its_document_is_canonical(signed: Path, tmp_path: Path) -> None:
    path = published(signed, tmp_path)
    told = loaded(path)
    assert rfc8785.dumps(told) == path.read_bytes()
    said = footwall("replay", path)
    assert said.status == 0, said.out
    assert said.out.count("\nEqual.\n") == 1
    assert told["certificate_sha256"] in said.out
    assert "2, each verified: Wei (assessor), Okafor (reviewer)" in said.out


def test_a_stranger_verifies_a_published_price_without_this_program(signed: Path, tmp_path: Path) -> None:
    told = loaded(published(signed, tmp_path))
    assert sha256(rfc8785.dumps(told["certificate"])).hexdigest() == told["certificate_sha256"]
    assert sha256(rfc8785.dumps(told["day"])).hexdigest() == told["document"]
    assert told["day"]["certificates"][FORM] == told["certificate"]
    (kept,) = (signed / "evidence").glob(f"{told['document']}.json.gz")
    assert json.loads(gzip.decompress(kept.read_bytes())) == told["day"]
    for one in told["signatures"]:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(one["public_key"]))
        key.verify(base64.b64decode(one["signature"]), one["message"].encode())
        assert json.loads(one["message"].partition("\n")[2])["document"] == told["document"]
    assert [one["role"] for one in told["signatures"]] == ["assessor", "reviewer"]


def test_a_price_that_nobody_signed_is_published_without_the_whole_day(walked: Path, tmp_path: Path) -> None:
    told = loaded(published(walked, tmp_path))
    assert (told["signatures"], told["day"]) == ([], None)
    assert footwall("replay", tmp_path / f"{FORM}.json").row("signatures") == ["signatures", "none"]


def test_json_of_a_price_and_a_bare_certificate_replay_too(walked: Path, tmp_path: Path) -> None:
    told = json.loads(footwall("price", FORM, "--zone", walked, "--format", "json").out)
    assert footwall("replay", written(tmp_path, told)).status == 0
    bare = footwall("replay", written(tmp_path, told["certificate"]))
    assert bare.status == 0
    assert f"{told['certificate_sha256']} (none is stated)" in bare.out
    assert footwall("replay", written(tmp_path, told | {"price": "1.00"})).status == 1


def test_a_price_that_is_unknown_replays(walked: Path, tmp_path: Path) -> None:
    said = footwall("replay", published(walked, tmp_path, "re-concentrate"))
    assert said.status == 0
    assert "no price (no usable price is known" in said.out


def test_with_its_zone_a_price_is_compared_and_decided_again(signed: Path, tmp_path: Path) -> None:
    said = footwall("replay", published(signed, tmp_path), "--zone", signed)
    assert said.status == 0, said.out
    assert said.row("the zone's record")[1] == "equal"
    assert said.row("computed again from the zone's evidence and rules")[1] == "equal"


def _result(told: dict[str, Any]) -> None:
    told["certificate"]["result"] = "1.00"


def _datum_price(told: dict[str, Any]) -> None:
    told["certificate"]["used"][0]["price"] = "1"


def _method(told: dict[str, Any]) -> None:
    told["certificate"]["rulebook"] = "Other rules"


def _other_key(told: dict[str, Any]) -> None:
    told["signatures"][0]["public_key"] = told["signatures"][1]["public_key"]


def _other_role(told: dict[str, Any]) -> None:
    told["signatures"][0]["role"] = "reviewer"


def _excepted(told: dict[str, Any]) -> None:
    told["signatures"][0]["except"] = [FORM]


def _twice(told: dict[str, Any]) -> None:
    told["signatures"][1] = told["signatures"][0]


def _other_day(told: dict[str, Any]) -> None:
    told["day"]["certificates"]["apt"]["result"] = "1"


def _no_day(told: dict[str, Any]) -> None:
    told["day"] = None


def _other_zone(told: dict[str, Any]) -> None:
    told["zone"]["identity"] = "0" * 64


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_result, "certificate_differs"),
        (_datum_price, "certificate_differs"),
        (_method, "certificate_hash"),
        (_other_key, "signature_forged"),
        (_other_role, "signature_forged"),
        (_excepted, "signature_excepts"),
        (_twice, "signature_forged"),
        (_other_day, "document_differs"),
        (_no_day, "document_missing"),
        (_other_zone, "signature_other"),
    ],
)
def test_whatever_is_changed_in_a_published_price_is_told(signed: Path, tmp_path: Path, change: Any, code: str) -> None:
    told = loaded(published(signed, tmp_path))
    change(told)
    said = footwall("replay", written(tmp_path, told))
    assert said.status == 1
    assert "It differs: " in said.out
    assert code in said.out
    assert "Equal." not in said.out


def test_a_price_that_its_zone_has_not_recorded_is_told_with_each_place(signed: Path, tmp_path: Path) -> None:
    told = loaded(published(signed, tmp_path))
    certificate = told["certificate"] | {"rulebook": "Other rules"}
    said = footwall("replay", written(tmp_path, certificate), "--zone", signed)
    assert said.status == 1
    assert said.row("recomputed from its own contents")[1] == "equal"
    assert said.row("the zone's record")[1] == "differs in 1 place"
    assert said.row("certificate.rulebook")[1] == "Other rules"
    for changes in ({"on": "2024-02-28"}, {"form": "unobtainium"}, {"on": "never"}):
        elsewhere = footwall("replay", written(tmp_path, certificate | changes), "--zone", signed)
        assert elsewhere.status == 1
        assert "certificate_not_of_zone" in elsewhere.out


BESIDE = {"price": "1", "tier": "unit_values", "confidence": "certain", "assumed": None, "status": "carried"}
BESIDE |= {"rests_on": "2024-02-28", "under_floor": True}


@pytest.mark.parametrize("name", BESIDE)
def test_a_figure_beside_the_certificate_that_does_not_follow_from_it_is_told(
    walked: Path, tmp_path: Path, name: str
) -> None:
    told = loaded(published(walked, tmp_path, "cobalt-metal"))
    true, false = told["price"][name], BESIDE[name]
    assert true != false
    for changed in (told | {"price": told["price"] | {name: false}}, _flat(told, {name: false})):
        said = footwall("replay", written(tmp_path, changed))
        assert said.status == 1
        row = said.row(f"{'result' if name == 'price' else name}, beside the certificate")
        words = {None: "nothing", True: "true", False: "false"}
        assert row[1:3] == [words.get(false, false), words.get(true, true)]
    assert footwall("replay", written(tmp_path, _flat(told, {}))).status == 0


def _flat(told: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The same as `price --format json` prints it."""
    return (
        told["price"]
        | {"certificate": told["certificate"], "form": told["certificate"]["form"], "on": told["on"]}
        | changes
    )


@pytest.mark.parametrize(("day", "status"), [("2024-02-28", 1), ("2024-02-29", 0), ("2024-03-01", 0), ("soon", 1)])
def test_json_of_a_price_is_asked_for_on_its_day_or_later(walked: Path, tmp_path: Path, day: str, status: int) -> None:
    told = loaded(published(walked, tmp_path))
    assert footwall("replay", written(tmp_path, _flat(told, {"on": day}))).status == status
    assert footwall("replay", written(tmp_path, told | {"on": "2024-03-01"})).status == 1


def test_what_no_certificate_shows_is_the_zones_to_say(walked: Path, tmp_path: Path) -> None:
    told = loaded(published(walked, tmp_path))
    changes = {
        "notice": told | {"notice": "The law of the land."},
        "zone.name": told | {"zone": told["zone"] | {"name": "Another zone"}},
        "signatures_min": told | {"signatures_min": 1},
        "record.hash": told | {"record": told["record"] | {"hash": "0" * 64}},
        "as_known_at": told | {"as_known_at": "2024-01-01T00:00:00+00:00"},
        "form.stage": told | {"form": told["form"] | {"stage": "mining"}},
    }
    for name, changed in changes.items():
        assert footwall("replay", written(tmp_path, changed)).status == 0, name
        said = footwall("replay", written(tmp_path, changed), "--zone", walked)
        assert said.status == 1, name
        assert said.row("the zone's record")[1] == "differs in 1 place"
        assert name in said.out


def test_the_last_day_of_a_price_built_from_costs_is_only_the_zones_to_say(walked: Path, tmp_path: Path) -> None:
    zone = fw.open_zone(walked)
    form = next(form for form, price in zone.state.latest.items() if price.status == "cost_build")
    told = loaded(published(walked, tmp_path, form))
    path = written(tmp_path, told | {"price": told["price"] | {"rests_on": "2024-02-01"}})
    assert footwall("replay", path).status == 0
    said = footwall("replay", path, "--zone", walked)
    assert said.row("rests_on")[1:3] == ["2024-02-01", told["price"]["rests_on"]]


def test_a_certificate_known_before_an_instant_is_held_against_the_record_of_then(walked: Path, tmp_path: Path) -> None:
    path = tmp_path / "early"
    asked = ("price", FORM, "--as-known-at", "2024-02-10", "--certificate", path, "--zone", walked)
    assert footwall(*asked).status == 0
    said = footwall("replay", f"{path}.json", "--zone", walked)
    assert said.status == 0, said.out


def test_a_changed_certificate_says_what_was_found_and_what_was_expected(walked: Path, tmp_path: Path) -> None:
    told = loaded(published(walked, tmp_path))
    true = told["certificate"]["confidence"]
    false = "high" if true == "low" else "low"
    said = footwall("replay", written(tmp_path, told | {"certificate": told["certificate"] | {"confidence": false}}))
    assert said.row("confidence")[1:3] == [false, true]
    voices = [told["certificate"]["voices"][0] | {"weight": "2"}, *told["certificate"]["voices"][1:]]
    changed = told["certificate"] | {"voices": voices, "liquidity": None, "tier": None}
    out = footwall("replay", written(tmp_path, changed)).out
    assert "observation" in out
    for machine in ("Decimal(", "None", "Voice(", "Liquidity(", "['", "('", "null"):
        assert machine not in out


def test_a_signer_whom_the_zone_knows_by_another_key_is_told(signed: Path, tmp_path: Path) -> None:
    told = loaded(published(signed, tmp_path))
    told["signatures"][0]["person"] = "stranger"
    said = footwall("replay", written(tmp_path, told), "--zone", signed)
    assert "key_not_theirs" in said.out
    assert "nobody of that id is enrolled" in " ".join(said.out.split())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is not JSON"),
        ("[1]", "is JSON, but no certificate of a price"),
        ('{"certificate": {"form": "apt"}}', "is JSON, but no certificate of a price"),
        ('{"form": NaN}', "it holds the number NaN; decimals of a certificate are text"),
        ('{"form": 1.5}', "it holds the number 1.5; decimals of a certificate are text"),
        ('{"form": 9007199254740992}', "which other programs would read as another one"),
        ('{"form": ' + "9" * 9999 + "}", "which other programs would read as another one"),
        ('{"form": 1, "form": 1}', "it holds the key 'form' twice in one object"),
        ("[" * 100_000, "nests deeper than any certificate does"),
        ('{"a":' * 40 + "1" + "}" * 40, "nests deeper than any certificate does"),
        ('{"form": "\\ud800"}', "holds text that is no Unicode"),
    ],
)
def test_a_file_that_is_no_certificate_is_refused_in_words(tmp_path: Path, content: str, told: str) -> None:
    said = footwall("replay", written(tmp_path, content))
    assert said.status == 2
    assert told in said.error
    assert said.out == ""


def test_a_file_that_is_missing_too_large_or_no_text_is_refused_in_words(tmp_path: Path) -> None:
    large, binary = tmp_path / "large.json", tmp_path / "binary.json"
    with large.open("wb") as file:
        file.truncate(BYTES_MAX + 1)
    binary.write_bytes(b"\xff\xfe")
    for path, told in (
        (large, "is larger than 64 MiB"),
        (binary, "is not text in UTF-8"),
        (tmp_path / "none.json", "cannot be read: No such file"),
        (tmp_path, "cannot be read: Is a directory"),
    ):
        said = footwall("replay", path)
        assert said.status == 2
        assert told in said.error


HOSTILE = (None, True, -1, "", "NaN", "1E999", "-5", "9" * 5000, [], {}, [[]], {"unknown": 3}, "= 1 ÷ 0", "× 0", "\x00")


def test_no_wrong_value_anywhere_in_a_certificate_is_a_fault_of_ours(walked: Path, tmp_path: Path) -> None:
    certificate = loaded(published(walked, tmp_path))["certificate"]
    tried = 0
    for number, name in enumerate((*certificate, "used", "terms", "voices", "liquidity")):
        for value in HOSTILE[number % 3 :: 3]:
            said = footwall("replay", written(tmp_path, {"certificate": certificate | {name: value}}))
            assert said.status in {0, 1}, (name, value, said.error)
            tried += 1
    for name in ("used", "combination_steps"):
        for key in certificate[name][0]:
            for value in HOSTILE:
                changed = {name: [certificate[name][0] | {key: value}, *certificate[name][1:]]}
                said = footwall("replay", written(tmp_path, {"certificate": certificate | changed}))
                assert said.status in {0, 1}, (name, key, value, said.error)
                tried += 1
    assert tried > 200


def test_a_price_is_told_as_it_was_known_at_an_instant(signed: Path, tmp_path: Path) -> None:
    early = footwall("price", FORM, "--as-known-at", "2024-02-10", "--zone", signed)
    assert early.status == 0
    assert early.out.startswith("Neodymium-praseodymium oxide (ndpr-oxide, refining) on 2024-01-31")
    assert "--on 2024-01-31 --as-known-at 2024-02-10 --why" in early.out
    assert "As known at the end of 2024-02-10 (UTC), to entry " in early.out
    now = footwall("price", FORM, "--zone", signed)
    assert "As known now, to entry " in now.out
    assert now.row("signatures")[1] == "2 of 2 signatures; signed by Wei (assessor) and Okafor (reviewer)"
    day = fw.open_zone(signed).days[-2]
    at = json.loads(
        footwall("price", FORM, "--as-known-at", f"{day}T23:59:59Z", "--zone", signed, "--format", "json").out
    )
    assert (at["on"], at["as_known_at"]) == (day.isoformat(), f"{day}T23:59:59+00:00")
    assert at["approval"]["signatures"] == []
    never = footwall("price", FORM, "--as-known-at", "2023-12-30T00:00:00+08:00", "--zone", signed)
    assert never.status == 2
    for text in ("yesterday", "2024-02-10T10:00:00", "2024-02-30", "20240210"):
        wrong = footwall("price", FORM, "--as-known-at", text, "--zone", signed)
        assert wrong.status == 2
        assert f"{text!r} is not an instant" in wrong.error


def test_how_many_signatures_are_wanting_is_what_the_rules_of_the_day_ask(short_rules: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    for path in short_rules.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        assert "signatures_min = 2" in text
        (rules / path.name).write_text(text.replace("signatures_min = 2", "signatures_min = 3"), encoding="utf-8")
    zone = fw.init_zone(tmp_path / "zone", rulebook=rules)
    fw.run(fw.open_zone(zone), date(2023, 12, 31))
    public = footwall("people", "key", tmp_path / "wei.pem").out.strip()
    add = ("people", "add", "wei", "--name", "Wei", "--public-key", public, "--role", "assessor", "--zone", zone)
    assert footwall(*add).status == 0
    assert footwall("price", FORM, "--zone", zone).row("signatures")[1] == "0 of 3 signatures"
    assert (
        footwall("sign", "--on", "2023-12-31", "--as", "wei", "--key", tmp_path / "wei.pem", "--zone", zone).status == 0
    )
    one = footwall("price", FORM, "--zone", zone)
    assert one.row("signatures")[1] == "1 of 3 signatures; signed by Wei (assessor)"
    told = json.loads(footwall("price", FORM, "--zone", zone, "--format", "json").out)["approval"]
    assert (told["signatures_min"], told["approved"]) == (3, False)
