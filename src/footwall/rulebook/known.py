"""What a rulebook may refer to: the ids and codes that its check is given, for this room may not ask the facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Known:
    """Everything a rule may name.

    `forms` gives each form's price basis; `stages` each form's stage; `countries` are ISO 3166 alpha-2 codes, `currencies` ISO 4217 codes;
    `members` are the parties that are members on some day, the states of a member union counted with it.
    """

    forms: Mapping[str, Literal["form", "contained"]]
    countries: frozenset[str]
    currencies: frozenset[str]
    members: frozenset[str]
    stages: Mapping[str, str] = field(default_factory=dict)
