"""Governance in a zone's record: between the days, in one transaction, known to whoever asks later."""

import base64
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from desk_support import MadeOnce

from footwall.desk import (
    Zone,
    add_person,
    answer_complaint,
    approval,
    declare_conflict,
    end_conflict,
    file_complaint,
    govern,
    init_zone,
    judgements_for,
    make_judgement,
    make_key,
    open_zone,
    priced_day,
    read_key,
    remove_person,
    run,
    sign_prices,
    signatures_on,
    state_from,
    today,
    verify_zone,
)
from footwall.desk.events import entry_of, event_of
from footwall.desk.governance import PricesSigned, SignPrices
from footwall.errors import InputError, JournalError, UsageError
from footwall.journal import Journal, SimulatedClock

MARCH = date(2024, 3, 31)
PUBLISHED = date(2024, 3, 28)
"""The last working day of March in London: Good Friday is the day after it."""


def staff(zone: Zone, keys: Path) -> None:
    """wei assesses and okafor reviews."""
    keys.mkdir(exist_ok=True)
    for person, role in (("wei", "assessor"), ("okafor", "reviewer"), ("ana", None)):
        made = make_key(keys / f"{person}.pem")
        add_person(zone, person, person.title(), made.public_key, (role,) if role else ())  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def governed_template(to_march_template: Path, made_once: MadeOnce) -> Path:
    """A zone walked to March 2024, with a month still to walk, and people in it."""

    def fill(folder: Path) -> None:
        staff(open_zone(shutil.copytree(to_march_template, folder / "zone")), folder / "keys")

    return made_once("governed", fill)


@pytest.fixture
def governed(governed_template: Path, tmp_path: Path) -> Zone:
    """A copy of it."""
    shutil.copytree(governed_template, tmp_path, dirs_exist_ok=True)
    return open_zone(tmp_path / "zone")


def test_what_people_do_between_the_days_leaves_the_days_as_they_were(
    governed: Zone, walked_template: Path, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    declare_conflict(governed, "okafor", ("apt",), "Holds shares of a smelter", valid_from=date(2024, 1, 1))
    sign_prices(governed, PUBLISHED, "wei", keys / "wei.pem")
    sign_prices(governed, PUBLISHED, "okafor", keys / "okafor.pem")
    file_complaint(governed, "apt", PUBLISHED, "Acme", "Our sale of March is missing")
    answer_complaint(governed, 1, "dismissed", reason="It was published in April", author="ana")
    make_judgement(
        governed,
        "cobalt-metal",
        date(2024, 4, 30),
        "price",
        price=Decimal("48.50"),
        reason="No deal since the export ban",
        basis="Bids of April",
        author="wei",
        approver="okafor",
    )
    end_conflict(governed, 1, date(2024, 12, 31))
    remove_person(governed, "okafor")
    run(governed)
    plain = open_zone(walked_template)
    assert governed.days == plain.days
    for day in plain.days:
        assert governed.state_on(day).measures == plain.state_on(day).measures
        assert {form: one.price for form, one in governed.state_on(day).latest.items()} == {
            form: one.price for form, one in plain.state_on(day).latest.items()
        }
    assert verify_zone(governed.folder) == ()
    again = open_zone(governed.folder)
    assert again.state == governed.state == state_from(governed.journal.entries())
    assert approval(again.state, PUBLISHED, "cobalt-metal", 2).status == "signed by two"
    assert approval(again.state, PUBLISHED, "apt", 2).status.startswith("signed by one")
    assert signatures_on(again.state, date(2024, 4, 30), "apt") == ()
    assert list(judgements_for(again.state, date(2024, 4, 30))) == ["cobalt-metal"]


def test_a_zone_in_which_nobody_acts_ends_on_the_head_it_always_had(folder: Path, walked_template: Path) -> None:
    zone = open_zone(folder)
    run(zone)
    assert zone.head == open_zone(walked_template).head
    assert {entry.kind for entry in zone.journal.entries()} <= {
        "facts_adopted",
        "rulebook_adopted",
        "reference_prices_set",
        "floors_reviewed",
        "ladders_checked",
        "tariffs_adjusted",
        "schedule_published",
        "day_closed",
    }


def test_people_may_be_enrolled_before_the_first_day(folder: Path, walked_template: Path, tmp_path: Path) -> None:
    zone = open_zone(folder)
    staff(zone, tmp_path / "keys")
    run(zone)
    assert zone.days == open_zone(walked_template).days
    assert zone.state.governance.people["wei"].on == zone.rulebooks.first_day
    assert verify_zone(folder) == ()


def test_as_known_before_a_signature_nobody_has_signed(governed: Zone, tmp_path: Path) -> None:
    before = governed.recorded_at
    assert before is not None
    sign_prices(governed, PUBLISHED, "wei", tmp_path / "keys" / "wei.pem")
    assert signatures_on(open_zone(governed.folder, as_known_at=before).state, PUBLISHED, "apt") == ()
    then = open_zone(governed.folder, as_known_at=before + timedelta(seconds=1))
    assert [one.person for one in signatures_on(then.state, PUBLISHED, "apt")] == ["wei"]


def test_a_command_sent_twice_is_one_entry(governed: Zone, tmp_path: Path) -> None:
    wei = tmp_path / "keys" / "wei.pem"
    steps: list[Callable[[Zone], object]] = [
        lambda zone: sign_prices(zone, PUBLISHED, "wei", wei)[1],
        lambda zone: declare_conflict(zone, "ana", "all", "Works for a trader"),
        lambda zone: end_conflict(zone, 1, MARCH + timedelta(days=1)),
        lambda zone: file_complaint(zone, "apt", PUBLISHED, "Acme", "A sale is missing"),
        lambda zone: answer_complaint(zone, 1, "withdrawn", reason="The complainant took it back", author="okafor"),
        lambda zone: remove_person(zone, "ana"),
    ]
    for step in steps:
        step(governed)
        head = governed.head
        again = step(open_zone(governed.folder))
        assert again.event is None  # type: ignore[attr-defined]
        assert again.already  # type: ignore[attr-defined]
        assert open_zone(governed.folder).head == head


def test_of_two_who_decided_on_the_same_state_the_later_is_told(governed: Zone) -> None:
    other = open_zone(governed.folder)
    file_complaint(governed, "apt", PUBLISHED, "Acme", "A sale is missing")
    with pytest.raises(JournalError, match=r"the journal has gone on since the zone in .* was opened: open it again"):
        file_complaint(other, "apt", PUBLISHED, "Other", "Another sale is missing")
    assert len(open_zone(governed.folder).state.governance.complaints) == 1


def test_a_refusal_tells_every_reason_and_records_nothing(governed: Zone) -> None:
    head = governed.head
    with pytest.raises(InputError) as refused:
        make_judgement(
            governed, "apt", MARCH, "price", price=Decimal(0), reason="short", basis="x", author="wei", approver="wei"
        )
    assert {one.code for one in refused.value.problems} == {
        "day_walked",
        "approver_is_author",
        "text_malformed",
        "judgement_price",
    }
    assert governed.head == head == open_zone(governed.folder).head


def test_an_observation_is_known_by_its_id_in_the_facts(governed: Zone) -> None:
    seen = governed.grounds.observations["apt"][0].observation
    told = {"reason": "The quote is of a lot never delivered", "basis": "Letter", "author": "wei", "approver": "okafor"}
    with pytest.raises(InputError, match="observation_unknown"):
        make_judgement(governed, "cobalt-metal", date(2024, 4, 30), "exclude", observations=(seen,), **told)
    make_judgement(governed, "apt", date(2024, 4, 30), "exclude", observations=(seen,), **told)
    assert judgements_for(governed.state, date(2024, 4, 30))["apt"][0].observations == (seen,)


def test_a_signature_forged_into_the_record_is_found_and_counts_for_nothing(governed: Zone, tmp_path: Path) -> None:
    sign_prices(governed, PUBLISHED, "wei", tmp_path / "keys" / "wei.pem")
    entry = governed.journal.entries()[-1]
    event = event_of(entry)
    assert isinstance(event, PricesSigned)
    forged = [
        PricesSigned(PUBLISHED, "okafor", "reviewer", event.document, (), event.zone, MARCH, event.signature),
        PricesSigned(PUBLISHED, "wei", "assessor", event.document, (), "b" * 64, MARCH, event.signature),
    ]
    clock = SimulatedClock(entry.recorded_at)
    journal = Journal.open(governed.folder / "journal.sqlite", clock=clock)
    journal.append([entry_of(one, MARCH, f"forged-{number}") for number, one in enumerate(forged)], governed.head)
    found = verify_zone(governed.folder)
    assert [one.code for one in found] == ["signature_forged"] * 2
    assert "not okafor's over what it says" in found[0].found
    assert found[1].found == "a signature for the zone bbbbbbbbbbbb…"
    assert [one.row for one in found] == [entry.sequence + 1, entry.sequence + 2]
    state = open_zone(governed.folder).state
    assert [one.person for one in signatures_on(state, PUBLISHED, "apt")] == ["wei"]


def test_a_signature_of_one_zone_is_none_in_another_with_the_same_prices_and_people(
    governed: Zone, tmp_path: Path
) -> None:
    day, wei = date(2023, 11, 30), tmp_path / "keys" / "wei.pem"
    said, _ = sign_prices(governed, day, "wei", wei)
    rules = governed.folder / "rulebook"
    other = open_zone(init_zone(tmp_path / "other", rulebook=rules, simulated_clock=False))
    run(other, day)
    add_person(other, "wei", "Wei", read_key(wei).public_key, ("assessor",))
    priced = priced_day(other.state, day)
    assert priced is not None
    assert priced.document == said.document
    assert other.identity == other.journal.entries()[0].hash != governed.identity
    told = SignPrices(
        said, read_key(wei).sign(said.message), read_key(wei).public_key, priced, other.identity, today(other)
    )
    with pytest.raises(InputError, match="signature_other_zone"):
        govern(other, told)
    with pytest.raises(InputError, match="signature_forged"):
        govern(other, replace(told, statement=replace(said, zone=other.identity)))
    assert sign_prices(other, day, "wei", wei)[1].event is not None
    assert other.state.governance.signatures[day][0].signed_on == datetime.now(UTC).date()


def test_the_day_that_is_signed_has_the_document_that_the_journal_names(governed: Zone) -> None:
    priced = priced_day(governed.state, PUBLISHED)
    (entry,) = [one for one in governed.journal.entries(kind="reference_prices_set") if one.effective_on == PUBLISHED]
    assert priced is not None
    assert entry.payload["evidence"] == {"certificates": priced.document}
    told = governed.evidence.get_json(priced.document)["certificates"]
    assert isinstance(told, dict)
    assert priced.forms == told.keys()
    assert priced_day(governed.state, PUBLISHED - timedelta(days=1)) is None


def test_a_key_is_made_once_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "wei.pem"
    made = make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text(encoding="ascii").startswith("-----BEGIN PRIVATE KEY-----\n")
    assert len(base64.b64decode(made.public_key)) == 32
    assert read_key(path).public_key == made.public_key
    assert read_key(path).sign(b"x") == made.sign(b"x")
    assert made.public_key in repr(made)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is there already, and a key is never written over"):
        make_key(path)
    assert path.read_bytes() == before
    with pytest.raises(UsageError, match="cannot be written"):
        make_key(tmp_path / "no" / "such.pem")


def test_a_file_that_is_no_key_or_that_others_can_read_is_refused(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    path = tmp_path / "wei.pem"
    with pytest.raises(UsageError, match="cannot be read"):
        read_key(path)
    make_key(path)
    path.chmod(0o640)
    with pytest.raises(UsageError, match="others can read the key"):
        read_key(path)
    other = X25519PrivateKey.generate()
    for text in (
        b"",
        b"no key",
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
    ):
        path.write_bytes(text)
        path.chmod(0o600)
        with pytest.raises(UsageError, match="holds no Ed25519 private key in PEM without a password"):
            read_key(path)
