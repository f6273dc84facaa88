"""The printed wording of a duty becomes figures: `Free`, `3.7 %`, `37.5¢/kg on tungsten content`, `12 % MIN 2 EUR/100 kg`.

A wording is read as a whole or not at all. What says anything else (a reference to another line, a rate on the value of
what is contained, a rate per cubic metre) is told with its place and its words, and is never guessed at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from footwall.quantity import plain

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput

TEXT_MAX: Final = 400
"""Characters of the longest wording that is looked at; the longest of a tariff known to us has about 150."""
DIGITS_MAX: Final = 9
PLACES_MAX: Final = 6
"""How long a printed number may be: a measure holds two places more, for cents and for per cent."""
WORDS_SHOWN: Final = 80
_REMEMBERED: Final = 1024
"""How many wordings are remembered: a tariff says the same of many lines."""

ELEMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "aluminium": "Al",
        "aluminum": "Al",
        "antimony": "Sb",
        "bismuth": "Bi",
        "cadmium": "Cd",
        "chromium": "Cr",
        "cobalt": "Co",
        "copper": "Cu",
        "gallium": "Ga",
        "germanium": "Ge",
        "gold": "Au",
        "indium": "In",
        "iron": "Fe",
        "lead": "Pb",
        "lithium": "Li",
        "magnesium": "Mg",
        "manganese": "Mn",
        "mercury": "Hg",
        "molybdenum": "Mo",
        "nickel": "Ni",
        "niobium": "Nb",
        "silicon": "Si",
        "silver": "Ag",
        "tantalum": "Ta",
        "tin": "Sn",
        "titanium": "Ti",
        "tungsten": "W",
        "vanadium": "V",
        "zinc": "Zn",
        "zirconium": "Zr",
    }
)
"""The elements that tariffs name in English, by their symbol; the first name of a symbol is the one written back."""

_CURRENCIES_OF_SIGNS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "$": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP"}),
        "¢": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"}),
        "€": frozenset({"EUR"}),
        "£": frozenset({"GBP"}),
        "¥": frozenset({"JPY", "CNY"}),
        "yen": frozenset({"JPY"}),
    }
)
"""The currencies that a sign may stand for: which of them it does is what the tariff's own currency says."""

_GRAMMAR: Final = r"""
    rate: FREE                            -> free
        | duty limit*                     -> limited
        | duty "or"i duty [","] WHICHEVER -> either
    limit: (LEAST | MOST) duty
    duty: part ("+" part)*
    ?part: by_value | by_mass
    by_value: NUMBER PERCENT [AD_VALOREM]
    by_mass: money _PER [NUMBER] UNIT [NET] ["on"i ["the"i] ELEMENT "content"i]
    ?money: SIGN NUMBER                   -> sign_before
        | NUMBER (SIGN | CENTS)           -> sign_after
        | NUMBER CURRENCY                 -> code_after
        | CURRENCY NUMBER                 -> code_before

    FREE: "free"i
    LEAST.2: /but\s+not\s+less\s+than|min(?![a-z])/i
    MOST.2: /but\s+not\s+more\s+than|max(?![a-z])/i
    WHICHEVER: /whichever\s+is\s+(the\s+)?(greater|higher|less|lower)(?![a-z])/i
    NUMBER: /[0-9]+([.][0-9]+)?/
    PERCENT: /%|per\s?cent(?![a-z])/i
    AD_VALOREM: /ad\s+val([.]|orem(?![a-z]))/i
    SIGN: /[$€£¥]|yen(?![a-z])/i
    CENTS: /¢|cents?(?![a-z])/i
    CURRENCY: /(?!MIN|MAX)[A-Z]{3}(?![A-Za-z])/
    _PER: /\/|per(?![a-z])/i
    UNIT: /(kg|kilograms?|KGM|DTN|t|tonnes?|metric\s+tons?|TNE)(?![A-Za-z0-9²³])/
    NET: /\/?\s*net(?![a-z])/i
    ELEMENT: /[a-z]+/
    BLANK: /[ \t\r\n\u00a0\u202f]+/
    %ignore BLANK
"""
_WORDS_OF_TERMINALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "FREE": "Free",
        "LEAST": "MIN",
        "MOST": "MAX",
        "WHICHEVER": "whichever is the greater, or the less",
        "NUMBER": "a number",
        "PERCENT": "%",
        "AD_VALOREM": "ad valorem",
        "SIGN": "a sign of money",
        "CENTS": "¢",
        "CURRENCY": "a currency",
        "_PER": "/",
        "UNIT": "kg or t",
        "NET": "net",
        "ELEMENT": "an element",
        "PLUS": "+",
        "COMMA": ",",
        "OR": "or",
        "ON": "on",
        "THE": "the",
        "CONTENT": "content",
        "$END": "the end",
    }
)
_OTHER_KINDS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), why)
    for pattern, why in (
        ((r"\bsee\b|\brates?\s+(applicable|provided)|\bdut(y|ies)\s+(applicable|provided|imposed)|\bno change\b"
         r"|\b99[0-9]{2}[.][0-9]{2}\b|\bsubheading\b|\bheading\b|\bnote\b"), "it refers to another place of the tariff"),
        (r"\bon\s+the\s+value\s+of\b", "it is taken on the value of a part of the goods, which no line states"),
        (r"\bweight of (the )?container\b|\bgross\b|/\s*br\b", "it is taken on a gross mass, which no line states"),
        (r"\beda\b|\bmas\b", "it is taken on a drained or dry mass, which no line states"),
        (r"/\s*(m2|m3|m²|m³|lin|l\b|hl|liter|litre|no[.]|each|doz|pr[.]|p/st|pcs|lb|ton\b|g\b)|\beach\b",
         "it is taken on another unit than net mass in kilograms or tonnes"),
        (r"\bEA\b|\bAD\s?[SF]\s*/\s*[ZM]\b|\bagricultural component\b", "it depends on what foods contain"),
        (r"[0-9]\s*/\s*$", "it ends in the mark of a footnote, which is not read"),
        (r"\bquota\b", "it depends on a quota"),
    )
)  # fmt: skip
"""Kinds of wording that are known and cannot be put into figures; looked for only in what could not be read."""

_SYMBOLS: Final = re.compile(r"\(\s*([A-Z]{1,3}[+*#]?(?:\s*,\s*[A-Z]{1,3}[+*#]?)*)\s*\)")


@dataclass(frozen=True, slots=True)
class SpecificRate:
    """An amount of money for each `per_kg` kilograms of the goods, or of the element `contained` in them."""

    amount: Decimal
    currency: str
    per_kg: int = 1
    contained: str = ""

    def __str__(self) -> str:
        """As it is printed: `0.375 USD/kg on tungsten content`."""
        per = {1: "kg", 1000: "t"}.get(self.per_kg, f"{self.per_kg} kg")
        names = {symbol: name for name, symbol in reversed([*ELEMENTS.items()])}
        content = f" on {names.get(self.contained, self.contained)} content" if self.contained else ""
        return f"{plain(self.amount)} {self.currency}/{per}{content}"


@dataclass(frozen=True, slots=True)
class DutyRate:
    """What is owed together: `ad_valorem`, a fraction of the value, and the amounts by mass. One without either is none."""

    ad_valorem: Decimal | None
    specifics: tuple[SpecificRate, ...] = ()

    @property
    def kind(self) -> tuple[str, ...]:
        """What it is taken on: the value, and each mass in its currency; two rates of one such kind can be compared."""
        by_value = ("value",) if self.ad_valorem is not None else ()
        return (*by_value, *sorted(f"{one.contained} {one.currency}" for one in self.specifics))

    def __str__(self) -> str:
        """As it is printed: `3.8 % + 0.021 USD/kg`."""
        parts = [] if self.ad_valorem is None else [f"{plain(self.ad_valorem * 100)} %"]
        return " + ".join([*parts, *map(str, self.specifics)])


@dataclass(frozen=True, slots=True)
class PrintedRate:
    """A rate in figures: `duty`, but not less than `least`, and then not more than `most`, each where there is one."""

    duty: DutyRate
    least: DutyRate | None = None
    most: DutyRate | None = None

    @property
    def is_free(self) -> bool:
        """Whether nothing is owed: an ad valorem rate of zero and no more."""
        return self == FREE

    def __str__(self) -> str:
        """The same rate in one wording, which reads as the same figures."""
        if self.is_free:
            return "Free"
        limits = [f"MIN {self.least}"] if self.least is not None else []
        limits += [f"MAX {self.most}"] if self.most is not None else []
        return " ".join([str(self.duty), *limits])


FREE: Final = PrintedRate(DutyRate(Decimal(0)))


@dataclass(frozen=True, slots=True)
class UnreadRate:
    """A wording that states no figures we can read: its words, where reading ended (from 1), and why."""

    words: str
    position: int
    found: str
    expected: str
    why: str = ""

    def __str__(self) -> str:
        """The fault in one sentence."""
        why = f": {self.why}" if self.why else ""
        return f"{self.words!r} is not read{why}; at character {self.position}: {self.found}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class ProgrammeRate:
    """One rate of a special column, and the symbols of the programmes under which it may be claimed."""

    rate: PrintedRate | UnreadRate
    programmes: tuple[str, ...]


@lru_cache(maxsize=_REMEMBERED)
def read_rate(text: str, currency: str) -> PrintedRate | UnreadRate:
    """The rate that `text` states, exactly; or where and why it cannot be read.

    `currency` (ISO 4217) is that of the tariff: what its signs stand for. A sign that does not go with it is not read.
    `MIN` and `MAX` are the European Union's; `but not less than`, `but not more than` and `whichever is the greater` (or
    `the less`) say the same. The minimum is applied first and then the maximum, so a maximum printed before a minimum
    of another kind, which would be applied first, is not read.
    """
    if len(text) > TEXT_MAX:
        return UnreadRate(
            _shown(text), TEXT_MAX + 1, f"{len(text)} characters", f"at most {TEXT_MAX}", "it is too long"
        )
    if not text.strip():
        return UnreadRate(text, 1, "nothing", "a rate", "it is empty")
    from lark.exceptions import UnexpectedInput

    try:
        return _Reading(currency).rate(_parser().parse(text))
    except UnexpectedInput as fault:
        return _unexpected(text, fault)
    except _Unreadable as fault:
        return UnreadRate(_shown(text), fault.position, fault.found, fault.expected, fault.why)


def read_special(text: str, currency: str) -> tuple[ProgrammeRate, ...] | UnreadRate:
    """The rates of a special column, as in `Free (A,AU,KR) 3% (JP)`, in their order; none for an empty text.

    A rate that cannot be read stands as an `UnreadRate` beside its programmes. A text that does not end with the symbols of
    programmes, or names one of them twice, is not read at all.
    """
    if len(text) > TEXT_MAX:
        return UnreadRate(
            _shown(text), TEXT_MAX + 1, f"{len(text)} characters", f"at most {TEXT_MAX}", "it is too long"
        )
    found: list[ProgrammeRate] = []
    start, seen = 0, set[str]()
    for group in _SYMBOLS.finditer(text):
        symbols = tuple(symbol.strip() for symbol in group[1].split(","))
        for symbol in symbols:
            if symbol in seen:
                return UnreadRate(_shown(text), group.start() + 1, f"{symbol} a second time", "each programme once",
                                  "it states two rates for one programme")  # fmt: skip
            seen.add(symbol)
        found.append(ProgrammeRate(_moved(read_rate(text[start : group.start()], currency), start), symbols))
        start = group.end()
    rest = text[start:]
    if rest.strip():
        at = start + len(rest) - len(rest.lstrip()) + 1
        return UnreadRate(_shown(text), at, repr(_shown(rest.strip())), "the symbols of programmes, as (A,AU,KR)",
                          _kind_of(text))  # fmt: skip
    return tuple(found)


class _Unreadable(Exception):  # noqa: N818 - the wording cannot be read; caught where its reading began
    """The wording parses and still says nothing we may put into figures."""

    def __init__(self, at: "Token", expected: str, why: str = "", found: str = "") -> None:
        super().__init__(expected)
        self.position = (at.start_pos or 0) + 1
        self.found, self.expected, self.why = found or repr(_shown(str(at))), expected, why


@cache
def _parser() -> "Lark":
    from lark import Lark

    return Lark(_GRAMMAR, start="rate", parser="lalr", lexer="contextual", maybe_placeholders=False)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One wording on its way to figures."""

    currency: str

    def rate(self, tree: "Tree[Token]") -> PrintedRate:
        if tree.data == "free":
            return FREE
        duty, *others = map(self.duty, _trees(tree)) if tree.data == "either" else (self.duty(_trees(tree)[0]),)
        if not others:
            return self.limited(duty, _trees(tree)[1:])
        greater = str(_tokens(tree)["WHICHEVER"]).lower().endswith(("greater", "higher"))
        return PrintedRate(duty, least=others[0]) if greater else PrintedRate(duty, most=others[0])

    def limited(self, duty: DutyRate, limits: "list[Tree[Token]]") -> PrintedRate:
        stated: dict[str, DutyRate] = {}
        for limit in limits:
            (word,), own = _tokens(limit).values(), self.duty(_trees(limit)[0])
            if word.type in stated:
                raise _Unreadable(word, "one minimum and one maximum at most", "it states two of a kind")
            if word.type == "LEAST" and "MOST" in stated and own.kind != stated["MOST"].kind:
                raise _Unreadable(
                    word, "the minimum before the maximum", "which of the two goes before the other is not said"
                )
            stated[word.type] = own
        return PrintedRate(duty, stated.get("LEAST"), stated.get("MOST"))

    def duty(self, tree: "Tree[Token]") -> DutyRate:
        ad_valorem: Decimal | None = None
        specifics: list[SpecificRate] = []
        for part in _trees(tree):
            if part.data == "by_value":
                number = _tokens(part)["NUMBER"]
                if ad_valorem is not None:
                    raise _Unreadable(number, "one share of the value", "it states two")
                ad_valorem = self.number(number).scaleb(-2)
                continue
            specific = self.specific(part)
            if any((one.contained, one.currency) == (specific.contained, specific.currency) for one in specifics):
                first = next(token for token in part.scan_values(lambda _: True))
                raise _Unreadable(first, "one amount for each mass", "it states two on one mass")
            specifics.append(specific)
        return DutyRate(ad_valorem, tuple(specifics))

    def specific(self, part: "Tree[Token]") -> SpecificRate:
        tokens = _tokens(part)
        amount, currency = self.money(_trees(part)[0])
        per_kg = self.per_kg(tokens.get("NUMBER"), tokens["UNIT"])
        element = tokens.get("ELEMENT")
        if element is not None and str(element) not in ELEMENTS:
            raise _Unreadable(element, "an element", "it is taken on a thing whose share no line states")
        return SpecificRate(amount, currency, per_kg, "" if element is None else ELEMENTS[str(element)])

    def money(self, tree: "Tree[Token]") -> tuple[Decimal, str]:
        tokens = _tokens(tree)
        amount = self.number(tokens["NUMBER"])
        if "CURRENCY" in tokens:
            return amount, str(tokens["CURRENCY"])
        token = tokens.get("SIGN", tokens.get("CENTS"))
        sign = "¢" if "CENTS" in tokens else str(token).lower()
        if token is not None and self.currency not in _CURRENCIES_OF_SIGNS[sign]:
            raise _Unreadable(
                token, f"a sign of {self.currency}, the currency of the tariff", "its currency is not told"
            )
        return amount.scaleb(-2) if "CENTS" in tokens else amount, self.currency

    def per_kg(self, number: "Token | None", unit: "Token") -> int:
        of_unit = {"d": 100, "t": 1000, "m": 1000}.get(str(unit)[0].lower(), 1)
        count = Decimal(1) if number is None else self.number(number)
        per_kg = int(count * of_unit)
        if number is not None and (count * of_unit != per_kg or per_kg not in {1, 100, 1000}):
            raise _Unreadable(number, "1, 100 or 1000 kg", "a measure is stated per 1, 100 or 1000 kg")
        return per_kg

    @staticmethod
    def number(token: "Token") -> Decimal:
        whole, _, places = str(token).partition(".")
        if len(whole) > DIGITS_MAX or len(places) > PLACES_MAX:
            raise _Unreadable(token, f"at most {DIGITS_MAX} digits before and {PLACES_MAX} after the point",
                              "its number is too long")  # fmt: skip
        return Decimal(str(token))


def _trees(tree: "Tree[Token]") -> "list[Tree[Token]]":
    from lark import Tree

    return [child for child in tree.children if isinstance(child, Tree)]


def _tokens(tree: "Tree[Token]") -> "dict[str, Token]":
    from lark import Token

    return {child.type: child for child in tree.children if isinstance(child, Token)}


def _unexpected(text: str, fault: "UnexpectedInput") -> UnreadRate:
    """What the grammar did not expect, in words."""
    at = fault.pos_in_stream if fault.pos_in_stream is not None and fault.pos_in_stream >= 0 else len(text)
    token = getattr(fault, "token", None)
    ended = token is not None and token.type == "$END"
    at = len(text.rstrip()) if ended else at
    terminals = (
        getattr(fault, "accepts", None) or getattr(fault, "allowed", None) or getattr(fault, "expected", None) or ()
    )
    words = dict.fromkeys(_WORDS_OF_TERMINALS[name] for name in _WORDS_OF_TERMINALS if name in set(terminals))
    rest = re.match(r"[\w.]+|.", text[at:], re.DOTALL)
    found = "the end" if ended or rest is None else repr(_shown(rest[0]))
    return UnreadRate(_shown(text), at + 1, found, ", ".join(words) or "the end", _kind_of(text))


def _kind_of(text: str) -> str:
    return next((why for pattern, why in _OTHER_KINDS if pattern.search(text)), "")


def _moved(rate: PrintedRate | UnreadRate, by: int) -> PrintedRate | UnreadRate:
    if isinstance(rate, PrintedRate):
        return rate
    return UnreadRate(rate.words.strip(), rate.position + by, rate.found, rate.expected, rate.why)


def _shown(text: str) -> str:
    return text if len(text) <= WORDS_SHOWN else f"{text[:WORDS_SHOWN]}…"
