"""Verifies the signatures that `footwall signatures --format json` tells, without Footwall.

    python verify_signatures.py signatures.json zone

Needs any Ed25519 library; this one is `cryptography`. The public keys that the file tells are taken on trust: compare
them with those that the signers themselves publish.
"""

import base64
import gzip
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def main(told_in: Path, zone: Path) -> None:
    """Say of the document and of each signature whether it is what it claims to be."""
    told = json.loads(told_in.read_text(encoding="utf-8"))
    content = gzip.decompress((zone / told["evidence"]).read_bytes())
    whole = hashlib.sha256(content).hexdigest() == told["document"]
    say(f"the certificates of {told['on']}: {'unchanged' if whole else 'CHANGED'}")
    for one in told["signatures"]:
        said = {key: one[key] for key in ("document", "except", "on", "person", "role", "zone")}
        message = b"footwall/prices-signed/1\n" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
        same = (one["document"], one["on"], one["zone"]) == (told["document"], told["on"], told["zone"])
        say(f"{one['person']} as {one['role']}: {'verified' if same and verified(one, message) else 'NOT VERIFIED'}")


def verified(one: dict[str, str], message: bytes) -> bool:
    """Whether the signature is that of the key over these bytes."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(one["public_key"]))
    try:
        key.verify(base64.b64decode(one["signature"]), message)
    except InvalidSignature:
        return False
    return True


def say(text: str) -> None:
    """One line of the answer."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
