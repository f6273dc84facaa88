"""A small zone's bulletins, made with keys that are the same in every run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from footwall.bulletin import (
    Edition,
    Policy,
    Published,
    RolePolicy,
    Signing,
    Verified,
    begin,
    bulletin_files,
    packed,
    public_key_of,
    publish,
    read_publication,
    signers_of,
    verify,
)
from footwall.bulletin.policy import ROLES, RoleName
from footwall.desk.keyfile import SigningKey
from footwall.floors import Floor
from footwall.prices import ReferencePrice
from footwall.quantity import Unknown
from footwall.tariffs import Band, Measure, Slice

ZONE = sha256(b"a zone").hexdigest()
BEGUN = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY: Policy = {
    "root": RolePolicy(3, 2, 365),
    "targets": RolePolicy(3, 2, 92),
    "log": RolePolicy(1, 1, 92),
    "snapshot": RolePolicy(1, 1, 92),
    "timestamp": RolePolicy(1, 1, 7),
}


@cache
def holder(name: str) -> SigningKey:
    return SigningKey(Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest()))


def names_of(role: RoleName, policy: Policy = POLICY) -> list[str]:
    return [f"{role}-{place}" for place in range(1, policy[role].keys + 1)]


EVERY = tuple(name for role in ROLES for name in names_of(role))


def keyid(name: str) -> str:
    return str(public_key_of(holder(name).public_key).keyid)


def signing(at: datetime = BEGUN, names: Iterable[str] = EVERY) -> Signing:
    return Signing(signers_of(holder(name) for name in names), at)


def measure(name: str = "floor-cobalt", **changes: Any) -> Measure:
    values: dict[str, Any] = {
        "measure_id": name,
        "role": "floor",
        "method": "notified",
        "importers": ["US"],
        "origins": ["CN"],
        "valid_from": date(2026, 5, 31),
        "currency": "USD",
        "form": "cobalt-metal",
        "specific": Decimal("3.50"),
        "floor": Decimal("36.10"),
        "legal_basis": 'Article 7, "floor"; =1+1',
    }
    return Measure(**values | changes)


def published(on: date = date(2026, 5, 31), **changes: Any) -> Published:
    floor = Floor(
        "cobalt-metal", date(2026, 1, 1), Decimal("36.10"), Unknown("no rule states it"), Decimal("30.00"), Decimal("31.00"),
        Decimal("36.10"), None, "trailing_mean", "external", None, "example-2",
    )  # fmt: skip
    price = ReferencePrice(
        "cobalt-metal",
        on,
        Unknown("nothing stood"),
        "suspended",
        None,
        None,
        assumed=False,
        cost_build=Unknown("no recipe"),
    )
    values: dict[str, Any] = {
        "zone": "Small zone",
        "identity": ZONE,
        "notice": "An example.",
        "on": on,
        "published_on": on,
        "rules": "example-2",
        "currency": "USD",
        "measures": [
            measure(),
            measure("banded", method="banded", specific=None, floor=None, bands=[Band(Decimal(20), Decimal(0)), Band(Decimal(0), Decimal("9.1"))],
                    form="tin-metal"),
            measure("graded", method="graduated", specific=None, slices=[Slice(Decimal("0.5"), Decimal("0.30"))], form="zinc-metal"),
        ],
        "floors": [floor],
        "prices": [(price, sha256(b"certificates").hexdigest())],
    }  # fmt: skip
    return Published(**values | changes)


@dataclass
class Shop:
    """A publisher: the files as they stand, and every act on them."""

    files: dict[str, bytes] = field(default_factory=dict)

    def take(self, edition: Edition) -> Edition:
        self.files = edition.applied(self.files)
        return edition

    def publish(self, at: datetime = BEGUN, names: Iterable[str] = EVERY, **changes: Any) -> Edition:
        files = bulletin_files(published(**changes))
        return self.take(publish(read_publication(self.files), files, signing(at, names)))

    def packed(self, number: int = 1, since: int = 1) -> dict[str, bytes]:
        return packed(read_publication(self.files), number, since)

    def copy(self) -> "Shop":
        return Shop(dict(self.files))


def opened(policy: Policy = POLICY, at: datetime = BEGUN) -> Shop:
    """A shop that has published nothing yet."""
    keys = {role: [public_key_of(holder(name).public_key) for name in names_of(role, policy)] for role in ROLES}
    every = [name for role in ROLES for name in names_of(role, policy)]
    shop = Shop()
    shop.take(begin(ZONE, policy, keys, signing(at, every)))
    return shop


def with_one(at: datetime = BEGUN) -> Shop:
    """A shop with one bulletin."""
    shop = opened(at=at)
    shop.publish(at)
    return shop


def codes(found: Verified) -> set[str]:
    return {problem.code for problem in found.problems}


def root_of(files: Mapping[str, bytes], version: int = 1) -> bytes:
    return files[f"metadata/{version}.root.json"]


def looked_at(files: Mapping[str, bytes], root: bytes | None = None, at: datetime = BEGUN, **options: Any) -> Verified:
    return verify(files, root or root_of(files), at, **options)
