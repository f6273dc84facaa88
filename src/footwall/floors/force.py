"""Which floor is in force on a day."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from footwall.errors import UsageError
from footwall.floors.records import Floor


def floor_on(floors: Iterable[Floor], on: date) -> Floor | None:
    """The floor of one form that is in force on `on`: the last one decided, until its sunset (its last day) has passed.

    A review that knew no basis decides nothing, so the floor before it stays. Where none was ever decided, the last
    review is returned with its unknown price and reason; None before the first review and after the sunset.
    Raises UsageError for floors of several forms: the caller's fault.
    """
    reviewed = sorted((floor for floor in floors if floor.reviewed_on <= on), key=lambda floor: floor.reviewed_on)
    if len(forms := {floor.form for floor in reviewed}) > 1:
        raise UsageError(f"one floor is asked for, but floors of {', '.join(sorted(forms))} are given")
    decided = [floor for floor in reviewed if isinstance(floor.price, Decimal)]
    if not reviewed:
        return None
    latest = (decided or reviewed)[-1]
    return latest if latest.sunset is None or on <= latest.sunset else None


def floors_on(floors: Iterable[Floor], on: date) -> dict[str, Floor]:
    """The floors in force on `on`, by form; a form without one is left out."""
    by_form: dict[str, list[Floor]] = {}
    for floor in floors:
        by_form.setdefault(floor.form, []).append(floor)
    in_force = {form: floor_on(of_form, on) for form, of_form in sorted(by_form.items())}
    return {form: floor for form, floor in in_force.items() if floor is not None}
