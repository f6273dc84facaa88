"""A line that is only asked about, as the advance rulings of its account have it: what a quotation says before anything is filed."""

from collections.abc import Mapping
from dataclasses import dataclass

from footwall.desk.zone import Zone
from footwall.duties import Line, assess_line, columns_asked, read_line
from footwall.entries import HeldRuling, applied, fixed_by
from footwall.errors import Problem


@dataclass(frozen=True, slots=True)
class RuledLine:
    """A line as it is assessed for an account: as the ruling that binds it has it, else as it is declared.

    `fixed` are the fields that the ruling changes in it, each with what was declared and what is ruled. `of_others` are the rulings that
    would bind the same goods of another holder.
    """

    line: Line
    ruling: HeldRuling | None
    fixed: tuple[tuple[str, object, object], ...]
    of_others: tuple[HeldRuling, ...]


def ruled_line(zone: Zone, record: Mapping[str, object], account: str | None) -> RuledLine | tuple[Problem, ...]:
    """The line of a raw record as the rulings that are known now have it for `account` (None: for nobody), or what is wrong with it."""
    line = read_line(record, asked=columns_asked(zone.schedule()))
    if not isinstance(line, Line):
        return tuple(one for one in assess_line(record, zone.schedule(), zone.rates) if isinstance(one, Problem))
    rulings = zone.state.entries.rulings
    found = (line, None) if account is None else applied(line, account, rulings.values())
    if isinstance(found, Problem):
        return (found,)
    entered, name = found
    others = (one for one in rulings.values() if one.ruling.holder != account and one.binds(line, one.ruling.holder))
    return RuledLine(entered, None if name is None else rulings[name], fixed_by(line, entered), tuple(others))
