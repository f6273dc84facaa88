"""Observations become reference prices, each with a certificate that lets a stranger recompute it."""

from footwall.prices.calendar import counts_first_on, due, publication_days, published_instant, told_instant
from footwall.prices.certificate import JSON, canonical, certificate_hash, certificate_json
from footwall.prices.chains import Chains, chains
from footwall.prices.cost_build import CostBuild, Prices, cost_build_of, marginal_plant, prices_on_data
from footwall.prices.evidence import Evidence
from footwall.prices.explain import EXCLUSIONS, Line, exclusion_in_words, explain, explain_parts
from footwall.prices.history import Markets, PricedOn, history
from footwall.prices.market import MarketPrice, market_price
from footwall.prices.normalise import normalise, rate_of_its_day
from footwall.prices.publication import Publication, PublicationStatus, publications, standing
from footwall.prices.records import (
    Certificate,
    Confidence,
    Datum,
    Judgement,
    LeftBehind,
    Liquidity,
    ReferencePrice,
    ReferencePrices,
    Status,
    Step,
    Terms,
    TierNote,
    Voice,
)
from footwall.prices.reference import Judgements, Market, reference_prices
from footwall.prices.replay import read_certificate, replay
from footwall.prices.rules import FormRules, PriceRules, form_rules
from footwall.prices.standing import Book, deal_of, known_from
from footwall.prices.tiers import Weighed, voices_of, weigh, with_weights
from footwall.prices.weights import weighted_medians
from footwall.prices.working import Working, rework

__all__ = [
    "EXCLUSIONS",
    "JSON",
    "Book",
    "Certificate",
    "Chains",
    "Confidence",
    "CostBuild",
    "Datum",
    "Evidence",
    "FormRules",
    "Judgement",
    "Judgements",
    "LeftBehind",
    "Line",
    "Liquidity",
    "Market",
    "MarketPrice",
    "Markets",
    "PriceRules",
    "PricedOn",
    "Prices",
    "Publication",
    "PublicationStatus",
    "ReferencePrice",
    "ReferencePrices",
    "Status",
    "Step",
    "Terms",
    "TierNote",
    "Voice",
    "Weighed",
    "Working",
    "canonical",
    "certificate_hash",
    "certificate_json",
    "chains",
    "cost_build_of",
    "counts_first_on",
    "deal_of",
    "due",
    "exclusion_in_words",
    "explain",
    "explain_parts",
    "form_rules",
    "history",
    "known_from",
    "marginal_plant",
    "market_price",
    "normalise",
    "prices_on_data",
    "publication_days",
    "publications",
    "published_instant",
    "rate_of_its_day",
    "read_certificate",
    "reference_prices",
    "replay",
    "rework",
    "standing",
    "told_instant",
    "voices_of",
    "weigh",
    "weighted_medians",
    "with_weights",
]
