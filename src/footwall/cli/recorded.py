"""What a verb of governance says once it is done: what was recorded, or why there was nothing to record."""

from typing import TYPE_CHECKING

from footwall.cli.screen import paragraph, say
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.desk import Recorded, Zone


def tell(held: "Zone", done: "Recorded", sentence: str) -> None:
    """`sentence`, where something was recorded; else that the same stands in the record already."""
    if done.event is None:
        paragraph(f"Nothing changed: {done.already}.")
    else:
        paragraph(sentence)
    say(f"Record: {counted(held.head.sequence, 'entry', 'entries')}, head {held.head.hash[:16]}…")
