"""Advance rulings that bind: found for a line of their holder, on their days, and applied before it is assessed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from footwall.duties import Line
from footwall.entries.records import Ruling, stated
from footwall.errors import Problem

_FIXED = ("hs_code", "form", "origin", "content", "valuation_basis")


@dataclass(frozen=True, slots=True)
class HeldRuling:
    """A ruling, and the last day on which it binds where it was revoked."""

    ruling: Ruling
    binds_to: date | None = None

    @property
    def last(self) -> date:
        """The last day on which it binds: its own, or the end of its grace where that comes first."""
        return self.ruling.valid_to if self.binds_to is None else min(self.ruling.valid_to, self.binds_to)

    def binds(self, line: Line, holder: str) -> bool:
        """Whether it binds a line of `holder` on the day of its entry."""
        one = self.ruling
        if (one.holder, one.importer) != (holder, line.importer) or not one.valid_from <= line.entry_date <= self.last:
            return False
        wanted = {"hs_code": one.of_hs_code, "form": one.of_form, "origin": one.of_origin}
        return all(getattr(line, name) == value for name, value in wanted.items() if value is not None)


def applied(line: Line, holder: str, rulings: Iterable[HeldRuling]) -> tuple[Line, str | None] | Problem:
    """The line as a ruling of its holder has it, and the ruling's id; the line as it is where none binds.

    Two rulings that bind one line and fix it differently are a problem: nobody may choose between them.
    """
    found = [held.ruling for held in rulings if held.binds(line, holder)]
    ruled = {one.ruling: as_ruled(line, one) for one in found}
    if len(set(map(_key, ruled.values()))) > 1:
        return Problem(
            "rulings_conflict",
            f"{' and '.join(sorted(ruled))} for {line.line_id}",
            "one ruling for the goods, or several that say the same",
            "Have one of them revoked.",
            field=line.line_id,
        )
    return (ruled[found[0].ruling], found[0].ruling) if found else (line, None)


def as_ruled(line: Line, ruling: Ruling) -> Line:
    """The line with what the ruling fixes. A ruled code leaves no other form beside it, and the reverse."""
    fixed: Mapping[str, object] = stated(ruling, _FIXED)
    apart = {"form": None} if "hs_code" in fixed and "form" not in fixed and ruling.of_hs_code != ruling.hs_code else {}
    return replace(line, **{**apart, **fixed})  # type: ignore[arg-type]


def fixed_by(declared: Line, ruled: Line) -> tuple[tuple[str, object, object], ...]:
    """Each field of a line that a ruling has changed, with what was declared and what is ruled."""
    return tuple(
        (name, getattr(declared, name), getattr(ruled, name))
        for name in _FIXED
        if getattr(declared, name) != getattr(ruled, name)
    )


def _key(line: Line) -> tuple[object, ...]:
    return tuple(getattr(line, name) for name in _FIXED)
