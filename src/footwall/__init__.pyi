# The public names of Footwall, for type checkers and editors: `__init__.py` loads each when it is first asked for.

from footwall.batch import Assessed as Assessed
from footwall.batch import Table as Table
from footwall.batch import assess as assess
from footwall.desk import RunResult as RunResult
from footwall.desk import Zone as Zone
from footwall.desk import init_zone as init_zone
from footwall.desk import open_zone as open_zone
from footwall.desk import run as run
from footwall.desk import verify_zone as verify_zone
from footwall.duties import Alternative as Alternative
from footwall.duties import Credit as Credit
from footwall.duties import DutyStep as DutyStep
from footwall.duties import Liability as Liability
from footwall.duties import Line as Line
from footwall.duties import alternatives as alternatives
from footwall.duties import assess_line as quote
from footwall.duties import equalisation_returns as equalisation_returns
from footwall.errors import ColumnsError as ColumnsError
from footwall.errors import FactsError as FactsError
from footwall.errors import FootwallError as FootwallError
from footwall.errors import InputError as InputError
from footwall.errors import JournalError as JournalError
from footwall.errors import LinesError as LinesError
from footwall.errors import ObservationsError as ObservationsError
from footwall.errors import Problem as Problem
from footwall.errors import RulebookError as RulebookError
from footwall.errors import ScheduleError as ScheduleError
from footwall.errors import UsageError as UsageError
from footwall.errors import ZoneError as ZoneError
from footwall.facts import Facts as Facts
from footwall.facts import Form as Form
from footwall.facts import read_rate as read_rate
from footwall.facts import shipped_facts as shipped_facts
from footwall.floors import Floor as Floor
from footwall.floors import Ladder as Ladder
from footwall.floors import Level as Level
from footwall.floors import Rung as Rung
from footwall.journal import Journal as Journal
from footwall.prices import Certificate as Certificate
from footwall.prices import ReferencePrice as ReferencePrice
from footwall.prices import explain as explain
from footwall.prices import replay as replay
from footwall.quantity import Unknown as Unknown
from footwall.quantity import round_to_unit as round_to_unit
from footwall.rulebook import Rulebook as Rulebook
from footwall.rulebook import Rulebooks as Rulebooks
from footwall.rulebook import compare as compare
from footwall.rulebook import load_rulebook as load_rulebook
from footwall.rulebook import load_rulebooks as load_rulebooks
from footwall.tariffs import Band as Band
from footwall.tariffs import DayRule as DayRule
from footwall.tariffs import Element as Element
from footwall.tariffs import Measure as Measure
from footwall.tariffs import OriginRule as OriginRule
from footwall.tariffs import Parity as Parity
from footwall.tariffs import Schedule as Schedule
from footwall.tariffs import Slice as Slice
from footwall.tariffs import Tariff as Tariff
from footwall.tariffs import TariffAuthority as TariffAuthority
from footwall.tariffs import measures_from_tariff as measures_from_tariff
from footwall.zone import Members as Members

__version__: str

__all__ = [
    "Alternative",
    "Assessed",
    "Band",
    "Certificate",
    "ColumnsError",
    "Credit",
    "DayRule",
    "DutyStep",
    "Element",
    "Facts",
    "FactsError",
    "Floor",
    "FootwallError",
    "Form",
    "InputError",
    "Journal",
    "JournalError",
    "Ladder",
    "Liability",
    "Line",
    "LinesError",
    "Measure",
    "Members",
    "ObservationsError",
    "OriginRule",
    "Parity",
    "Problem",
    "ReferencePrice",
    "Rulebook",
    "RulebookError",
    "Rulebooks",
    "RunResult",
    "Rung",
    "Schedule",
    "ScheduleError",
    "Slice",
    "Table",
    "Tariff",
    "TariffAuthority",
    "Unknown",
    "UsageError",
    "Zone",
    "ZoneError",
    "alternatives",
    "assess",
    "compare",
    "equalisation_returns",
    "explain",
    "init_zone",
    "load_rulebook",
    "load_rulebooks",
    "measures_from_tariff",
    "open_zone",
    "quote",
    "read_rate",
    "replay",
    "round_to_unit",
    "run",
    "shipped_facts",
    "verify_zone",
]
