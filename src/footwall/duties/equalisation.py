"""The levy of an internal floor: what of it goes back to which member. It is no revenue of whoever collects it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from footwall.duties.rates import table_rows
from footwall.errors import UsageError
from footwall.quantity import exact_arithmetic, exact_decimal
from footwall.tariffs import Schedule


@dataclass(frozen=True, slots=True)
class LevyReturned:
    """What was levied on goods of `member` on entry to `importer`: so many lines, and `amount` in `currency`."""

    member: str
    importer: str
    currency: str
    lines: int
    amount: Decimal


def equalisation_returns(lines: object, liabilities: object, schedule: Schedule) -> tuple[LevyReturned, ...]:
    """The levy that each member gets back for its goods, by importer, less the credits that lines drew on.

    `lines` are those that were assessed and `liabilities` what came out, each as a table or dicts. Only floor duty of measures of
    `schedule` with `equalisation` counts. Raises UsageError where a line that owes the levy is not among `lines`, two lines have
    its id, or its declared origin is not one of the measure's: by a rule of origin its goods count as another country's, and what
    is returned to whom is not the schedule's to say.
    """
    levies = {measure.measure_id: schedule.origins_of(measure) for measure in schedule.measures if measure.equalisation}
    by_id: dict[object, list[Mapping[str, object]]] = defaultdict(list)
    for line in table_rows(lines, "lines"):
        by_id[str(line.get("line_id"))].append(line)
    found: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for row in table_rows(liabilities, "liabilities"):
        ids = row.get("measure_ids")
        met = [name for name in (ids if isinstance(ids, Iterable) else ()) if name in levies]
        amount = exact_decimal(str(row.get("floor_duty")))
        if not met or not amount or row.get("method") == "embedded":
            continue
        name = str(row.get("line_id"))
        if len(by_id[name]) != 1:
            raise UsageError(
                f"{len(by_id[name])} lines are named {name}: give each line that was assessed, under an id of its own"
            )
        member, importer = (str(by_id[name][0].get(key)).strip().upper() for key in ("origin", "importer"))
        if member not in levies[met[0]]:
            raise UsageError(f"line {name} declares the origin {member}, whose goods {met[0]} is not levied on")
        found[member, importer, str(row.get("currency"))].append(amount)
    with exact_arithmetic():
        return tuple(
            LevyReturned(*key, len(amounts), sum(amounts, Decimal(0))) for key, amounts in sorted(found.items())
        )
