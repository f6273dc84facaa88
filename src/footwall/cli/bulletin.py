"""`footwall bulletin`: schedules published so that whoever reads one can tell that it is what everybody reads."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import OnDay, ZoneFolder, examples, instant_in_words, read_instant
from footwall.cli.screen import Column, paragraph, say, table, working
from footwall.quantity import counted

if TYPE_CHECKING:
    from securesystemslib.signer import Key

    from footwall.bulletin import Edition, KeyChange, Publication, RoleName, Signing

KEYS_EXAMPLES = examples("footwall bulletin keys keys", "footwall bulletin keys keys --policy ours.toml")
INIT_EXAMPLES = examples("footwall bulletin init public --keys keys --zone zone")
PUBLISH_EXAMPLES = examples(
    "footwall bulletin publish public --keys keys --zone zone",
    "footwall bulletin publish public --on 2026-05-31 --key wei.pem --key ana.pem --keys online --zone zone",
)
REFRESH_EXAMPLES = examples("footwall bulletin refresh public --key timestamp-1.pem")
ROTATE_EXAMPLES = examples(
    "footwall bulletin rotate public --remove targets=1073386a5042 --add targets=new.pub --keys keys",
    "footwall bulletin rotate public --keys keys",
)
PACK_EXAMPLES = examples("footwall bulletin pack public --out bulletin.zip")
SIGN_EXAMPLES = examples("footwall bulletin sign ceremony/targets-2.to-sign --key targets-2.pem")
LIST_EXAMPLES = examples("footwall bulletin list public")

verbs = typer.Typer(
    name="bulletin",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Publish signed schedules, in a public log. Whoever reads one: footwall verify.",
)

Public = Annotated[Path, typer.Argument(metavar="PUBLIC", help="The public folder of bulletins.", show_default=False)]
KeysFolder = Annotated[
    Path | None, typer.Option("--keys", metavar="DIR", help="Sign with every key in this folder.", show_default=False)
]
KeyFiles = Annotated[
    list[Path] | None,
    typer.Option("--key", metavar="FILE", help="Sign with this key; may be given again.", show_default=False),
]
At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        metavar="INSTANT",
        parser=read_instant,
        help="When it is signed, such as 2026-06-01T12:00:00Z.",
        show_default="now",
    ),
]
Signatures = Annotated[
    Path | None,
    typer.Option(
        "--signatures",
        metavar="DIR",
        help="Signatures made elsewhere; what still wants one is written there.",
        show_default=False,
    ),
]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="FILE",
        help="Keys, thresholds and days of each role, as TOML.",
        show_default="the example's",
    ),
]


@verbs.command("keys", epilog=KEYS_EXAMPLES)
def keys(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder for them.", show_default=False)],
    policy: PolicyFile = None,
) -> None:
    """Make the private keys of every role.

    Make as many private keys for every role as the policy says, each in a file that only you can read, its public half beside it. Give them
    to the people who shall hold them: who has a threshold of them all can sign anything.
    """
    from footwall.bulletin import ROLES, public_key_of, read_policy, short
    from footwall.desk import make_key

    wanted = read_policy(policy)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = []
    for role in ROLES:
        for place in range(1, wanted[role].keys + 1):
            name = f"{role}-{place}"
            public = make_key(folder / f"{name}.pem").public_key
            (folder / f"{name}.pub").write_text(f"{public}\n", encoding="utf-8")
            needed = f"{wanted[role].threshold} of {wanted[role].keys}"
            rows.append((role, needed, f"{name}.pem", short(public_key_of(public).keyid), public))
    columns = [Column(name) for name in ("role", "must sign", "file")]
    table([*columns, Column("key", "whole"), Column("public half", "whole")], rows)


@verbs.command("init", epilog=INIT_EXAMPLES)
def init(
    public: Annotated[Path, typer.Argument(metavar="PUBLIC", help="A new or empty folder.", show_default=False)],
    folder: Annotated[
        Path,
        typer.Option(
            "--keys",
            metavar="DIR",
            help="Holds ROLE-NUMBER.pub of every key, and the private halves of a threshold.",
            show_default=False,
        ),
    ],
    key: KeyFiles = None,
    signatures: Signatures = None,
    policy: PolicyFile = None,
    at: At = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Make a public folder for a zone's bulletins.

    Make a public folder that holds no bulletin yet, with root 1: who may sign what. Publish the digest that this prints by another way
    than the bulletins: whoever verifies begins from it.
    """
    from footwall.bulletin import ROLES, begin, read_policy, root_name, write_edition
    from footwall.cli.opened import opened
    from footwall.errors import UsageError

    if public.exists() and (not public.is_dir() or any(public.iterdir())):
        raise UsageError(f"{public} is not empty. Name a folder that is new or empty.")
    wanted = read_policy(policy)
    named = {role: [_public_key(one) for one in sorted(folder.glob(f"{role}-*.pub"))] for role in ROLES}
    identity = opened(zone).identity
    edition = _made(lambda signing: begin(identity, wanted, named, signing), _signing(folder, key, at), signatures)
    write_edition(public, edition)
    say(f"{public} holds no bulletin yet. Publish one: footwall bulletin publish {public}")
    say(f"Root 1, to be published by another way: {_digest(edition.written[root_name(1)])}")


@verbs.command("publish", epilog=PUBLISH_EXAMPLES)
def publish(
    public: Public,
    on: OnDay = None,
    folder: KeysFolder = None,
    key: KeyFiles = None,
    signatures: Signatures = None,
    at: At = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Publish the schedule of a day as a bulletin.

    Publish the schedule of a day as a bulletin: signed, logged, as JSON, CSV and a spreadsheet. What stands there for the day already is not
    published again.
    """
    from footwall.bulletin import bulletin_files
    from footwall.bulletin import publish as make
    from footwall.cli.opened import day_of, opened
    from footwall.desk import published_schedule

    held = opened(zone)
    asked = day_of(held, on)
    before, signing = _publication(public), _signing(folder, key, at)
    with working(f"publishing the schedule of {asked}"):
        files = bulletin_files(published_schedule(held, asked))
        edition = _made(lambda one: make(before, files, one), signing, signatures)
    if edition.already:
        paragraph(f"Nothing changed: the schedule of {asked} stands there as bulletin {edition.number}.")
        return
    _write(public, before, edition, f"Published bulletin {edition.number}: the schedule of {asked}.")
    paragraph(held.settings.notice)


@verbs.command("refresh", epilog=REFRESH_EXAMPLES)
def refresh(
    public: Public,
    folder: KeysFolder = None,
    key: KeyFiles = None,
    signatures: Signatures = None,
    at: At = None,
) -> None:
    """Sign the timestamp anew, and what would end before it.

    Sign the timestamp anew, and every role that would end before it. Done often, it leaves nobody long in doubt whether there is something newer.
    """
    from footwall.bulletin import refresh as make

    held = _publication(public)
    edition = _made(lambda signing: make(held, signing), _signing(folder, key, at), signatures)
    signed = ", ".join(sorted(name.rpartition("/")[2] for name in edition.written if name.startswith("metadata/")))
    _write(public, held, edition, f"Signed anew: {signed}.")


@verbs.command("rotate", epilog=ROTATE_EXAMPLES)
def rotate(
    public: Public,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="ROLE=FILE", help="A public key that joins a role.", show_default=False),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="ROLE=KEY", help="A key that leaves a role.", show_default=False),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option("--threshold", metavar="ROLE=NUMBER", help="How many keys must sign.", show_default=False),
    ] = None,
    folder: KeysFolder = None,
    key: KeyFiles = None,
    signatures: Signatures = None,
    at: At = None,
) -> None:
    """Change keys and thresholds; or sign a new root with the same.

    Change the keys or the threshold of roles in a new root, which the old keys of the root and the new ones sign, and which is logged. With no
    change it is the same root for longer.
    """
    from footwall.bulletin import read_bulletin, read_publication
    from footwall.bulletin import rotate as make

    changes = _changes(add or [], remove or [], threshold or [])
    held = _publication(public)
    edition = _made(lambda signing: make(held, changes, signing), _signing(folder, key, at), signatures)
    _write(public, held, edition, f"Changed: {', '.join(change.role for change in changes) or 'nothing but the days'}.")
    root = read_publication(read_bulletin(public)).root
    say(f"Root {root.version}: {_digest(edition.written[f'metadata/{root.version}.root.json'])}")


@verbs.command("sign", epilog=SIGN_EXAMPLES)
def sign(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What --signatures wrote.", show_default=False)],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.", show_default=False)],
) -> None:
    """Sign elsewhere what a publisher wants signed.

    Sign what a publisher wants signed, on a machine that needs nothing else, and tell what it says. The signature is written beside it.
    """
    from footwall.bulletin import sign_elsewhere
    from footwall.desk import read_key

    made, told = sign_elsewhere(file, read_key(key))
    say(f"Signed: {told['_type']} {told['version']}, until {told['expires']}")
    rows = [(path, str(one["length"]), one["hashes"]["sha256"]) for path, one in told.get("targets", {}).items()]
    table([Column("file"), Column("bytes", "whole"), Column("sha256", "whole")], rows)
    say(f"Written: {made}")


@verbs.command("pack", epilog=PACK_EXAMPLES)
def pack(
    public: Public,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The .zip to write.", show_default=False)],
    number: Annotated[
        int | None, typer.Option("--number", metavar="NUMBER", help="Which bulletin.", show_default="the newest")
    ] = None,
    since: Annotated[
        int,
        typer.Option(
            "--since", metavar="SIZE", min=1, help="Prove that the log goes on from every head of at least so many."
        ),
    ] = 1,
) -> None:
    """Write one bulletin as an archive, with all that verifies it."""
    from footwall.bulletin import archive_bytes, packed, write_whole

    held = _publication(public)
    chosen = held.newest if number is None else number
    write_whole(out, archive_bytes(packed(held, chosen, since)))
    say(f"Written: {out}, bulletin {chosen}. Whoever has it: footwall verify {out} --root ROOT")


@verbs.command("list", epilog=LIST_EXAMPLES)
def list_bulletins(public: Public) -> None:
    """The bulletins and roots in the log, and how long each role holds. Verifies nothing but signatures."""
    import json

    from footwall.bulletin import short

    held = _publication(public)
    told = [json.loads(entry) for entry in held.entries]
    rows = [
        (
            place,
            f"{one['kind']} {one.get('number') or one.get('version')}",
            one.get("on", "–"),
            instant_in_words(datetime.fromisoformat(one["published_at"])),
        )
        for place, one in enumerate(told, 1)
    ]
    table([Column("entry", "number"), Column("of"), Column("schedule of"), Column("published at")], rows)
    say()
    roles = [("root", held.root), ("targets", held.targets), ("log", held.log), ("snapshot", held.snapshot)]
    listed = []
    for role, signed in [*roles, ("timestamp", held.timestamp)]:
        named = (held.targets if role == "log" else held.root).get_delegated_role(role)
        ids = " ".join(short(keyid) for keyid in named.keyids)
        listed.append(
            (role, signed.version, f"{named.threshold} of {len(named.keyids)}", ids, instant_in_words(signed.expires))
        )
    columns = [Column("role"), Column("version", "number"), Column("must sign"), Column("keys"), Column("holds until")]
    table(columns, listed)
    say(f"The head of the log, to note down elsewhere: {held.head}")


def _publication(public: Path) -> "Publication":
    from footwall.bulletin import read_bulletin, read_publication
    from footwall.errors import UsageError

    if not public.is_dir():
        raise UsageError(f"{public} is no folder of bulletins. Make one: footwall bulletin init {public}")
    return read_publication(read_bulletin(public))


def _write(public: Path, before: "Publication", edition: "Edition", sentence: str) -> None:
    from footwall.bulletin import write_edition

    write_edition(public, edition, before.files)
    held = _publication(public)
    paragraph(sentence)
    say(f"The log has {counted(held.head.size, 'entry', 'entries')}, head {held.head.root[:16]}…")


def _made(make: "Callable[[Signing], Edition]", signing: "Signing", signatures: Path | None) -> "Edition":
    """What an act comes to, with signatures that were made elsewhere where there is a folder of them."""
    from footwall.bulletin import with_signatures

    return make(signing) if signatures is None else with_signatures(signatures, signing, make)


def _signing(folder: Path | None, files: Iterable[Path] | None, at: datetime | None) -> "Signing":
    """Everybody who signs, and when: this machine's clock where nobody says. Raises UsageError where there is no key."""
    from footwall.bulletin import Signing, signers_of
    from footwall.desk import read_key
    from footwall.errors import UsageError

    paths = [*(files or ()), *(sorted(folder.glob("*.pem")) if folder else ())]
    if not paths:
        raise UsageError("nobody signs: give a key (--key FILE) or a folder of them (--keys DIR)")
    return Signing(signers_of(read_key(path) for path in paths), at or datetime.now(UTC))


def _public_key(path: Path) -> "Key":
    from footwall.bulletin import public_key_of
    from footwall.errors import UsageError

    try:
        return public_key_of(path.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the public key {path} cannot be read: {error}") from None


def _changes(add: list[str], remove: list[str], threshold: list[str]) -> list["KeyChange"]:
    """The changes, one a role."""
    from footwall.bulletin import ROLES, KeyChange

    added = [_pair(one) for one in add]
    removed = [_pair(one) for one in remove]
    thresholds = {role: _number(value) for role, value in map(_pair, threshold)}
    named = {role for role, _ in [*added, *removed]} | thresholds.keys()
    return [
        KeyChange(
            role,
            [_public_key(Path(value)) for one, value in added if one == role],
            [value for one, value in removed if one == role],
            thresholds.get(role),
        )
        for role in ROLES
        if role in named
    ]


def _pair(text: str) -> tuple["RoleName", str]:
    from footwall.bulletin import ROLES

    role, sign, value = text.partition("=")
    for known in ROLES:
        if known == role and sign and value:
            return known, value
    raise typer.BadParameter(f"{text!r}: write ROLE=VALUE, the role one of {', '.join(ROLES)}")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise typer.BadParameter(f"{text!r} is no threshold: write a whole number")
    return int(text)


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
