"""Bulletins: a published schedule in three forms, signed under TUF's roles, in a public log; and their verification.

Each name is loaded when it is first asked for: whoever makes no bulletin needs no TUF.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footwall.bulletin.ceremony import sign_elsewhere, with_signatures
    from footwall.bulletin.contents import Published, bulletin_contents, bulletin_files, schedule_of
    from footwall.bulletin.keys import Holder, public_key_of, short, signers_of
    from footwall.bulletin.log import TreeHead, prove
    from footwall.bulletin.making import Edition, KeyChange, Signing, begin, packed, publish, refresh, rotate
    from footwall.bulletin.merkle import (
        Tree,
        consistency_proof,
        inclusion_proof,
        leaf_hash,
        root_of_inclusion,
        roots_of_consistency,
        tree_root,
    )
    from footwall.bulletin.policy import ROLES, Policy, RoleName, RolePolicy, read_policy
    from footwall.bulletin.publication import Publication, read_publication, role_keys, root_name, root_versions
    from footwall.bulletin.reading import FolderFiles, read_archive, read_bulletin
    from footwall.bulletin.seen import Seen, read_seen, seen_bytes
    from footwall.bulletin.tables import FILES
    from footwall.bulletin.verifying import Check, Verified, verify
    from footwall.bulletin.writing import archive_bytes, write_edition, write_whole

_HOMES = MappingProxyType(
    {
        "ceremony": ("sign_elsewhere", "with_signatures"),
        "contents": ("Published", "bulletin_contents", "bulletin_files", "schedule_of"),
        "keys": ("Holder", "public_key_of", "short", "signers_of"),
        "log": ("TreeHead", "prove"),
        "making": ("Edition", "KeyChange", "Signing", "begin", "packed", "publish", "refresh", "rotate"),
        "merkle": (
            "Tree",
            "consistency_proof",
            "inclusion_proof",
            "leaf_hash",
            "root_of_inclusion",
            "roots_of_consistency",
            "tree_root",
        ),
        "policy": ("ROLES", "Policy", "RoleName", "RolePolicy", "read_policy"),
        "publication": ("Publication", "read_publication", "role_keys", "root_name", "root_versions"),
        "reading": ("FolderFiles", "read_archive", "read_bulletin"),
        "seen": ("Seen", "read_seen", "seen_bytes"),
        "tables": ("FILES",),
        "verifying": ("Check", "Verified", "verify"),
        "writing": ("archive_bytes", "write_edition", "write_whole"),
    }
)
"""Which module each name is from."""

_MODULES = MappingProxyType({name: module for module, names in _HOMES.items() for name in names})

__all__ = [
    "FILES",
    "ROLES",
    "Check",
    "Edition",
    "FolderFiles",
    "Holder",
    "KeyChange",
    "Policy",
    "Publication",
    "Published",
    "RoleName",
    "RolePolicy",
    "Seen",
    "Signing",
    "Tree",
    "TreeHead",
    "Verified",
    "archive_bytes",
    "begin",
    "bulletin_contents",
    "bulletin_files",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "packed",
    "prove",
    "public_key_of",
    "publish",
    "read_archive",
    "read_bulletin",
    "read_policy",
    "read_publication",
    "read_seen",
    "refresh",
    "role_keys",
    "root_name",
    "root_of_inclusion",
    "root_versions",
    "roots_of_consistency",
    "rotate",
    "schedule_of",
    "seen_bytes",
    "short",
    "sign_elsewhere",
    "signers_of",
    "tree_root",
    "verify",
    "with_signatures",
    "write_edition",
    "write_whole",
]


def __getattr__(name: str) -> object:
    """The name, loaded now. Raises AttributeError for any that is not of this room."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"footwall.bulletin.{_MODULES[name]}"), name)
    globals()[name] = found
    return found
