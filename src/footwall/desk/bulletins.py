"""What a bulletin of the zone says: a schedule as it was published, with the floors and prices that it rests on."""

from datetime import date

from footwall.bulletin import Published
from footwall.desk.zone import Zone


def published_schedule(zone: Zone, on: date | None = None) -> Published:
    """The schedule published on a day (the last walked one where none is named), for `footwall.bulletin.bulletin_files`.

    Floors and prices are of the forms that its measures name. Each price comes with the digest of the document of its day, which
    holds its certificate and is what people sign. Raises UsageError where nothing was published.
    """
    schedule, state = zone.schedule(on or zone.last_day), zone.state_on(on)
    day = on or zone.days[-1]
    forms = sorted(form for form in schedule.named_forms() if form in zone.facts.forms)
    floors = zone.floors(on)
    prices = [state.references[form][-1] for form in forms if form in state.references]
    return Published(
        zone=zone.settings.name,
        identity=zone.identity,
        notice=zone.settings.notice,
        on=day,
        published_on=state.published_on or day,
        rules=zone.rulebooks.on(day).rulebook.version,
        currency=schedule.currency,
        measures=schedule.measures,
        floors=[floors[form] for form in forms if form in floors],
        conditions=schedule.conditions,
        prices=[(price, zone.state.certificates[price.on]) for price in prices],
    )
