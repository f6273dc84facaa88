"""Signing on other machines: what is to be signed is written into a folder, and signatures come back into it.

The same act at the same instant, on the same public folder and the same schedule, gives the same bytes to sign on every machine. So who
signs elsewhere can make them anew and compare, and who publishes runs the same command again once the signatures are there.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from securesystemslib.signer import Signature
from tuf.api.metadata import Metadata

from footwall.bulletin.keys import HeldSigner, Holder, public_key_of, short
from footwall.bulletin.making import Edition, Signing
from footwall.bulletin.tables import canonical, read_canonical
from footwall.bulletin.writing import write_whole
from footwall.errors import UsageError

_PAYLOAD: Final = ".to-sign"
_SIGNATURE: Final = ".sig"
_AFTER: Final = ("snapshot", "timestamp")
"""Roles that sign what the others have signed, and so after them."""


def with_signatures(folder: Path, signing: Signing, make: Callable[[Signing], Edition]) -> Edition:
    """An act with the signatures that lie in `folder`. Raises UsageError where some are wanting; what they must be over is then there."""
    wanted: dict[str, bytes] = {}
    elsewhere = read_signatures(folder)
    make(replace(signing, elsewhere=elsewhere, wanted=wanted))
    first = _first(wanted)
    if not first:
        return make(replace(signing, elsewhere=elsewhere))
    for name, message in first.items():
        write_whole(folder / f"{name}{_PAYLOAD}", message)
    told = " and ".join(str(folder / f"{name}{_PAYLOAD}") for name in first)
    raise UsageError(
        f"signatures are wanting, and nothing is published. Have {told} signed (footwall bulletin sign FILE --key KEY), then run the same "
        f"command with --at {signing.instant.isoformat().replace('+00:00', 'Z')}"
    )


def sign_elsewhere(path: Path, holder: Holder) -> tuple[Path, Mapping[str, Any]]:
    """Sign what is in a file, beside it; the new file, and what was signed. Raises UsageError for a file of anything else."""
    try:
        message = path.read_bytes()
        told = json.loads(message)
        metadata: Metadata[Any] = Metadata.from_dict({"signed": json.loads(message), "signatures": []})
        same = metadata.signed_bytes == message
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        same = False
    if not same:
        raise UsageError(f"{path} is nothing that a bulletin is signed with: no metadata of TUF in its canonical form")
    signature = HeldSigner(holder).sign(message)
    made = path.with_name(f"{path.name.removesuffix(_PAYLOAD)}.{short(signature.keyid)}{_SIGNATURE}")
    stated = {
        "public_key": holder.public_key,
        "signature": base64.b64encode(bytes.fromhex(signature.signature)).decode(),
    }
    write_whole(made, canonical(stated | {"signed": message.decode()}))
    return made, told


def read_signatures(folder: Path) -> dict[str, dict[bytes, Signature]]:
    """The signatures that lie in a folder, by the id of the key and by what they are over. Raises UsageError for a file of anything else."""
    found: dict[str, dict[bytes, Signature]] = {}
    for path in sorted(folder.glob(f"*{_SIGNATURE}")):
        try:
            told = read_canonical(path.read_bytes())
            key = public_key_of(str(told["public_key"]))
            signature = Signature(key.keyid, base64.b64decode(str(told["signature"]), validate=True).hex())
            found.setdefault(key.keyid, {})[str(told["signed"]).encode()] = signature
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"{path} holds no signature ({error}): have it made again") from None
    return found


def _first(wanted: Mapping[str, bytes]) -> dict[str, bytes]:
    """What can be signed now: a new root first, then targets and log, and only then what these are named in."""
    for rank in (lambda name: name.startswith("root-"), lambda name: not name.startswith(_AFTER), lambda _: True):
        if chosen := {name: message for name, message in wanted.items() if rank(name)}:
            return chosen
    return {}
