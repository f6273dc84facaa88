"""Footwall: reference prices, floors, tariffs that hold them, and duties to the cent, for a price-floor trade zone.

Everything a user needs stands in this one flat namespace; what is behind it is loaded when a name is first asked for,
so that `import footwall` costs nothing::

    import footwall as fw

    zone = fw.open_zone("zone")
    result = fw.assess("lines.csv", zone.schedule(), rates=zone.rates)
    result.liabilities.to_pandas()
"""

from importlib import import_module
from types import MappingProxyType

_HOMES = MappingProxyType(
    {
        "batch": ("Assessed", "Table", "assess"),
        "desk": ("RunResult", "Zone", "init_zone", "open_zone", "run", "verify_zone"),
        "duties": ("Alternative", "Credit", "DutyStep", "Liability", "Line", "alternatives", "equalisation_returns"),
        "errors": (
            "ColumnsError",
            "FactsError",
            "FootwallError",
            "InputError",
            "JournalError",
            "LinesError",
            "ObservationsError",
            "Problem",
            "RulebookError",
            "ScheduleError",
            "UsageError",
            "ZoneError",
        ),
        "facts": ("Facts", "Form", "read_rate", "shipped_facts"),
        "floors": ("Floor", "Ladder", "Level", "Rung"),
        "journal": ("Journal",),
        "prices": ("Certificate", "ReferencePrice", "explain", "replay"),
        "quantity": ("Unknown", "round_to_unit"),
        "rulebook": ("Rulebook", "Rulebooks", "compare", "load_rulebook", "load_rulebooks"),
        "tariffs": (
            "Band",
            "DayRule",
            "Element",
            "Measure",
            "OriginRule",
            "Parity",
            "Schedule",
            "Slice",
            "Tariff",
            "TariffAuthority",
            "measures_from_tariff",
        ),
        "zone": ("Members",),
    }
)
"""Which room each public name lives in."""

_RENAMED = MappingProxyType({"quote": ("duties", "assess_line")})
"""Names that read better at the counter than in their room."""

_PLACES = MappingProxyType({name: (room, name) for room, names in _HOMES.items() for name in names} | dict(_RENAMED))

__all__ = sorted(_PLACES)  # noqa: PLE0605 - the names are data; `__init__.pyi` states them one by one


def __getattr__(name: str) -> object:
    """The public object called `name`, loaded now. Raises AttributeError, naming what there is, for any other."""
    if name == "__version__":
        from importlib.metadata import version

        return version("footwall")
    if name not in _PLACES:
        raise AttributeError(f"module 'footwall' has no attribute {name!r}; it has {', '.join(sorted(_PLACES))}")
    room, own_name = _PLACES[name]
    found: object = getattr(import_module(f"footwall.{room}"), own_name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES, "__version__"})
