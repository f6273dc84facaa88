"""A published price as one page to read: self-contained, without a script, for screen and paper, light and dark."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from footwall.prices import JSON, Certificate, Datum, Line, ReferencePrice, exclusion_in_words, explain
from footwall.quantity import Unknown, counted, exact_arithmetic, plain, round_to_unit
from footwall.report.charts_certificate import came_about_chart, colours, data_chart
from footwall.report.figures import long_day
from footwall.report.look import FONT

if TYPE_CHECKING:
    from jinja2 import Environment

_SHOWN: Final = Decimal("0.0001")  # what a reader sees of a price on the way; the certificate holds every digit
_PERCENT_SHOWN: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """One submitter: its price, how many data it is, and its share of the weight; no share where it was not heard."""

    submitter: str
    price: str
    count: int
    mass: str
    share: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """All data that one reason took, and the reason in words."""

    code: str
    words: str
    count: int
    data: tuple[Datum, ...]


def certificate_page(told: Mapping[str, JSON], reference: ReferencePrice, name: str) -> str:
    """The page of a publication (`desk.publication`), beside which the document stands as `name`.json."""
    certificate = reference.certified
    form = _object(told["form"])
    unit = f"{form['unit']}" if form["of"] == form["form"] else f"{form['unit']} {form['of']}"
    by_part: dict[str, list[Line]] = defaultdict(list)
    for line in explain(reference):
        by_part[line.part].append(line)
    every = (*certificate.used, *certificate.excluded)
    return (
        _environment()
        .get_template("certificate.html")
        .render(
            told=told,
            name=name,
            reference=reference,
            certificate=certificate,
            form=form,
            unit=unit,
            facts=list(_facts(told, reference)),
            parts=by_part,
            voices=_voices(certificate),
            left_out=_left_out(certificate.excluded),
            came_about=came_about_chart(certificate, unit),
            data=data_chart(certificate, unit),
            assumed=_assumed(certificate),
            synthetic=sum(_is_synthetic(datum) for datum in every),
            count=len(every),
            signatures=_objects(told["signatures"]),
        )
    )


def _facts(told: Mapping[str, JSON], reference: ReferencePrice) -> Iterator[tuple[str, str]]:
    """The few things that a reader asks first, in words."""
    certificate = reference.certified
    yield "Method", f"{certificate.method}; {certificate.rulebook}"
    yield "Status", reference.status.replace("_", "-")
    yield "Confidence", reference.confidence or "no rule states it"
    if reference.rests_on is not None:
        tier = (reference.tier or "the recipe below").replace("_", " ")
        yield "Rests on", f"{tier}, to {long_day(reference.rests_on)}"
    liquidity = certificate.liquidity
    if liquidity is not None:
        mass = f", {liquidity.mass_kg:,f} kg" if liquidity.mass_kg else ", no mass stated"
        yield (
            "Market",
            f"{counted(liquidity.count, 'datum', 'data')} of {counted(liquidity.parties, 'party', 'parties')}{mass}",
        )
        yield "Range", f"{_shown(liquidity.low)} to {_shown(liquidity.high)}, spread {_shown(liquidity.spread)}"
    signed, needed = len(_objects(told["signatures"])), told["signatures_min"]
    yield "Signatures", f"{signed}; no rule says how many" if needed is None else f"{signed} of {needed}"
    if certificate.publish_at:
        yield "Due", _instant(certificate.publish_at)
    if certificate.tell_at:
        yield "Free to be told", _instant(certificate.tell_at)
    known = told["as_known_at"]
    record = _object(told["record"])
    instant = f"at {_instant(known)}" if isinstance(known, str) else "with all that was recorded"
    yield "As known", f"{instant}, to entry {record['sequence']} of the record"


def _voices(certificate: Certificate) -> tuple[VoiceRow, ...]:
    """Who was heard, the weightiest first."""
    with exact_arithmetic():
        total = sum((voice.weight for voice in certificate.voices if voice.weight is not None), Decimal(0))
        rows = []
        for voice in sorted(certificate.voices, key=lambda one: (-(one.weight or 0), one.submitter)):
            weight = voice.weight
            share = "" if weight is None else plain(round_to_unit(weight * 100 / total, _PERCENT_SHOWN, "half_up"))
            mass = "" if voice.mass_kg is None else f"{voice.mass_kg:,f}"
            rows.append(VoiceRow(voice.submitter, _shown(voice.price), voice.count, mass, share))
    return tuple(rows)


def _left_out(excluded: Iterable[Datum]) -> tuple[LeftOut, ...]:
    """Excluded data by reason, the commonest reason first."""
    by_code: dict[str, list[Datum]] = defaultdict(list)
    for datum in excluded:
        by_code[datum.exclusion or ""].append(datum)
    groups = (
        LeftOut(code, exclusion_in_words(code), sum(one.count for one in data), tuple(data))
        for code, data in by_code.items()
    )
    return tuple(sorted(groups, key=lambda group: (-group.count, group.code)))


def _assumed(certificate: Certificate) -> tuple[str, ...]:
    """What is assumed on the way to the price, each thing once."""
    steps = [step for datum in certificate.used for step in datum.steps]
    told = [step.what for step in (*steps, *certificate.cost_build_steps) if "(assumed)" in step.what]
    return tuple(dict.fromkeys(what.replace(" (assumed)", "") for what in told))


def _is_synthetic(datum: Datum) -> bool:
    return "synthetic" in datum.source.lower()


def _shown(price: Decimal | Unknown) -> str:
    return "unknown" if isinstance(price, Unknown) else f"{round_to_unit(price, _SHOWN, 'half_up').normalize():,f}"


def _object(value: JSON) -> Mapping[str, JSON]:
    if not isinstance(value, Mapping):
        raise TypeError(f"a publication has an object here, not {type(value).__name__}")
    return value


def _objects(value: JSON) -> list[Mapping[str, JSON]]:
    if not isinstance(value, list):
        raise TypeError(f"a publication has a list here, not {type(value).__name__}")
    return [_object(one) for one in value]


def _day(value: str | date | datetime) -> str:
    return long_day(date.fromisoformat(value) if isinstance(value, str) else value)


def _instant(text: str) -> str:
    """An instant in words, UTC; text that is none as it stands."""
    try:
        instant = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return text
    return f"{long_day(instant.date())}, {instant:%H:%M} UTC"


def _unbroken(figure: str) -> str:
    """A figure that no line end parts from its operator."""
    return figure.replace(" ", "\N{NO-BREAK SPACE}", 1)


def _environment() -> "Environment":
    """Everything is escaped but what this package drew or wrote itself: the charts' SVG and the style sheet."""
    import jinja2
    from markupsafe import Markup

    folder = Path(__file__).parent / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (folder / "certificate.css").read_text(encoding="utf-8")
    shades = "".join(f"--{name}: {colour}; " for name, colour in colours().items())
    environment.globals["style"] = Markup(f":root {{ {shades}--font: {FONT}; }}\n{style}")  # noqa: S704 - our own
    environment.filters["svg"] = lambda chart: Markup(chart.svg)  # noqa: S704 - drawn here, escaped by the drawing
    environment.filters["long_day"] = _day
    environment.filters["shown"] = _shown
    environment.filters["unbroken"] = _unbroken
    return environment
