"""How bulletins are signed: for each role its number of keys, its threshold, and for how many days a signature holds."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

from footwall.errors import InputError, Problem, UsageError
from footwall.quantity import counted

RoleName = Literal["root", "targets", "log", "snapshot", "timestamp"]
ROLES: Final[tuple[RoleName, ...]] = ("root", "targets", "log", "snapshot", "timestamp")
_KEYS: Final = ("keys", "threshold", "expires_days")


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """One role: `threshold` of its `keys` must sign, and what they signed holds for `expires_days`."""

    keys: int
    threshold: int
    expires_days: int


Policy = Mapping[RoleName, RolePolicy]


def read_policy(path: Path | None = None) -> Policy:
    """The policy in a TOML file; without one, the example's. Raises InputError with every fault, UsageError for no such file."""
    source = files("footwall.bulletin") / "policy.toml" if path is None else path
    try:
        told = tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the policy {path} cannot be read: {error.strerror}. Name another file.") from None
    except ValueError as error:
        raise UsageError(f"the policy {path} is no TOML: {error}. Correct it.") from None
    problems = policy_faults(told, str(path))
    if problems:
        raise InputError(f"The policy is refused: {counted(len(problems), 'fault')}.", problems)
    return {role: RolePolicy(**{name: told[role][name] for name in _KEYS}) for role in ROLES}


def policy_faults(told: Mapping[str, object], source: str) -> tuple[Problem, ...]:
    """Everything wrong with a policy as TOML has it."""
    found = [_fault(source, name, "a role that there is not", ", ".join(ROLES)) for name in told if name not in ROLES]
    for role in ROLES:
        given = told.get(role)
        if not isinstance(given, Mapping):
            found.append(_fault(source, role, "nothing", "a table with keys, threshold and expires_days"))
            continue
        found += [_fault(source, f"{role}.{name}", "an unknown key", ", ".join(_KEYS)) for name in given.keys() - _KEYS]
        wrong = [name for name in _KEYS if type(given.get(name)) is not int or given[name] < 1]
        found += [_fault(source, f"{role}.{name}", repr(given.get(name)), "a whole number above 0") for name in wrong]
        if not wrong and given["threshold"] > given["keys"]:
            told_keys = f"{given['threshold']} of {counted(given['keys'], 'key')}"
            found.append(_fault(source, f"{role}.threshold", told_keys, "no more than there are keys"))
    return tuple(found)


def _fault(source: str, field: str, found: str, expected: str) -> Problem:
    return Problem("policy", found, expected, "Correct the policy.", source=source, field=field)
