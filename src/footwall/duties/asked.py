"""Which columns of a line the rules of a schedule read, beside those that every schedule reads."""

from footwall.tariffs import Schedule


def columns_asked(schedule: Schedule) -> frozenset[str]:
    """The names among `BY_RULE` that some rule of `schedule` reads; `credit_refs` always, since a credit is never ignored."""
    asked = {f"{day}_date" for day in schedule.conditions.days_read} | {"credit_refs"}
    asked |= {"preference_certificate"} if schedule.programmes else set()
    asked |= {"contents"} if schedule.elements or any(m.contained for m in schedule.measures) else set()
    asked |= {"stage_origins"} if schedule.conditions.reads_stages else set()
    return frozenset(asked)
