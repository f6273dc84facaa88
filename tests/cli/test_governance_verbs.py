"""People, signatures, conflicts, judgement and complaints on the command line."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli_support import ON, Said, footwall, footwall_program
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import footwall as fw

REASON = "The sale was published after that day"


def signed(zone: Path, person: str, *more: object, on: str = ON, key: str = "") -> Said:
    return footwall(
        "sign", "--on", on, "--as", person, "--key", zone.parent / f"{key or person}.pem", *more, "--zone", zone
    )


def words(text: str) -> str:
    return " ".join(text.split())


def told_json(*command: object) -> dict[str, Any]:
    said = footwall(*command, "--format", "json")
    assert said.status == 0, said.error
    found: dict[str, Any] = json.loads(said.out)
    return found


def test_a_key_is_made_printed_by_its_public_half_and_never_written_over(tmp_path: Path) -> None:
    said = footwall("people", "key", tmp_path / "wei.pem")
    assert said.status == 0
    assert len(base64.b64decode(said.out)) == 32
    again = footwall("people", "key", tmp_path / "wei.pem")
    assert again.status == 2
    assert "is there already, and a key is never written over: name another file" in again.error


def test_people_are_listed_with_roles_and_the_day_they_left(staffed: Path) -> None:
    assert footwall("people", "leave", "ana", "--zone", staffed).out.startswith(
        "ana has left. What they signed stands."
    )
    said = footwall("people", "list", "--zone", staffed)
    assert said.row("wei ")[:4] == ["wei", "Wei", "assessor", ON]
    assert said.row("ana ")[2:5] == ["none", ON, ON]
    people = told_json("people", "list", "--zone", staffed)["people"]
    assert [(one["person"], one["roles"], one["left_on"]) for one in people] == [
        ("wei", ["assessor"], None),
        ("okafor", ["reviewer"], None),
        ("ana", [], ON),
    ]


def test_nobody_enrolled_no_conflict_no_judgement_and_no_complaint_are_said_so(walked: Path) -> None:
    assert footwall("people", "list", "--zone", walked).out == "Nobody is enrolled yet: footwall people add.\n"
    assert footwall("conflict", "list", "--zone", walked).out == "No conflict is declared.\n"
    assert footwall("judgements", "--zone", walked).out == "No judgement is recorded.\n"
    assert footwall("complaints", "--zone", walked).out == "No complaint was filed.\n"
    assert footwall("complaints", "--open", "--zone", walked).out == "No complaint is open.\n"
    assert "Nobody has signed them yet" in footwall("signatures", "--zone", walked).out


def test_two_people_sign_a_day_and_a_second_command_changes_nothing(staffed: Path) -> None:
    forms = len(told_json("signatures", "--zone", staffed)["forms"])
    first = signed(staffed, "wei")
    assert f"wei has signed the prices of {ON} as assessor: {forms} forms." in first.out
    head = fw.open_zone(staffed).head
    again = signed(staffed, "wei")
    assert again.status == 0
    assert f"Nothing changed: wei signed it as assessor on {ON}." in again.out
    assert fw.open_zone(staffed).head == head
    one = footwall("signatures", "--needed", "2", "--zone", staffed)
    assert one.row("signed by one; 1 more needed, no reviewer among them")[1] == str(forms)
    assert signed(staffed, "okafor").status == 0
    both = footwall("signatures", "--needed", "2", "--zone", staffed)
    assert both.row("signed by two")[1] == str(forms)
    assert both.row("wei ") == ["wei", "Wei", "assessor", ON, "all forms", "yes"]


def test_a_conflict_takes_its_forms_out_of_a_signature_before_and_after_it_is_given(staffed: Path) -> None:
    declare = ("conflict", "declare", "wei", "--nature", "Holds shares", "--from", "2024-01-01", "--zone", staffed)
    assert "Declared conflict 1 of wei, in apt." in footwall(*declare, "--form", "apt").out
    assert "It does not cover apt, in which wei has a conflict." in signed(staffed, "wei").out
    assert footwall(*declare, "--form", "cobalt-metal").status == 0
    assert footwall("signatures", "--zone", staffed).row("wei ")[4:] == [
        "all but apt",
        "but for cobalt-metal: a conflict declared later",
    ]
    forms = told_json("signatures", "--zone", staffed)["forms"]
    assert [forms[form] for form in ("apt", "cobalt-metal", "ndpr-oxide")] == [[], [], ["wei"]]
    listed = footwall("conflict", "list", "--zone", staffed)
    assert listed.row("1 ") == ["1", "wei", "apt", "Holds shares", "2024-01-01", "–"]
    ended = footwall("conflict", "end", "1", "--last", "2024-12-31", "--zone", staffed)
    assert "Conflict 1 ends on 2024-12-31." in ended.out
    assert told_json("conflict", "list", "--zone", staffed)["conflicts"][0]["valid_to"] == "2024-12-31"


@pytest.mark.parametrize(
    ("person", "more", "code"),
    [
        ("nobody", {"key": "wei"}, "person_unknown"),
        ("wei", {"key": "okafor"}, "key_not_theirs"),
        ("ana", {}, "role_lacked"),
        ("wei", {"on": "2024-02-28"}, "day_not_published"),
    ],
)
def test_a_signature_that_may_not_be_is_refused_in_words(
    staffed: Path, person: str, more: dict[str, str], code: str
) -> None:
    head = fw.open_zone(staffed).head
    said = signed(staffed, person, **more)  # type: ignore[arg-type]
    assert said.status == 2
    assert "refused, and nothing is recorded" in said.error
    assert code in said.error
    assert "Traceback" not in said.error
    assert fw.open_zone(staffed).head == head


def test_a_document_other_than_the_one_looked_at_is_not_signed(staffed: Path) -> None:
    document = told_json("signatures", "--zone", staffed)["document"]
    assert "document_restated" in signed(staffed, "wei", "--document", "0" * 64).error
    assert signed(staffed, "wei", "--document", document).status == 0


def test_a_key_that_others_can_read_or_that_is_missing_is_refused(staffed: Path) -> None:
    (staffed.parent / "wei.pem").chmod(0o644)
    assert "others can read the key" in signed(staffed, "wei").error
    missing = signed(staffed, "wei", key="lost")
    assert missing.status == 2
    assert "cannot be read" in missing.error


def test_what_json_tells_is_all_that_a_stranger_needs_to_verify_a_signature(staffed: Path) -> None:
    signed(staffed, "wei")
    told = told_json("signatures", "--on", ON, "--zone", staffed)
    (one,) = told["signatures"]
    said = {key: one[key] for key in ("document", "except", "on", "person", "role", "zone")}
    message = b"footwall/prices-signed/1\n" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    assert one["message"].encode() == message
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(one["public_key"]))
    key.verify(base64.b64decode(one["signature"]), message)
    assert (staffed / told["evidence"]).is_file()
    assert told["document"] in told["evidence"]
    assert one["zone"] == told["zone"] == fw.open_zone(staffed).journal.entries()[0].hash


def test_a_day_for_which_no_price_was_published_has_no_signatures(walked: Path) -> None:
    said = footwall("signatures", "--on", "2024-02-28", "--zone", walked)
    assert said.status == 2
    assert "no prices were published for 2024-02-28; the last before it are those of 2024-01-31" in said.error


def test_a_judgement_is_recorded_for_a_day_to_come_only(short_rules: Path, tmp_path: Path) -> None:
    zone = tmp_path / "zone"
    footwall("init", zone, "--rulebook", short_rules)
    for person in ("wei", "okafor"):
        key = footwall("people", "key", tmp_path / f"{person}.pem").out.strip()
        footwall("people", "add", person, "--name", person, "--public-key", key, "--zone", zone)
    reasons = ("--reason", "No deal since the export ban", "--basis", "Bids", "--author", "wei", "--approver", "okafor")
    judge = ("judge", "cobalt-metal", *reasons, "--zone", zone)
    said = footwall(*judge, "--on", "2023-12-31", "--price", "48.50")
    assert "Recorded for cobalt-metal on 2023-12-31: 48.5 USD/kg where the method yields no price." in said.out
    assert "Nothing changed: it is judgement 1" in footwall(*judge, "--on", "2023-12-31", "--price", "48.50").out
    assert "judgement_price" in footwall(*judge, "--on", "2023-12-31", "--price", "49").error
    assert "day_not_of_walk" in footwall(*judge, "--on", "2023-12-30", "--price", "49").error
    for wrong in ((), ("--price", "1", "--exclude", "x")):
        neither = footwall(*judge, "--on", "2023-12-31", *wrong)
        assert neither.status == 2
        assert "a judgement is one of two: --exclude ID, or --price NUMBER" in neither.error
    assert told_json("judgements", "--zone", zone)["judgements"][0]["price"] == "48.50"
    assert footwall("judgements", "--zone", zone).row("1 ")[:4] == ["1", "cobalt-metal", "2023-12-31", "48.5"]
    assert footwall("judgements", "--form", "apt", "--zone", zone).out == "No judgement is recorded.\n"
    assert footwall("run", zone, "--through", "2023-12-31").status == 0
    assert "day_walked" in footwall(*judge, "--on", "2023-12-31", "--price", "50").error


def test_a_complaint_is_filed_listed_with_its_age_and_answered_by_somebody_apart(staffed: Path) -> None:
    signed(staffed, "wei")
    file = ("complain", "apt", "--on", ON, "--by", "Acme Metals", "--text", "A sale is missing", "--zone", staffed)
    assert f"Filed complaint 1 of Acme Metals: apt on {ON}." in footwall(*file).out
    assert f"Nothing changed: it is complaint 1, filed on {ON}." in footwall(*file).out
    shown = footwall("complaints", "--open", "--zone", staffed)
    assert shown.row("1 ") == ["1", "apt", ON, "Acme Metals", "A sale is missing", ON, "0", "open", "–", "–"]
    answer = ("answer", "1", "--outcome", "dismissed", "--reason", REASON, "--zone", staffed)
    refused = footwall(*answer, "--author", "wei")
    assert refused.status == 2
    assert "who signed that price as assessor" in words(refused.error)
    assert "Complaint 1 is dismissed, answered by ana." in footwall(*answer, "--author", "ana").out
    assert "Nothing changed" in footwall(*answer, "--author", "ana").out
    assert footwall("complaints", "--open", "--zone", staffed).out == "No complaint is open.\n"
    (told,) = told_json("complaints", "--zone", staffed)["complaints"]
    assert (told["outcome"], told["author"], told["age_days"], told["correction"]) == ("dismissed", "ana", 0, None)


def test_a_record_with_all_of_it_verifies_and_the_zone_is_whole(staffed: Path) -> None:
    signed(staffed, "wei")
    signed(staffed, "okafor")
    footwall("complain", "apt", "--on", ON, "--by", "Acme", "--text", "A sale is missing", "--zone", staffed)
    assert footwall("journal", "verify", "--zone", staffed).status == 0
    assert footwall("check", "--zone", staffed).status == 0
    assert "Nothing changed" in footwall("run", staffed).out


@pytest.mark.parametrize(
    "verb",
    [
        "people add", "people key", "people list", "people leave", "conflict declare", "conflict end", "conflict list",
        "sign", "signatures", "judge", "judgements", "complain", "answer", "complaints",
    ],
)  # fmt: skip
def test_every_verb_says_how_it_is_used(verb: str) -> None:
    said = footwall(*verb.split(), "--help")
    assert said.status == 0
    examples = said.out.partition("Examples:")[2]
    assert re.search(rf"^ +footwall {verb}\b", examples, re.MULTILINE), said.out


def test_the_program_signs_as_the_tests_do(staffed: Path) -> None:
    said = footwall_program(
        "sign", "--on", ON, "--as", "wei", "--key", "wei.pem", "--zone", "zone", folder=staffed.parent
    )
    assert said.status == 0, said.error
    assert said.error == ""
