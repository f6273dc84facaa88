"""Lines as declarations of the WCO Data Model, as another program would write them: for tests that read them back."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "urn:wco:datamodel:WCO:DEC-DMS:2"
TYPES = "urn:wco:datamodel:WCO:Declaration_DS:DMS:2"
PROCEDURES = {
    "consumption": ("40", "00"),
    "withdrawal": ("40", "71"),
    "warehouse": ("71", "00"),
    "temporary": ("53", "00"),
    "return": ("61", "10"),
}


def written(lines: Iterable[Mapping[str, str]], namespace: str = NAMESPACE) -> str:
    """Lines whose line_id is DECLARATION/ITEM, as one file; those of one declaration stand together."""
    groups = groupby(lines, key=lambda line: line["line_id"].rpartition("/")[0])
    body = "".join(declaration(name, list(items)) for name, items in groups)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<md:MetaData xmlns:md="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2" xmlns={quoteattr(namespace)} xmlns:ds="{TYPES}">\n'
        f"  <md:WCOTypeName>DEC</md:WCOTypeName>\n{body}</md:MetaData>\n"
    )


def declaration(name: str, items: Sequence[Mapping[str, str]]) -> str:
    """One declaration. What is told of the whole shipment comes from its first line, before and after the items."""
    first = items[0]
    day = first["entry_date"].replace("-", "")
    basis = {"fob": "FOB", "cif": "CIF"}.get(first.get("valuation_basis", ""))
    terms = (
        f"      <TradeTerms>\n        <ConditionCode>{basis}</ConditionCode>\n      </TradeTerms>\n" if basis else ""
    )
    return (
        f'  <Declaration>\n    <AcceptanceDateTime>\n      <ds:DateTimeString formatCode="102">{day}</ds:DateTimeString>\n'
        f"    </AcceptanceDateTime>\n    <ID>{escape(name)}</ID>\n    <GoodsShipment>\n"
        f"      <Destination>\n        <CountryCode>{escape(first['importer'])}</CountryCode>\n      </Destination>\n"
        f"{''.join(map(item, items))}{terms}    </GoodsShipment>\n  </Declaration>\n"
    )


def item(line: Mapping[str, str]) -> str:
    current, previous = PROCEDURES[line.get("entry_type") or "consumption"]
    kinds = [("TSP", line.get("hs_code")), ("ZZZ", line.get("form"))]
    classes = "".join(
        f"          <Classification>\n            <ID>{escape(text)}</ID>\n"
        f"            <IdentificationTypeCode>{kind}</IdentificationTypeCode>\n          </Classification>\n"
        for kind, text in kinds
        if text
    )
    currency = quoteattr(line["currency"])
    freight = ""
    if line.get("freight_insurance"):
        freight = (
            f"        <CustomsValuation>\n          <ExitToEntryChargeAmount currencyID={currency}>"
            f"{line['freight_insurance']}</ExitToEntryChargeAmount>\n        </CustomsValuation>\n"
        )
    return (
        "      <GovernmentAgencyGoodsItem>\n"
        f"        <SequenceNumeric>{escape(line['line_id'].rpartition('/')[2])}</SequenceNumeric>\n"
        f"        <Commodity>\n{classes}          <GoodsMeasure>\n"
        f'            <NetNetWeightMeasure unitCode="KGM">{escape(line["net_mass_kg"])}</NetNetWeightMeasure>\n'
        "          </GoodsMeasure>\n          <InvoiceLine>\n"
        f"            <ItemChargeAmount currencyID={currency}>{escape(line['customs_value'])}</ItemChargeAmount>\n"
        f"          </InvoiceLine>\n        </Commodity>\n{freight}"
        f"        <GovernmentProcedure>\n          <CurrentCode>{current}</CurrentCode>\n"
        f"          <PreviousCode>{previous}</PreviousCode>\n        </GovernmentProcedure>\n"
        f"        <Origin>\n          <CountryCode>{escape(line['origin'])}</CountryCode>\n        </Origin>\n"
        "      </GovernmentAgencyGoodsItem>\n"
    )
