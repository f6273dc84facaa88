"""A zone's folder: made whole or not at all, and what stands in it."""

import json
import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from footwall.desk.adoption import adoption_entry, facts_adopted, known_of, rulebook_adopted
from footwall.errors import FactsError, ZoneError
from footwall.facts import Facts, check_facts, shipped_facts
from footwall.journal import EMPTY, Clock, Evidence, Journal, SimulatedClock, system_clock
from footwall.quantity import counted
from footwall.rulebook import load_rulebooks
from footwall.zone import Members

LAYOUT: Final = 1
NOTICE: Final = (
    "An example. The real agreement is still being negotiated; nobody owes anything under these rules, "
    "and their figures are assumptions."
)


class Settings(BaseModel):
    """zone.toml: what the zone is called, what it assesses in, and whose clock its journal goes by."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    layout: int
    name: str = Field(min_length=1, max_length=200)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    simulated_clock: bool
    notice: str


class Layout:
    """Where things stand in a zone's folder."""

    def __init__(self, folder: Path) -> None:
        """The layout of `folder`; nothing is looked at yet."""
        self.folder = folder
        self.settings = folder / "zone.toml"
        self.journal = folder / "journal.sqlite"
        self.evidence = folder / "evidence"
        self.facts = folder / "facts"
        self.rulebook = folder / "rulebook"


def init_zone(
    folder: Path | str,
    *,
    name: str = "Example zone",
    facts: Path | str | None = None,
    rulebook: Path | str | None = None,
    currency: str = "USD",
    notice: str = NOTICE,
    simulated_clock: bool = True,
) -> Path:
    """Make a zone in `folder`, which must be new or empty; returns the folder.

    The tables of `facts` and the versions in `rulebook` are copied in and adopted; without them, those that come with
    Footwall: shipped facts, example rules. With `simulated_clock` each day is recorded at its own end, so that the same
    facts and rules give the same journal on every machine; without, at the time of recording.
    Raises ZoneError for a folder that cannot become a zone, FactsError and RulebookError with every fault of what is to
    be adopted. Nothing is left behind where it raises.
    """
    target = Path(folder)
    _refuse_taken(target)
    settings = _settings(layout=LAYOUT, name=name, currency=currency, simulated_clock=simulated_clock, notice=notice)
    with as_file(files("footwall.rulebook") / "example") as example:
        sources = _Sources(
            facts=shipped_facts().folder if facts is None else Path(facts),
            rulebook=example if rulebook is None else Path(rulebook),
        )
        sources.check()
        return _make(target, settings, sources)


@dataclass(frozen=True, slots=True)
class _Sources:
    """The folders whose tables and rules a new zone copies and adopts."""

    facts: Path
    rulebook: Path

    def check(self) -> None:
        """Raise FactsError or RulebookError with every fault, told at the files that the user knows."""
        _files(self.facts, {".csv", ".toml"}, "fact tables")
        _files(self.rulebook, {".toml"}, "rules")
        facts = Facts(self.facts)
        if problems := check_facts(facts):
            raise FactsError(f"the facts do not hold together: {counted(len(problems), 'problem')}", problems)
        load_rulebooks(self.rulebook, known_of(facts, Members.from_facts(facts.memberships, facts.countries)))


def _make(target: Path, settings: Settings, sources: _Sources) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.absolute().parent))
    except OSError as error:
        raise ZoneError(f"no zone can be made in {target}: {error.strerror}. Name another folder.") from None
    try:
        making.chmod(0o755)
        layout = Layout(making)
        _copy(_files(sources.facts, {".csv", ".toml"}, "fact tables"), layout.facts)
        _copy(_files(sources.rulebook, {".toml"}, "rules"), layout.rulebook)
        layout.settings.write_text(_toml(settings), encoding="utf-8")
        _adopt(layout, settings)
        _move(making, target)
    except OSError as error:
        raise ZoneError(f"no zone can be made in {target}: {error}. Mend this and try again.") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return target


def read_settings(folder: Path) -> Settings:
    """The settings of a zone's folder. Raises ZoneError where it is no zone, or its zone.toml cannot be used."""
    path = Layout(folder).settings
    if not folder.is_dir():
        raise ZoneError(f"there is no folder {folder}. Make a zone in it: footwall init {folder}")
    if not path.is_file():
        raise ZoneError(
            f"{folder} is not a zone: it has no zone.toml. Name a zone's folder, or make one: footwall init DIR"
        )
    try:
        return _settings(**tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ZoneError(f"{path} cannot be read: {error}. Put it back as it was made.") from None


def clock_of(settings: Settings, instant: datetime) -> Clock:
    """The clock that a zone's journal goes by: one that stands at `instant` until it is moved, or this machine's."""
    return SimulatedClock(instant) if settings.simulated_clock else system_clock


def opening_instant(first_day: date) -> datetime:
    """When a simulated zone adopts its rules: as the first day that they hold begins."""
    return datetime.combine(first_day, time.min, UTC)


def closing_instant(day: date) -> datetime:
    """When a simulated zone records a day: in its last second, when all that it could know is known."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def _adopt(layout: Layout, settings: Settings) -> None:
    facts = Facts(layout.facts)
    known = known_of(facts, Members.from_facts(facts.memberships, facts.countries))
    first_day = load_rulebooks(layout.rulebook, known).first_day
    evidence = Evidence(layout.evidence)
    entries = [adoption_entry(facts_adopted(facts), first_day)]
    for path in sorted(layout.rulebook.glob("*.toml")):
        event, document = rulebook_adopted(path, known)
        evidence.keep(document)
        entries.append(adoption_entry(event, event.valid_from))
    journal = Journal.create(layout.journal, clock=clock_of(settings, opening_instant(first_day)))
    journal.append(entries, EMPTY)


def _refuse_taken(target: Path) -> None:
    if Layout(target).settings.exists():
        raise ZoneError(f"{target} is a zone already. Walk it with: footwall run {target}; or name another folder.")
    if target.exists() and not target.is_dir():
        raise ZoneError(f"{target} is a file. Name a folder that is new or empty.")
    if target.is_dir() and any(target.iterdir()):
        raise ZoneError(f"{target} is not empty. Name a folder that is new or empty.")


def _files(folder: Path, suffixes: set[str], what: str) -> list[Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in suffixes and path.is_file())
    except OSError as error:
        raise ZoneError(f"the {what} in {folder} cannot be read: {error.strerror}. Name another folder.") from None
    if not paths:
        raise ZoneError(f"{folder} holds no {what}. Name the folder that has them.")
    return paths


def _copy(paths: list[Path], target: Path) -> None:
    target.mkdir()
    for path in paths:
        shutil.copyfile(path, target / path.name)


def _move(making: Path, target: Path) -> None:
    """Put the finished zone in its place, whole or not at all. zone.toml comes last: without it a folder is no zone.

    The system replaces no folder that holds something, so of two that make a zone in one place the later one fails, at
    the first folder that it moves: folders go before files. Raises ZoneError for that.
    """
    moved: list[Path] = []
    try:
        if not target.exists():
            making.replace(target)
            return
        _refuse_filled(target)
        last = Layout(making).settings
        for path in sorted(making.iterdir(), key=lambda path: (path == last, path.is_file(), path.name)):
            path.replace(target / path.name)
            moved.append(path)
    except OSError:
        for path in moved:
            (target / path.name).replace(path)
        _refuse_filled(target)
        raise


def _refuse_filled(target: Path) -> None:
    """Raise ZoneError where something has come into `target` while a zone was being made for it."""
    if Layout(target).settings.exists():
        raise ZoneError(
            f"{target} has become a zone while this one was being made: another `footwall init` was faster. That zone "
            f"is untouched, and nothing of this one is left. Walk it with: footwall run {target}; or name another folder."
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ZoneError(
            f"{target} was filled while its zone was being made, perhaps by another `footwall init`. What is there is "
            "untouched, and nothing of this zone is left. Name a folder that is new or empty."
        )


def _settings(**values: object) -> Settings:
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ZoneError(f"zone.toml cannot be used: {faults}. Correct it, or put it back as it was made.") from None
    if settings.layout != LAYOUT:
        raise ZoneError(f"the zone has layout {settings.layout}, and this version of Footwall knows {LAYOUT} only")
    return settings


def _toml(settings: Settings) -> str:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.model_dump().items()]
    return "\n".join(["# What this zone is. Its rules stand in rulebook/, its facts in facts/.", *lines, ""])
