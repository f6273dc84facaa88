"""The page of one price holds everything, fetches nothing, lets no name become markup, and leaves no datum out."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from report_support import Page

from footwall.desk import Zone, publication
from footwall.prices import ReferencePrice
from footwall.quantity import Unknown
from footwall.report import certificate_page
from footwall.report.charts_certificate import bars_of, data_chart

FORMS = ("ndpr-oxide", "apt", "copper-cathode", "re-concentrate")
MARKUP = "<script>alert('&')</script>"


def page_of(zone: Zone, price: ReferencePrice, **changes: object) -> str:
    return certificate_page(publication(zone, price) | changes, price, "a-name")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def oxide(example: Zone) -> ReferencePrice:
    return example.reference("ndpr-oxide")


@pytest.mark.parametrize("form", FORMS)
def test_the_page_is_whole_fetches_nothing_and_runs_nothing(example: Zone, form: str) -> None:
    page = page_of(example, example.reference(form))
    read = Page.of(page)
    tags = {element.tag for element in read.elements}
    assert not {"script", "link", "iframe", "img", "object", "embed", "base", "form", "image", "use", "a"} & tags
    assert not [name for element in read.elements for name in element.attributes if name.startswith("on")]
    assert "@import" not in page
    assert not re.findall(r"url\(\s*['\"]?(?!#)", page)
    assert set(re.findall(r"https?://[^\s\"'<>)]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert page.index("still being negotiated") < page.index("<h1")
    for figure in read.all("figure"):
        assert len(figure.attributes.get("aria-label") or "") > 30
    ids = [element.attributes["id"] for element in read.elements if element.attributes.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("form", FORMS)
def test_every_datum_step_and_reason_of_the_certificate_is_on_its_page(example: Zone, form: str) -> None:
    price = example.reference(form)
    text = " ".join(" ".join(Page.of(page_of(example, price)).text).split())
    certificate = price.certified
    for datum in (*certificate.used, *certificate.excluded):
        assert datum.observation in text
        assert datum.exclusion is None or datum.exclusion in text
        for step in datum.steps:
            assert " ".join(step.what.split()) in text
    for step in (*certificate.combination_steps, *certificate.cost_build_steps):
        assert " ".join(step.what.split()) in text
    for note in certificate.tier_notes:
        assert note.reason in text
    for one in certificate.left_behind:
        assert f"{one.count} × {one.submitter} ({one.market}" in text
    assert (price.price.reason if isinstance(price.price, Unknown) else f"{price.price:,f}") in text
    assert certificate.rulebook in text
    assert ("Assumed." in text) == price.assumed


def test_no_name_of_a_file_becomes_markup(example: Zone, oxide: ReferencePrice) -> None:
    certificate = oxide.certified
    used = tuple(
        replace(datum, submitter=MARKUP, source=MARKUP, market=MARKUP, counterparty=MARKUP)
        for datum in certificate.used
    )
    price = replace(oxide, certificate=replace(certificate, used=used, rulebook=MARKUP))
    page = page_of(example, price, notice=MARKUP)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 5


def test_synthetic_data_are_said_to_be_at_the_head(example: Zone, oxide: ReferencePrice) -> None:
    assert "Synthetic." not in page_of(example, oxide)
    certificate = oxide.certified
    first, *rest = certificate.used
    made_up = replace(certificate, used=(replace(first, source="synthetic: made for a test"), *rest))
    page = page_of(example, replace(oxide, certificate=made_up))
    every = len(certificate.used) + len(certificate.excluded)
    assert page.index(f"1 of {every} data are made up") < page.index("How the price came about")


def test_what_no_rule_asks_nobody_signed_and_nobody_judged_is_said_so(example: Zone, oxide: ReferencePrice) -> None:
    text = " ".join(" ".join(Page.of(page_of(example, oxide, signatures_min=None)).text).split())
    assert "Nobody has signed it." in text
    assert "None: the price follows from the data and the rules alone." in text
    assert "no rule says how many" in text
    assert "0 of 2" in " ".join(Page.of(page_of(example, oxide)).text)


@pytest.mark.parametrize("form", FORMS)
def test_the_bars_lead_from_nothing_to_the_price_each_from_where_the_last_one_ends(example: Zone, form: str) -> None:
    certificate = example.reference(form).certified
    bars = bars_of(certificate)
    if isinstance(certificate.result, Unknown):
        assert bars == ()
        return
    *way, price = bars
    at = Decimal(0)
    for bar in way:
        assert bar.start == at
        at = bar.end
    assert at == certificate.result == price.end
    assert (price.start, price.words) == (0, f"{certificate.result:f}")


def test_every_datum_with_a_price_is_drawn_and_those_beyond_the_rows_share_one(oxide: ReferencePrice) -> None:
    certificate = oxide.certified
    one = certificate.used[0]
    many = tuple(replace(one, observation=f"d{n}", submitter=f"s{n:02d}") for n in range(30))
    drawn = data_chart(replace(certificate, used=many, excluded=()), "USD/kg")
    assert drawn is not None
    rows = drawn.spec["datasets"]["data"]
    assert len(rows) == 30
    assert sum(row["submitter"] == "all others" for row in rows) == 11
    assert len({row["submitter"] for row in rows}) == 20
    assert data_chart(replace(certificate, used=(), excluded=()), "USD/kg") is None
