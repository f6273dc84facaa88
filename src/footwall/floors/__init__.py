"""Reference prices become floors at scheduled reviews, and floors a ladder over each chain."""

from footwall.floors.force import floor_on, floors_on
from footwall.floors.ladder import ladder
from footwall.floors.records import Floor, Ladder, Level, Rung
from footwall.floors.review import review, review_due, trailing_mean

__all__ = [
    "Floor",
    "Ladder",
    "Level",
    "Rung",
    "floor_on",
    "floors_on",
    "ladder",
    "review",
    "review_due",
    "trailing_mean",
]
