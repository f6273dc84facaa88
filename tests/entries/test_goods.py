"""Goods that are kept: withdrawn in parts at the day's own rate, never more than is there; sent out again; kept too long."""

from datetime import date, timedelta
from decimal import Decimal

from entry_samples import CENT, ENTERED, NOT_LATE, amounts, assessed, done, filed, filing, line, refused
from hypothesis import given
from hypothesis import strategies as st

from footwall.entries import (
    NOTHING,
    BondLodged,
    Decided,
    EntryBook,
    call_bond,
    cancel,
    close,
    file_entry,
    goods_leave,
    lodge_bond,
    part_of,
    standing,
)

ON = date(2025, 7, 15)
FIVE_YEARS = date(2030, 3, 31)
ONE_DAY = timedelta(days=1)
WHY = "a reason of some length"


def stored(book: EntryBook | None = None) -> EntryBook:
    kept = assessed(line(entry_type="warehouse"), NOTHING)
    return filed(kept, entry="W-1", kind="warehouse", book=book)


def withdrawn(book: EntryBook, mass: str, on: date = ON, entry: str = "E-1") -> EntryBook:
    part = part_of(book.entries["W-1"], "L1", Decimal(mass), on, CENT)
    command = filing(assessed(part), entry=entry, parent="W-1", taken={"L1": Decimal(mass)}, filed_on=on)
    return done(book, file_entry(book, command))


def test_a_part_is_entered_on_its_day_and_the_rest_stays() -> None:
    book = withdrawn(stored(), "333.3")
    part = book.entries["E-1"].filed.lines[0].line
    assert (part.entry_type, part.entry_date, part.customs_value) == ("withdrawal", ON, Decimal("9999.00"))
    assert book.entries["E-1"].balance == Decimal(1100)
    assert book.entries["W-1"].lines["L1"].left_kg == Decimal("666.7")
    assert standing(book.entries["W-1"], ON) == "kept"


def test_a_part_of_the_value_is_cut_to_the_coin_and_the_last_part_takes_the_rest() -> None:
    kept = assessed(line(mass="3", value="100", entry_type="warehouse"), NOTHING)
    book = filed(kept, entry="W-1", kind="warehouse")
    first = part_of(book.entries["W-1"], "L1", Decimal(2), ON, CENT)
    book = done(book, goods_leave(book, "W-1", {"L1": Decimal(2)}, ON, "bl-1"))
    last = part_of(book.entries["W-1"], "L1", Decimal(1), ON, CENT)
    assert (first.customs_value, last.customs_value) == (Decimal("66.66"), Decimal("33.34"))


def test_all_that_is_there_may_be_taken_and_no_gram_more() -> None:
    book = stored()
    too_much = filing(assessed(line(on=ON)), entry="E-1", parent="W-1", taken={"L1": Decimal("1000.001")}, filed_on=ON)
    assert refused(file_entry(book, too_much)) == ["goods_not_there"]
    book = withdrawn(book, "1000")
    assert standing(book.entries["W-1"], ON) == "gone"
    assert refused(goods_leave(book, "W-1", {"L1": Decimal(1)}, ON, "bl-1")) == ["entry_stage"]


def test_what_cannot_be_taken_is_told() -> None:
    book = stored()
    assert refused(goods_leave(book, "W-1", {}, ON, "bl-1")) == ["goods_none"]
    wrong = {"L9": Decimal(1), "L1": Decimal(0)}
    assert refused(goods_leave(book, "W-1", wrong, ON, "bl-1")) == ["line_unknown", "mass_not_positive"]
    other = filing(assessed(line(on=ON)), account="zenith", parent="W-1", taken={"L1": Decimal(1)}, filed_on=ON)
    assert refused(file_entry(book, other)) == ["account_of_another"]
    nowhere = filing(assessed(line(on=ON)), parent="W-9", taken={"L1": Decimal(1)}, filed_on=ON)
    assert refused(file_entry(book, nowhere)) == ["entry_unknown"]


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.decimals("0.01", "99999.99", places=2), st.booleans())
def test_all_parts_together_are_the_whole_to_the_coin(masses: list[int], value: Decimal, sent_out: bool) -> None:
    whole = sum(masses)
    kept = assessed(
        line(mass=str(whole), value=str(value), freight_insurance=Decimal("77.77"), entry_type="warehouse"), NOTHING
    )
    book = filed(kept, entry="W-1", kind="warehouse")
    values, freights = [], []
    for number, mass in enumerate(masses):
        part = part_of(book.entries["W-1"], "L1", Decimal(mass), ON, CENT)
        values.append(part.customs_value)
        freights.append(part.freight_insurance or Decimal(0))
        if sent_out and number == 0:
            book = done(book, goods_leave(book, "W-1", {"L1": Decimal(mass)}, ON, f"bl-{number}"))
        else:
            book = withdrawn(book, str(mass), ON, f"E-{number}")
    assert (sum(values), sum(freights)) == (value, Decimal("77.77"))
    assert min(values) >= 0
    assert standing(book.entries["W-1"], ON) == "gone"


def test_goods_go_out_once_under_one_reference_and_then_the_entry_is_closed() -> None:
    book = done(stored(), goods_leave(stored(), "W-1", {"L1": Decimal(1000)}, ON, "bl-1"))
    same = goods_leave(book, "W-1", {"L1": Decimal(1000)}, ON, "bl-1")
    assert isinstance(same, Decided)
    assert not same.events
    assert standing(done(book, close(book, "W-1", ON)).entries["W-1"], ON) == "closed"
    assert refused(close(stored(), "W-1", ON)) == ["entry_stage"]


def test_goods_are_kept_up_to_the_last_day_of_the_rule() -> None:
    book = stored()
    assert withdrawn(book, "1", FIVE_YEARS).entries["E-1"].filed.on == FIVE_YEARS
    assert standing(book.entries["W-1"], FIVE_YEARS + ONE_DAY) == "kept too long"
    assert refused(goods_leave(book, "W-1", {"L1": Decimal(1)}, FIVE_YEARS + ONE_DAY, "bl")) == ["entry_stage"]


def test_an_entry_with_withdrawals_is_not_cancelled_nor_is_a_withdrawal() -> None:
    book = withdrawn(stored(), "1")
    assert refused(cancel(book, "W-1", ON, WHY)) == ["entry_has_withdrawals"]
    assert refused(cancel(book, "E-1", ON, WHY)) == ["entry_is_withdrawal"]
    assert standing(done(stored(), cancel(stored(), "W-1", ON, WHY)).entries["W-1"], ON) == "cancelled"


def test_a_bond_for_goods_that_are_kept_holds_their_security_and_no_more() -> None:
    assert admitted("2200").bonds["B-1"].entries == ("T-1",)
    one = assessed(line(entry_type="temporary"), amounts(ordinary="0", floor="0", security="2200"))
    assert refused(file_entry(bonded("2199.99"), filing(one, kind="temporary", bond="B-1"))) == ["bond_insufficient"]


def bonded(amount: str) -> EntryBook:
    bond = BondLodged("B-1", "acme", "single", Decimal(amount), ENTERED, None, ENTERED)
    return done(EntryBook(), lodge_bond(EntryBook(), bond))


def admitted(amount: str = "40000") -> EntryBook:
    one = assessed(line(entry_type="temporary"), amounts(ordinary="0", floor="0", security="2200"))
    return filed(one, entry="T-1", kind="temporary", bond="B-1", book=bonded(amount))


def test_goods_for_a_time_need_a_bond_for_their_security_and_returned_they_set_it_free() -> None:
    one = assessed(line(entry_type="temporary"), amounts(ordinary="0", floor="0", security="2200"))
    assert refused(file_entry(EntryBook(), filing(one, kind="temporary"))) == ["bond_needed"]
    book = admitted()
    assert (book.entries["T-1"].security, book.entries["T-1"].balance) == (Decimal(2200), 0)
    half = done(book, goods_leave(book, "T-1", {"L1": Decimal(500)}, ON, "bl-1"))
    assert half.entries["T-1"].security == Decimal(2200)
    back = done(half, goods_leave(half, "T-1", {"L1": Decimal(500)}, ON, "bl-2"))
    assert back.entries["T-1"].security == 0


def test_goods_for_a_time_are_converted_on_the_last_day_and_called_for_after_it() -> None:
    book, last = admitted(), date(2026, 3, 31)
    part = part_of(book.entries["T-1"], "L1", Decimal(1000), last, CENT)
    assert part.entry_type == "consumption"
    command = filing(assessed(part), entry="E-2", parent="T-1", taken={"L1": Decimal(1000)}, filed_on=last)
    converted = done(book, file_entry(book, command))
    assert (converted.entries["T-1"].security, converted.entries["E-2"].balance) == (0, Decimal(1100))
    assert refused(call_bond(book, "T-1", last, 30, NOT_LATE)) == ["entry_stage"]
    called = done(book, call_bond(book, "T-1", last + ONE_DAY, 30, NOT_LATE))
    assert (called.entries["T-1"].security, called.entries["T-1"].balance) == (0, 0)
    assert called.bonds["B-1"].called == Decimal(2200)
