"""A file that holds a certificate: read without trusting it, whatever it holds.

Three shapes are read: what `footwall price --certificate` publishes, what `footwall price --format json` prints, and a
bare certificate. All are JSON without fractions (decimals are text), without a key given twice.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, cast

from footwall.errors import UsageError
from footwall.prices import JSON

BYTES_MAX: Final = 64 * 2**20
"""No certificate is as large: a larger file is not read."""

DEPTH_MAX: Final = 32
"""No certificate nests as deep."""

_WHOLE_MAX: Final = 2**53
_FIELDS: Final = frozenset({"form", "on", "method", "result", "combination_steps"})
"""What tells a certificate from other JSON."""


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """A certificate as a file tells it, and what stands around it: empty where it stands by itself."""

    certificate: Mapping[str, JSON]
    around: Mapping[str, JSON]


def read_certificate_file(path: Path) -> CertificateFile:
    """The certificate in a file. Raises UsageError, saying why, for a file that holds none."""
    found = _json(path)
    if isinstance(found, dict):
        inner = found.get("certificate")
        if isinstance(inner, dict) and inner.keys() >= _FIELDS:
            return CertificateFile(inner, found)
        if found.keys() >= _FIELDS:
            return CertificateFile(found, {})
    raise UsageError(f"{path} is JSON, but no certificate of a price. Make one: footwall price FORM --certificate FILE")


def _json(path: Path) -> JSON:
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
        if len(data) > BYTES_MAX:
            raise UsageError(f"{path} is larger than {BYTES_MAX // 2**20} MiB: it is no certificate, and is not read.")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. Name a certificate's file.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8, and so no certificate.") from None
    try:
        found: JSON = json.loads(
            text, object_pairs_hook=_once, parse_float=_no_fraction, parse_constant=_no_fraction, parse_int=_whole
        )
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise UsageError(f"{path} is not JSON: {error.msg} in line {error.lineno}.") from None
    except UnicodeEncodeError:
        raise UsageError(f"{path} holds text that is no Unicode, and so no certificate.") from None
    except RecursionError:
        raise _too_deep(path) from None
    except ValueError as error:
        raise UsageError(f"{path} is no certificate: it holds {error}.") from None
    if _deeper_than(found, DEPTH_MAX):
        raise _too_deep(path)
    return found


def _too_deep(path: Path) -> UsageError:
    return UsageError(f"{path} nests deeper than any certificate does.")


def _deeper_than(value: JSON, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return False
    return True


def _inside(value: JSON) -> list[JSON]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def _once(pairs: list[tuple[str, object]]) -> dict[str, JSON]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name[:40]!r} twice in one object")
        found[name] = value
    return cast("dict[str, JSON]", found)


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"the number {text[:40]}; decimals of a certificate are text")


def _whole(text: str) -> int:
    if len(text) > len(str(_WHOLE_MAX)) or abs(int(text)) >= _WHOLE_MAX:
        raise ValueError(f"the number {text[:40]}, which other programs would read as another one")
    return int(text)
