"""Which facts and which rules a zone has adopted, and whether the files in its folder are still those.

What was decided rests on them. Facts stay as they were adopted. A version of the rules may be followed by another one:
then the earlier one gives up what it says of days to come: it may end, and so may its rules and its reviews, on a day
after all walked days, and a walk may go on. Of walked days an adopted file must go on saying the same.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from footwall.desk.events import FactsAdopted, RulebookAdopted, entry_of
from footwall.desk.state import State
from footwall.errors import ZoneError
from footwall.facts import Facts
from footwall.journal import Document, Evidence, NewEntry
from footwall.rulebook import Known, Rulebooks, load_rulebook
from footwall.zone import Members

_ENDS: Final = frozenset({"valid_to", "through"})


def known_of(facts: Facts, members: Members) -> Known:
    """What rules may name in a zone with these facts."""
    parties = frozenset[str]().union(*(members.members_on(day) for day in members.breakpoints))
    bases = {form.form: form.basis for form in facts.forms.values()}
    stages = {form.form: form.stage for form in facts.forms.values()}
    return Known(bases, frozenset(facts.countries), frozenset(facts.currencies), parties, stages)


def facts_adopted(facts: Facts) -> FactsAdopted:
    """The facts of a folder, as they are to be adopted."""
    return FactsAdopted(facts.digest(), _digests(facts.folder, {".csv", ".toml"}))


def rulebook_adopted(path: Path, known: Known) -> tuple[RulebookAdopted, Document]:
    """One version of the rules, as it is to be adopted, and the document that keeps its text.

    Raises RulebookError with every fault of the file.
    """
    header = load_rulebook(path, known).rulebook
    data = path.read_bytes()
    document = Document.of({"file": path.name, "text": data.decode("utf-8-sig")})
    digest = hashlib.sha256(data).hexdigest()
    event = RulebookAdopted(
        path.name, header.version, digest, header.valid_from, header.valid_to, {"rulebook": document.digest}
    )
    return event, document


def check_facts_unchanged(state: State, folder: Path) -> None:
    """Raise ZoneError where a table is not as it was adopted: the fault of whoever changed it."""
    if state.facts is None:
        raise ZoneError(
            f"{folder.parent} has adopted no facts in the journal that it is asked by: ask as known at a later instant."
        )
    changed = _changed(state.facts.files, _digests(folder, {".csv", ".toml"}))
    if changed:
        raise ZoneError(
            f"the facts in {folder} are not those that the zone adopted: {changed}. What it decided rests on them. "
            "Put the files back as they were, or make a new zone with the new facts: footwall init DIR."
        )


def rulebooks_to_adopt(state: State, folder: Path, evidence: Evidence) -> tuple[Path, ...]:
    """The files of versions that are new, or that were amended in a way that changes no walked day; none, as a rule.

    Raises ZoneError for any other change of an adopted file.
    """
    found = _digests(folder, {".toml"})
    held = {file: adopted.digest for file, adopted in state.rulebooks.items()}
    if missing := held.keys() - found.keys():
        raise ZoneError(
            f"{', '.join(sorted(missing))} is missing from {folder}: the zone adopted it. Put the file back as it was."
        )
    changed = [name for name, digest in found.items() if held.get(name) != digest]
    for name in changed:
        if name in held and not _only_ends(folder / name, evidence.get_json(_document(state, name)), state.last_day):
            raise ZoneError(
                f"{name} is not the version of the rules that the zone adopted, and days have been decided under it. "
                "Put the file back as it was; to change a rule, add a version with a later valid_from as a file of its "
                f"own in {folder}, and end this one with valid_to on the day before."
            )
    return tuple(folder / name for name in changed)


def check_new_versions(rulebooks: Rulebooks, state: State) -> None:
    """Raise ZoneError where a version that is not adopted yet would hold on a day that has been walked."""
    names = {adopted.version for adopted in state.rulebooks.values()}
    for version in rulebooks.versions:
        header = version.rulebook
        if header.version not in names and state.last_day is not None and header.valid_from <= state.last_day:
            raise ZoneError(
                f"version {header.version} of the rules begins on {header.valid_from}, but the zone has been walked to "
                f"{state.last_day}: give it a valid_from after that day."
            )


def adoption_entry(event: FactsAdopted | RulebookAdopted, effective_on: date) -> NewEntry:
    """The adoption as an entry; a version that is adopted again, extended, has a key of its own."""
    name = "facts" if isinstance(event, FactsAdopted) else event.file
    return entry_of(event, effective_on, f"{name}/{event.digest}")


def _document(state: State, name: str) -> str:
    return state.rulebooks[name].evidence["rulebook"]


def _only_ends(path: Path, adopted: Mapping[str, object], last_day: date | None) -> bool:
    """Whether a file says of every walked day what the adopted text says: it differs at most in what ends later."""
    try:
        new = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
        old = tomllib.loads(str(adopted["text"]), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return False
    walked_to = last_day or date.min
    return bool(_as_walked(new, walked_to) == _as_walked(old, walked_to))


def _as_walked(value: object, walked_to: date) -> object:
    """A rulebook's tables as far as walked days go: without later ends (of walk, version, rule) and later review days."""
    if isinstance(value, dict):
        return {
            key: _as_walked(inner, walked_to)
            for key, inner in value.items()
            if not (key in _ENDS and isinstance(inner, date) and inner >= walked_to)
        }
    if isinstance(value, list):
        return [_as_walked(inner, walked_to) for inner in value if not (isinstance(inner, date) and inner > walked_to)]
    return value


def _digests(folder: Path, suffixes: set[str]) -> dict[str, str]:
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in suffixes)
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    except OSError as error:
        raise ZoneError(f"{folder} cannot be read: {error.strerror}. Put the folder back.") from None


def _changed(adopted: Mapping[str, str], found: Mapping[str, str]) -> str:
    """In words, which files differ; empty where none does."""
    parts = {
        "changed": [name for name in sorted(adopted.keys() & found.keys()) if adopted[name] != found[name]],
        "missing": sorted(adopted.keys() - found.keys()),
        "added": sorted(found.keys() - adopted.keys()),
    }
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts.items() if names)
