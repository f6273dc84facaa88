"""Printed rates of real tariffs: read exactly and as a whole, or told with their place and their words."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footwall.facts import FREE, DutyRate, PrintedRate, SpecificRate, UnreadRate, read_rate, read_special
from footwall.facts.rate_text import DIGITS_MAX, ELEMENTS, PLACES_MAX, TEXT_MAX

# Wordings of the Harmonized Tariff Schedule of the United States, HTS 2025 (April), beside their lines.
US = {
    "2603.00.00": ("1.7¢/kg on lead content", "0.017 USD/kg on lead content"),
    "2607.00.00": ("1.1¢/kg on lead content", "0.011 USD/kg on lead content"),
    "2611.00.60": ("37.5¢/kg on tungsten content", "0.375 USD/kg on tungsten content"),
    "2611.00.60 column 2": ("$1.10/kg on tungsten content", "1.1 USD/kg on tungsten content"),
    "2613.10.00": ("12.8¢/kg on molybdenum content + 1.8%", "1.8 % + 0.128 USD/kg on molybdenum content"),
    "2511.10.50": ("$1.25/t", "1.25 USD/t"),
    "2603.00.00 column 2": (
        "8.8¢/kg on copper content + 3.3¢/kg on lead content + 3.7¢/kg on zinc content",
        "0.088 USD/kg on copper content + 0.033 USD/kg on lead content + 0.037 USD/kg on zinc content",
    ),
    "2504.10.10 column 2": ("3.6¢/kg", "0.036 USD/kg"),
    "two blanks": ("0.6¢/kg +30%", "30 % + 0.006 USD/kg"),
    "2805.30.00": ("5%", "5 %"),
    "free": ("Free", "Free"),
}
# Wordings of the Combined Nomenclature and of TARIC, Annex I to Regulation (EEC) No 2658/87, with their signs in full.
EU = {
    "0705 11 00": ("12 % MIN 2 EUR/100 kg/net", "12 % MIN 2 EUR/100 kg"),
    "2401 10 35": ("11.2 % MIN 22 EUR/100 kg/net MAX 56 EUR/100 kg/net", "11.2 % MIN 22 EUR/100 kg MAX 56 EUR/100 kg"),
    "0703 20 00": ("9.6 % + 120 EUR/100 kg/net", "9.6 % + 120 EUR/100 kg"),
    "in units of TARIC": ("12.000 % MIN 2.000 EUR/DTN", "12 % MIN 2 EUR/100 kg"),
    "a most alone": ("10 % MAX 45 EUR/t", "10 % MAX 45 EUR/t"),
    "a compound limit": ("9 % MAX 5 % + 2 EUR/t", "9 % MAX 5 % + 2 EUR/t"),
    "sign after": ("93.1 €/100 kg", "93.1 EUR/100 kg"),
}


@pytest.mark.parametrize(("text", "canonical"), US.values(), ids=US)
def test_the_wording_of_the_united_states_is_read(text: str, canonical: str) -> None:
    assert str(read_rate(text, "USD")) == canonical


@pytest.mark.parametrize(("text", "canonical"), EU.values(), ids=EU)
def test_the_wording_of_the_european_union_is_read(text: str, canonical: str) -> None:
    assert str(read_rate(text, "EUR")) == canonical


@pytest.mark.parametrize(
    ("text", "currency", "canonical"),
    [
        ("4.68¢/kg but not less than 12.5%", "CAD", "0.0468 CAD/kg MIN 12.5 %"),
        ("10% or 125 yen/kg, whichever is the greater", "JPY", "10 % MIN 125 JPY/kg"),
        ("10% or ¥125/kg, whichever is the less", "JPY", "10 % MAX 125 JPY/kg"),
        ("¥3/kg", "CNY", "3 CNY/kg"),
        ("£1.50 / 100 kg", "GBP", "1.5 GBP/100 kg"),
        ("1.5 GBP/100 kg", "EUR", "1.5 GBP/100 kg"),
        ("25% ad val.", "USD", "25 %"),
        ("10 % MAX 45 EUR/t MIN 5 EUR/t", "EUR", "10 % MIN 5 EUR/t MAX 45 EUR/t"),
    ],
)
def test_other_wordings_of_the_same_are_read(text: str, currency: str, canonical: str) -> None:
    assert str(read_rate(text, currency)) == canonical


@pytest.mark.parametrize(
    ("text", "position", "found", "why"),
    [
        ("", 1, "nothing", "it is empty"),
        ("See 9903.88.03", 1, "'See'", "it refers to another place of the tariff"),
        ("The rate applicable to the article", 1, "'The'", "it refers to another place of the tariff"),
        ("2.5% on the value of the lead content", 6, "'on'", "it is taken on the value of a part of the goods, which no line states"),
        ("$22.95/m3", 8, "'m3'", "it is taken on another unit than net mass in kilograms or tonnes"),
        ("0.2¢/kg, including weight of container", 8, "','", "it is taken on a gross mass, which no line states"),
        ("93.1 EUR/100 kg/net eda", 21, "'eda'", "it is taken on a drained or dry mass, which no line states"),
        ("5.5% 1/", 6, "'1'", "it ends in the mark of a footnote, which is not read"),
        ("9 % + EA MAX 24.2 % + ADSZ", 7, "'EA'", "it depends on what foods contain"),
        ("5", 2, "the end", ""),
        ("5,5%", 2, "','", ""),
        ("-5%", 1, "'-'", ""),
        ("1 000 EUR/t", 3, "'000'", ""),
        ("12 MIN 2 EUR/100 kg", 4, "'MIN'", ""),
        ("14¢", 4, "the end", ""),
        ("3% + 2%", 6, "'2'", "it states two"),
        ("1 USD/kg + 2 USD/kg", 12, "'2'", "it states two on one mass"),
        ("1¢/kg on unobtainium content", 10, "'unobtainium'", "it is taken on a thing whose share no line states"),
        ("5 EUR/50 kg", 7, "'50'", "a measure is stated per 1, 100 or 1000 kg"),
        ("10 % MAX 45 EUR/t MIN 5 %", 19, "'MIN'", "which of the two goes before the other is not said"),
        ("10 % MIN 5 % MIN 6 %", 14, "'MIN'", "it states two of a kind"),
        ("3 €/kg", 3, "'€'", "its currency is not told"),
        ("５ %", 1, "'５'", ""),
        ("5 %\u202e", 4, "'\\u202e'", ""),
        ("1234567890 %", 1, "'1234567890'", "its number is too long"),
        ("0.1234567 %", 1, "'0.1234567'", "its number is too long"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(text: str, position: int, found: str, why: str) -> None:
    told = read_rate(text, "USD")
    assert isinstance(told, UnreadRate)
    assert (told.words, told.position, told.found, told.why) == (text, position, found, why)


def test_a_fault_is_one_sentence() -> None:
    assert str(read_rate("5 EUR/lb", "EUR")) == (
        "'5 EUR/lb' is not read: it is taken on another unit than net mass in kilograms or tonnes; "
        "at character 7: 'lb', expected a number, kg or t"
    )


def test_the_longest_number_and_the_longest_text_are_the_boundary() -> None:
    assert isinstance(read_rate(f"{'9' * DIGITS_MAX}.{'9' * PLACES_MAX} EUR/kg", "EUR"), PrintedRate)
    assert isinstance(read_rate("5 %".ljust(TEXT_MAX), "EUR"), PrintedRate)
    told = read_rate("5 %".ljust(TEXT_MAX + 1), "EUR")
    assert isinstance(told, UnreadRate)
    assert told.why == "it is too long"


@given(st.text(max_size=60) | st.text("0123456789. %+¢$€/kgt(),MINAXEUR", max_size=60))
@example("(" * TEXT_MAX)
@example("1+" * (TEXT_MAX // 2))
@example("\x00")
def test_any_text_is_read_or_told_and_its_place_lies_in_it(text: str) -> None:
    for currency in ("USD", "EUR"):
        told = read_rate(text, currency)
        if isinstance(told, UnreadRate):
            assert 1 <= told.position <= len(text) + 1
        else:
            assert read_rate(str(told), currency) == told
        read_special(text, currency)


numbers = st.decimals(0, 10**6, places=4)
specifics = st.builds(
    SpecificRate,
    numbers,
    st.sampled_from(["USD", "EUR", "JPY"]),
    st.sampled_from([1, 100, 1000]),
    st.sampled_from(["", *sorted(set(ELEMENTS.values()))]),
)
duties = st.builds(
    DutyRate,
    st.none() | st.decimals(0, 4, places=6),
    st.lists(specifics, max_size=3, unique_by=lambda one: (one.contained, one.currency)).map(tuple),
).filter(lambda duty: duty.kind)
printed = st.builds(PrintedRate, duties, st.none() | duties, st.none() | duties)


@given(printed, st.sampled_from(["USD", "EUR"]))
@example(FREE, "USD")
def test_what_is_written_reads_as_the_same_figures(rate: PrintedRate, currency: str) -> None:
    assert len(str(rate)) > TEXT_MAX or read_rate(str(rate), currency) == rate


@given(st.decimals(0, 500, places=2), st.decimals(0, 999, places=1))
def test_parts_stand_in_any_order(share: Decimal, cents: Decimal) -> None:
    one, other = read_rate(f"{share}% + {cents}¢/kg", "USD"), read_rate(f"{cents}¢/kg+{share} %", "USD")
    assert one == other == PrintedRate(DutyRate(share / 100, (SpecificRate(cents / 100, "USD"),)))


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("", []),
        ("Free (A+,AU,BH,CL,CO,D, E,IL, JO)", [("Free", "A+ AU BH CL CO D E IL JO")]),
        ("Free \n(A*, AU)", [("Free", "A* AU")]),
        ("Free(A,AU)", [("Free", "A AU")]),
        ("Free (A,AU) 2.75% (JP)", [("Free", "A AU"), ("2.75 %", "JP")]),
        ("Free (A,AU)2.9% (JP)", [("Free", "A AU"), ("2.9 %", "JP")]),
        ("1.2% (KR)", [("1.2 %", "KR")]),
        ("1.1¢/kg on lead content (KR)", [("0.011 USD/kg on lead content", "KR")]),
    ],
)
def test_a_special_column_is_its_rates_with_their_programmes(text: str, rates: list[tuple[str, str]]) -> None:
    found = read_special(text, "USD")
    assert not isinstance(found, UnreadRate)
    assert [(str(one.rate), " ".join(one.programmes)) for one in found] == rates


def test_a_special_rate_that_cannot_be_read_leaves_the_others() -> None:
    found = read_special("Free (A,AU) See 9823.01.01 (P+)", "USD")
    assert not isinstance(found, UnreadRate)
    free, other = found
    assert free.rate == FREE
    assert isinstance(other.rate, UnreadRate)
    assert (other.programmes, other.rate.words, other.rate.position) == (("P+",), "See 9823.01.01", 13)


@pytest.mark.parametrize(
    ("text", "position", "why"),
    [
        ("Free", 1, ""),
        ("Free (A) 2% (A)", 13, "it states two rates for one programme"),
        ("Free (A,AU) 1/", 13, "it ends in the mark of a footnote, which is not read"),
        ("Free (A) See 9823.01.01", 10, "it refers to another place of the tariff"),
        (" " * (TEXT_MAX + 1), TEXT_MAX + 1, "it is too long"),
    ],
)
def test_a_special_column_that_does_not_hold_together_is_told(text: str, position: int, why: str) -> None:
    found = read_special(text, "USD")
    assert isinstance(found, UnreadRate)
    assert (found.position, found.why) == (position, why)
