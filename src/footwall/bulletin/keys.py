"""The keys of the roles: public halves as python-tuf holds them, and private halves in the hands of whoever signs.

This room reads and writes no private key: a `Holder` signs, and says its public half.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, Self

from securesystemslib.signer import Key, Signature, Signer, SSlibKey

from footwall.errors import UsageError

_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")
_PUBLIC: Final = re.compile(r"[0-9a-f]{64}")


class Holder(Protocol):
    """Whoever holds a private Ed25519 key: `public_key` and what `sign` returns are base64."""

    @property
    def public_key(self) -> str:
        """The public half: 32 bytes in base64."""

    def sign(self, message: bytes) -> str:
        """The signature over `message`: 64 bytes in base64."""


class HeldSigner(Signer):
    """A holder as python-tuf signs with it."""

    def __init__(self, holder: Holder) -> None:
        """The signer of one key."""
        self._holder = holder
        self._public = public_key_of(holder.public_key)

    @property
    def public_key(self) -> Key:
        """The public half."""
        return self._public

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri: str, public_key: Key, secrets_handler: Any = None) -> Self:  # noqa: ANN401, ARG003 - as the library declares it
        """Not ours: keys are files that the command line reads. Raises UsageError."""
        raise UsageError(f"{priv_key_uri} names no key that a bulletin is signed with")

    def sign(self, payload: bytes) -> Signature:
        """The signature over `payload`."""
        return Signature(self._public.keyid, base64.b64decode(self._holder.sign(payload)).hex())


def public_key_of(text: str) -> SSlibKey:
    """The public key that a base64 text holds, as `footwall people key` prints it. Raises UsageError for any other text."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        raw = base64.b64decode(text, validate=True)
        return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(raw))
    except ValueError:
        raise UsageError(
            f"{text[:60]!r} is no public key: 32 bytes in base64, as `footwall people key` prints them"
        ) from None


def signers_of(holders: Iterable[Holder]) -> dict[str, HeldSigner]:
    """Signers by the id of their key; a key that is given twice is one signer."""
    made = [HeldSigner(holder) for holder in holders]
    return {signer.public_key.keyid: signer for signer in made}


def short(keyid: str) -> str:
    """A key's id as a screen shows it."""
    return keyid[:12]


def keys_faults(keys: Mapping[str, Key]) -> list[str]:
    """What is wrong with the keys of a role, in words: no Ed25519 key, or one key under two ids, which would sign twice."""
    found = []
    seen: dict[str, str] = {}
    for keyid, key in keys.items():
        public = str(key.keyval.get("public"))
        if (key.keytype, key.scheme) != ("ed25519", "ed25519") or not _PUBLIC.fullmatch(public):
            found.append(f"key {short(keyid)} is no Ed25519 key")
        elif public in seen:
            found.append(f"one key under two ids, {short(seen[public])} and {short(keyid)}")
        seen.setdefault(public, keyid)
    return found


def is_signature(text: str) -> bool:
    """Whether a text is 64 bytes in small hexadecimal digits: the only text that stands for them."""
    return _SIGNATURE.fullmatch(text) is not None
