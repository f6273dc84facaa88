"""What makes the names, texts, goods and countries of a measure nonsense, and what two measures may not share."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

from footwall.facts import ELEMENTS, Facts
from footwall.tariffs.measures.measure import NON_MEMBERS, Measure

ID_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 1000
"""How long a measure's name and its other texts may be: what is longer was pasted by mistake."""
WORD_LENGTH_SHOWN = 80
HS_DIGITS = 6
"""So many digits of a code are the Harmonized System's; the rest is each country's own."""

_CODE = re.compile(r"[0-9]{2,10}")

Fault = tuple[str, str, str, str, str]
"""field, code, found, expected, remedy."""


def name_faults(measure: Measure) -> Iterator[Fault]:
    """Every fault of a measure's name."""
    if not measure.measure_id.strip():
        yield "measure_id", "measure_id_missing", "no id", "an id", "Name the measure."
    elif not measure.measure_id.isprintable() or " " in measure.measure_id:
        yield ("measure_id", "measure_id_malformed", ascii(measure.measure_id[:WORD_LENGTH_SHOWN]),
               "one word of printable letters", "Write hyphens for blanks: lists of measures are parted by blanks.")  # fmt: skip
    if len(measure.measure_id) > ID_LENGTH_MAX:
        yield ("measure_id", "measure_id_too_long", f"{len(measure.measure_id):,} characters",
               f"at most {ID_LENGTH_MAX}", "Give it a shorter name.")  # fmt: skip


def shown_name(name: str) -> str:
    """A measure's name as a sentence can hold it: as it is, or, where it is none, its beginning with what cannot be seen."""
    fits = name.isprintable() and name.strip() and len(name) <= ID_LENGTH_MAX
    return name if fits else ascii(name[:WORD_LENGTH_SHOWN])


def text_faults(measure: Measure, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001 - all checks have one signature
    """Every fault of a measure's other texts, whichever they are."""
    for name, text in ((field.name, getattr(measure, field.name)) for field in fields(measure)):
        if not isinstance(text, str) or name == "measure_id":
            continue
        if not text.isprintable():
            yield (name, "text_malformed", ascii(text[:WORD_LENGTH_SHOWN]), "printable characters on one line",
                   "Remove line breaks and control characters.")  # fmt: skip
        if len(text) > TEXT_LENGTH_MAX:
            yield (name, "text_too_long", f"{len(text):,} characters", f"at most {TEXT_LENGTH_MAX:,}",
                   "Shorten it: an article is named, not quoted.")  # fmt: skip


def goods_faults(measure: Measure, facts: Facts) -> Iterator[Fault]:
    """Every fault of the goods that a measure falls on, and of what they contain."""
    if bool(measure.form) == bool(measure.hs_codes):
        yield ("form", "target_unclear", "both a form and codes" if measure.form else "neither form nor codes",
               "either a form or HS codes", "Name one of the two.")  # fmt: skip
    if measure.form and measure.form not in facts.forms:
        yield unknown_word("form", measure.form, "a form of the catalogue")
    for code in measure.hs_codes:
        if not _CODE.fullmatch(code):
            yield ("hs_codes", "hs_code_malformed", repr(code[:WORD_LENGTH_SHOWN]), "2 to 10 digits as text",
                   "Write the code without dots and with its leading zeros.")  # fmt: skip
        elif not _in_the_system(code, facts):
            yield ("hs_codes", "hs_code_unknown", repr(code), "a code of the Harmonized System of 2022, or the beginning of one",
                   "Look the goods up again.")  # fmt: skip
    if measure.contained:
        yield from _contained(measure, measure.contained, facts)


def country_faults(measure: Measure, facts: Facts) -> Iterator[Fault]:
    """Every fault of a measure's importers and origins, and every word that one of its lists holds twice."""
    for where, codes in (("importers", measure.importers), ("origins", measure.origins)):
        if not codes:
            yield where, f"{where}_missing", "an empty list", "at least one country", "Name the countries."
        for code in codes:
            if code not in facts.countries and not (where == "origins" and code == NON_MEMBERS):
                yield (
                    where,
                    "country_unknown",
                    repr(code[:WORD_LENGTH_SHOWN]),
                    "an ISO 3166 alpha-2 code",
                    "Correct the code.",
                )
    if NON_MEMBERS in measure.origins and len(measure.origins) > 1:
        yield ("origins", "origins_mixed", ", ".join(measure.origins), "either countries or `non-members`",
               "Split the measure in two.")  # fmt: skip
    for where in ("importers", "origins", "hs_codes", "counts"):
        listed = getattr(measure, where) or ()
        if len(set(listed)) < len(listed):
            repeated = ", ".join(word for word, count in Counter(listed).items() if count > 1)
            yield where, "listed_twice", repeated, "each once", "Leave the second out, or name what was meant."
    yield from _levied_on_itself(measure, facts)


def _in_the_system(code: str, facts: Facts) -> bool:
    return code[:HS_DIGITS] in facts.hs6_codes or (
        len(code) < HS_DIGITS and any(one.startswith(code) for one in facts.hs6_codes)
    )


def _levied_on_itself(measure: Measure, facts: Facts) -> Iterator[Fault]:
    """A floor whose importer and origin are one customs territory: such goods are no import."""
    if measure.role != "floor" or not (measure.importers and measure.origins):
        return
    if not all(code in facts.countries for code in (*measure.importers, *measure.origins)):
        return
    territories = {facts.countries[code].union or code for code in (*measure.importers, *measure.origins)}
    if len(territories) == 1:
        (one,) = territories
        yield ("origins", "levied_on_itself", f"{one} as importer and as origin", "goods of another customs territory",
               "Name the origins that the floor is held against.")  # fmt: skip


def _contained(measure: Measure, contained: str, facts: Facts) -> Iterator[Fault]:
    if not measure.has_amounts:
        yield ("contained", "contained_without_amount", contained, "an amount per kilogram of it beside it",
               "Leave it out: a rate on the value knows no content.")  # fmt: skip
    if not measure.form:
        told = {form.content for form in facts.forms.values()} | {one for _, one in facts.content_factors}
        if contained not in told | set(ELEMENTS.values()):
            yield unknown_word(
                "contained", contained, "an element or oxide that some form contains, or that tariffs name"
            )
        return
    form = facts.forms.get(measure.form)
    if form is not None and contained not in (known := _contents(form.content, facts)):
        yield ("contained", "contained_not_in_form", f"{contained} in {measure.form}",
               " or ".join(known) or "none: what this form contains is not told",
               "Name what the form contains, or add the factor to the facts.")  # fmt: skip


def _contents(content: str, facts: Facts) -> list[str]:
    """`content`, and what is known to be contained in it."""
    return [content, *sorted(one for whole, one in facts.content_factors if whole == content)] if content else []


def unknown_word(where: str, value: str, expected: str) -> Fault:
    """The fault of a code that nobody knows."""
    return (
        where,
        f"{where}_unknown",
        repr(value[:WORD_LENGTH_SHOWN]),
        expected,
        "Correct the code, or add it to the facts.",
    )


def alike_faults(measures: Sequence[Measure]) -> Iterator[tuple[str, Fault]]:
    """Names that only their capitals tell apart, and additional duties stated twice, which would be owed twice; by measure."""
    names: dict[str, str] = {}
    for name in dict.fromkeys(measure.measure_id for measure in measures):
        other = names.setdefault(name.casefold(), name)
        if other != name:
            yield name, ("measure_id", "measure_ids_alike", f"{shown_name(name)} beside {shown_name(other)}",
                         "names that differ in more than capitals", "Rename one of the two.")  # fmt: skip
    stated: dict[object, str] = {}
    for measure in measures:
        if measure.role == "additional":
            same = tuple(getattr(measure, field.name) for field in fields(measure) if field.name != "measure_id")
            other = stated.setdefault(same, measure.measure_id)
            if other != measure.measure_id:
                yield measure.measure_id, ("measure_id", "measure_stated_twice", f"the same duty as {shown_name(other)}",
                                           "each additional duty once", "Leave one out: a line would owe both.")  # fmt: skip
