"""Private keys in files of their own, which only their owner can read."""

import base64
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from footwall.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key in the hand of its owner. It is never printed and never recorded."""

    _private: "Ed25519PrivateKey"

    @property
    def public_key(self) -> str:
        """Its public half: 32 bytes in base64."""
        return base64.b64encode(self._private.public_key().public_bytes_raw()).decode()

    def sign(self, message: bytes) -> str:
        """Its signature over `message`: 64 bytes in base64."""
        return base64.b64encode(self._private.sign(message)).decode()

    def __repr__(self) -> str:
        """The public half only."""
        return f"<SigningKey {self.public_key}>"


def make_key(path: Path) -> SigningKey:
    """A new key in a new file, PEM (PKCS #8), which only its owner can read. Raises UsageError where there is a file."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError:
        raise UsageError(f"{path} is there already, and a key is never written over: name another file") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Name another file.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}. No key was made.") from None
    return SigningKey(key)


def read_key(path: Path) -> SigningKey:
    """The key in a file. Raises UsageError for a file that others can read, or that holds no Ed25519 private key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        mode, text = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise UsageError(f"the key {path} cannot be read: {error.strerror}. Name the file of your key.") from None
    if os.name == "posix" and mode & _OTHERS:
        raise UsageError(f"others can read the key {path}: chmod 600 {path}, and use a new key if they may have")
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            f"{path} holds no Ed25519 private key in PEM without a password: footwall people key FILE makes one"
        )
    return SigningKey(key)
