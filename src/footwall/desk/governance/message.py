r"""The bytes that a signature stands for, and whether it does.

They are, without any byte before, between or after::

    footwall/prices-signed/1\n
    {"document":"…","except":["…"],"on":"YYYY-MM-DD","person":"…","role":"…","zone":"…"}

that is: 25 bytes of ASCII, the last of them a line feed (0x0A); then the canonical JSON (RFC 8785: keys sorted, no
blanks, UTF-8, no line feed at its end) of one object with exactly these keys:

- `document`: SHA-256, 64 small hexadecimal digits, of the document of the day's certificates, as the journal's entry
  `reference_prices_set` names it under `evidence.certificates`;
- `except`: the forms that the signature does not cover, sorted; `[]` where it covers all;
- `on`: the day whose prices are signed;
- `person`, `role`: the signer's id, and `assessor` or `reviewer`;
- `zone`: the hash of the journal's first entry, which no other zone has.

The signature is Ed25519 (RFC 8032, pure) over these bytes; key and signature are written in base64. The first line keeps
a signature from meaning anything else that the same key may ever sign.
"""

import base64
import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from footwall.desk.governance.events import PricesSigned, Role

DOMAIN: Final = b"footwall/prices-signed/1\n"

_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64
_VERIFIED_KEPT: Final = 4096

_WEAK_KEYS: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""The points of small order, without their sign: whoever enrols one could later say that anybody made the signature."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one signature says: this person, in this role, stands for this day's document but for these forms."""

    zone: str
    on: date
    document: str
    person: str
    role: Role
    excepted: tuple[str, ...]

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        told = {
            "document": self.document,
            "except": list(self.excepted),
            "on": self.on.isoformat(),
            "person": self.person,
            "role": self.role,
            "zone": self.zone,
        }
        return DOMAIN + json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def statement_of(signed: PricesSigned) -> Statement:
    """What a recorded signature says."""
    return Statement(signed.zone, signed.on, signed.document, signed.person, signed.role, signed.excepted)


def key_fault(public_key: str) -> str | None:
    """Why a text is no public key that may be enrolled; None where it is one."""
    raw = _decoded(public_key, _KEY_BYTES)
    if raw is None:
        return "text that is not 32 bytes in base64"
    if raw[:-1] + bytes([raw[-1] & 0x7F]) in _WEAK_KEYS:
        return "a weak key: anybody could make its signatures"
    return None


@lru_cache(maxsize=_VERIFIED_KEPT)
def holds(public_key: str, message: bytes, signature: str) -> bool:
    """Whether `signature` is that of the owner of `public_key` over `message`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key, signed = _decoded(public_key, _KEY_BYTES), _decoded(signature, _SIGNATURE_BYTES)
    if key is None or signed is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str, length: int) -> bytes | None:
    """The bytes of a base64 text, where they are so many and the text is the only one that stands for them."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return raw if len(raw) == length and base64.b64encode(raw).decode() == text else None
