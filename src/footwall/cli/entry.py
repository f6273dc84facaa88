"""`footwall entry`: customs entries from filing to their end, with corrections, payments, bonds and rulings."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from footwall.cli.options import Format, KnownAt, OutputFormat, ZoneFolder, examples, read_day, read_number
from footwall.cli.screen import say

if TYPE_CHECKING:
    from footwall.desk import Entered, Zone
    from footwall.entries import EntryBook

FILE_EXAMPLES = examples(
    "footwall entry file lines.csv --entry E-1 --account acme",
    "footwall entry file month.csv     # columns entry and account say which lines make which entry",
    "footwall entry file stored.csv --entry W-1 --account acme     # lines whose entry_type is warehouse",
)
WITHDRAW_EXAMPLES = examples("footwall entry withdraw W-1 --entry E-2 --take L1=400 --take L2=50.5 --on 2025-09-30")
EXPORT_EXAMPLES = examples("footwall entry export W-1 --reference bl-77 --take L1=600 --on 2025-10-31")
LIQUIDATE_EXAMPLES = examples(
    "footwall entry liquidate E-1 --on 2025-12-01", "footwall entry liquidate E-1 --schedule restated.json"
)
EXTEND_EXAMPLES = examples('footwall entry extend E-1 --to 2026-12-31 --reason "An inquiry into its origin is open."')
PROTEST_EXAMPLES = examples('footwall entry protest E-1 --reason "The goods are of another form."')
DECIDE_EXAMPLES = examples(
    'footwall entry decide E-1 approved --reason "The ruling R-7 fixes the form."',
    'footwall entry decide E-1 denied --reason "Nothing new was shown."',
)
CANCEL_EXAMPLES = examples('footwall entry cancel E-1 --reason "The goods never arrived."')
CLOSE_EXAMPLES = examples("footwall entry close E-1")
PAY_EXAMPLES = examples(
    "footwall entry pay E-1 --amount 17744.45 --reference wire-1 --on 2025-04-10",
    "footwall entry pay E-1 --amount 120 --reference back-1 --refund",
)
CORRECT_EXAMPLES = examples(
    'footwall entry correct --reason "Correction 1 restated the price of cobalt." --try',
    'footwall entry correct --reason "The schedule of March was restated." --schedule restated.json --from 2025-03-01 --to 2025-03-31',
)
BOND_EXAMPLES = examples(
    "footwall entry bond B-1 --account acme --kind continuous --amount 50000 --from 2025-01-01",
    "footwall entry bond B-2 --account acme --kind single --amount 200000 --from 2025-03-01 --to 2026-03-01",
)
CALL_EXAMPLES = examples("footwall entry call E-1 --on 2025-10-01")
RULE_EXAMPLES = examples(
    "footwall entry rule R-7 --holder acme --importer US --from 2025-01-01 --to 2027-12-31 --of-form cobalt-metal --origin ZM",
    'footwall entry rule R-7 --revoke --to 2025-09-30 --reason "The goods changed."',
)
LIST_EXAMPLES = examples("footwall entry list", "footwall entry list --account acme --on 2026-03-31")
SHOW_EXAMPLES = examples("footwall entry show E-1", "footwall entry show E-1 --as-known-at 2025-06-30")
STATEMENT_EXAMPLES = examples(
    "footwall entry statement acme", "footwall entry statement acme --from 2025-04-01 --to 2025-06-30 --format json"
)
VERIFY_EXAMPLES = examples("footwall entry verify", "footwall entry verify E-1")

verbs = typer.Typer(
    name="entry",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Customs entries: file, liquidate, protest, correct, pay.",
)


class BondChoice(StrEnum):
    """Whether a bond stands for one entry or for all of its days."""

    SINGLE = "single"
    CONTINUOUS = "continuous"


class OutcomeChoice(StrEnum):
    """How a protest is decided."""

    APPROVED = "approved"
    DENIED = "denied"


class BasisChoice(StrEnum):
    """What a value includes."""

    FOB = "fob"
    CIF = "cif"


def _day(help_text: str, name: str, default: str | bool) -> typer.models.OptionInfo:
    found: typer.models.OptionInfo = typer.Option(
        name, metavar="DAY", parser=read_day, help=help_text, show_default=default
    )
    return found


EntryId = Annotated[str, typer.Argument(metavar="ENTRY", help="The entry's id.", show_default=False)]
NewEntry = Annotated[str, typer.Option("--entry", metavar="ID", help="The new entry's id.", show_default=False)]
Account = Annotated[str, typer.Option("--account", metavar="ID", help="Who owes for it.", show_default=False)]
Bond = Annotated[
    str | None, typer.Option("--bond", metavar="ID", help="The bond that stands for it.", show_default=False)
]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence.", show_default=False)]
Reference = Annotated[str, typer.Option("--reference", help="The document's own name.", show_default=False)]
When = Annotated[date | None, _day("The day on which it happens.", "--on", "the zone's today")]
Restated = Annotated[
    Path | None,
    typer.Option(
        "--schedule",
        metavar="FILE",
        help="A restated schedule, as footwall schedule --format json writes it.",
        show_default="as corrections of the zone restate it",
    ),
]
Take = Annotated[
    list[str],
    typer.Option("--take", metavar="LINE=KG", help="Kilograms of a line; may be repeated.", show_default=False),
]


_LACKS = "{} lacks columns that an entry needs. docs/lines.md says what each column of a line holds, docs/entries.md what entry and account are."


@verbs.command("file", epilog=FILE_EXAMPLES)
def file(
    lines: Annotated[Path, typer.Argument(metavar="LINES", help="CSV or Parquet: docs/lines.md.", show_default=False)],
    entry: Annotated[
        str | None,
        typer.Option("--entry", metavar="ID", help="The new entry's id.", show_default="each line's column entry"),
    ] = None,
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="ID", help="Who owes for it.", show_default="each line's column account"),
    ] = None,
    bond: Bond = None,
    on: Annotated[date | None, _day("The day of filing.", "--on", "the day of entry")] = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """File entries, and charge what they owe.

    File an entry of the lines of a file, each assessed under the schedule of its day: consumption, warehouse or temporary admission, as their entry_type says. Without --entry the file's columns entry and account (and bond) say which lines make which entry; all are filed or none.
    """
    from footwall.batch import check_columns
    from footwall.desk import Filing, file_entries, file_entry
    from footwall.errors import UsageError

    if entry is not None and account is not None:
        check_columns(lines, {}, _LACKS.format(lines))
        asked = Filing(entry, account, bond, on)
        _done(zone, output, lambda held: file_entry(held, asked, lines))
        return
    if (entry, account, bond, on) != (None, None, None, None):
        raise UsageError("an entry has an --entry and an --account; without both, columns of the file name them")
    from footwall.cli.entry_screens import print_filed
    from footwall.cli.opened import opened
    from footwall.cli.screen import working

    one = "Or file one entry of all lines: --entry ID --account WHO."
    check_columns(lines, {"entry": one, "account": one}, _LACKS.format(lines))
    held = opened(zone)
    with working(f"assessing {lines}"):
        done = file_entries(held, lines)
    print_filed(held, done, output)


@verbs.command("withdraw", epilog=WITHDRAW_EXAMPLES)
def withdraw_goods(
    parent: Annotated[str, typer.Argument(metavar="FROM", help="The entry that keeps the goods.", show_default=False)],
    entry: NewEntry,
    take: Take,
    on: When = None,
    bond: Bond = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Withdraw kept goods for consumption, at the rate of that day.

    Enter goods out of a warehouse or of temporary admission for consumption. They owe what is owed on the day of withdrawal.
    """
    from footwall.desk import Withdrawal, withdraw

    taken = _taken(take)
    _done(zone, output, lambda held: withdraw(held, entry, Withdrawal(parent, taken, _on(held, on)), bond))


@verbs.command("export", epilog=EXPORT_EXAMPLES)
def export(
    entry: EntryId,
    reference: Reference,
    take: Take,
    on: When = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Record that kept goods went out again."""
    from footwall.desk import goods_leave

    taken = _taken(take)
    _done(zone, output, lambda held: goods_leave(held, entry, taken, _on(held, on), reference))


@verbs.command("liquidate", epilog=LIQUIDATE_EXAMPLES)
def liquidate(
    entry: EntryId,
    on: When = None,
    schedule: Restated = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Determine what an entry owes.

    Determine what an entry owes, as is known now; a bill or a refund follows where that is not what it was charged.
    """
    from footwall.desk import liquidate_entry

    _done(zone, output, lambda held: liquidate_entry(held, entry, _on(held, on), schedule))


@verbs.command("extend", epilog=EXTEND_EXAMPLES)
def extend(
    entry: EntryId,
    to: Annotated[date, _day("The new last day to liquidate it.", "--to", default=False)],
    reason: Reason,
    on: When = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Extend the time to liquidate an entry."""
    from footwall.desk import extend_entry

    _done(zone, output, lambda held: extend_entry(held, entry, to, reason, _on(held, on)))


@verbs.command("protest", epilog=PROTEST_EXAMPLES)
def protest(
    entry: EntryId, reason: Reason, on: When = None, output: Format = OutputFormat.TABLE, zone: ZoneFolder = Path()
) -> None:
    """Object to what was liquidated."""
    from footwall.desk import protest_entry

    _done(zone, output, lambda held: protest_entry(held, entry, _on(held, on), reason))


@verbs.command("decide", epilog=DECIDE_EXAMPLES)
def decide(
    entry: EntryId,
    outcome: Annotated[OutcomeChoice, typer.Argument(help="How it is decided.", show_default=False)],
    reason: Reason,
    on: When = None,
    schedule: Restated = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Decide a protest; approved, the entry owes what is known now."""
    from footwall.desk import decide_entry_protest

    how: Literal["approved", "denied"] = "approved" if outcome is OutcomeChoice.APPROVED else "denied"
    _done(
        zone,
        output,
        lambda held: decide_entry_protest(held, entry, how, _on(held, on), reason=reason, schedule=schedule),
    )


@verbs.command("cancel", epilog=CANCEL_EXAMPLES)
def cancel(
    entry: EntryId, reason: Reason, on: When = None, output: Format = OutputFormat.TABLE, zone: ZoneFolder = Path()
) -> None:
    """Take an entry back before it is liquidated."""
    from footwall.desk import cancel_entry

    _done(zone, output, lambda held: cancel_entry(held, entry, _on(held, on), reason))


@verbs.command("close", epilog=CLOSE_EXAMPLES)
def close(entry: EntryId, on: When = None, output: Format = OutputFormat.TABLE, zone: ZoneFolder = Path()) -> None:
    """Release what is left of the security of an entry that is final and paid."""
    from footwall.desk import close_entry

    _done(zone, output, lambda held: close_entry(held, entry, _on(held, on)))


@verbs.command("pay", epilog=PAY_EXAMPLES)
def pay(
    entry: EntryId,
    amount: Annotated[
        Decimal, typer.Option("--amount", parser=read_number, help="In the assessment currency.", show_default=False)
    ],
    reference: Reference,
    refund: Annotated[bool, typer.Option("--refund", help="It went out to the account.")] = False,
    on: When = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Record a payment, or a refund that went out."""
    from footwall.desk import pay_entry

    _done(zone, output, lambda held: pay_entry(held, entry, amount, _on(held, on), reference, refund=refund))


@verbs.command("correct", epilog=CORRECT_EXAMPLES)
def correct(
    reason: Reason,
    schedule: Restated = None,
    entry: Annotated[
        list[str] | None,
        typer.Option("--entry", metavar="ID", help="Only this entry; may be repeated.", show_default="all"),
    ] = None,
    first: Annotated[date | None, _day("Only entries from this day on.", "--from", "all")] = None,
    last: Annotated[date | None, _day("Only entries up to this day.", "--to", "all")] = None,
    try_only: Annotated[bool, typer.Option("--try", help="Only show what it would do; record nothing.")] = False,
    on: When = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Bill and refund what past entries owe otherwise, as is known now.

    Assess past entries again by what is known now, and issue bills, refunds and releases of security for what comes out otherwise, with interest. What is beyond its time is listed and not touched; the same correction again issues nothing.
    """
    from footwall.desk import correct_entries

    _done(
        zone,
        output,
        lambda held: correct_entries(
            held, reason, _on(held, on), schedule, days=(first, last), only=tuple(entry or ()), try_only=try_only
        ),
    )


@verbs.command("bond", epilog=BOND_EXAMPLES)
def bond(
    bond_id: Annotated[str, typer.Argument(metavar="BOND", help="The bond's id.", show_default=False)],
    account: Account,
    kind: Annotated[
        BondChoice, typer.Option("--kind", help="For one entry, or for all of its days.", show_default=False)
    ],
    amount: Annotated[
        Decimal, typer.Option("--amount", parser=read_number, help="In the assessment currency.", show_default=False)
    ],
    first: Annotated[date, _day("Its first day.", "--from", default=False)],
    last: Annotated[date | None, _day("Its last day.", "--to", "until it is replaced")] = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Lodge a bond for an account."""
    from footwall.desk import lodge_bond

    which: Literal["single", "continuous"] = "single" if kind is BondChoice.SINGLE else "continuous"
    _done(zone, output, lambda held: lodge_bond(held, bond_id, account, kind=which, amount=amount, days=(first, last)))


@verbs.command("call", epilog=CALL_EXAMPLES)
def call(entry: EntryId, on: When = None, output: Format = OutputFormat.TABLE, zone: ZoneFolder = Path()) -> None:
    """Call on the bond for what is unpaid.

    Call on the bond of an entry for what was due and is unpaid after the days of grace, or for goods that were kept too long.
    """
    from footwall.desk import call_bond

    _done(zone, output, lambda held: call_bond(held, entry, _on(held, on)))


@verbs.command("rule", epilog=RULE_EXAMPLES)
def rule(
    ruling: Annotated[str, typer.Argument(metavar="RULING", help="The ruling's id.", show_default=False)],
    last: Annotated[date, _day("The last day on which it binds.", "--to", default=False)],
    holder: Annotated[str, typer.Option("--holder", metavar="ACCOUNT", help="Whose goods it binds.")] = "",
    importer: Annotated[str, typer.Option("--importer", help="The country of import.")] = "",
    first: Annotated[date | None, _day("The first day on which it binds.", "--from", default=False)] = None,
    of_form: Annotated[
        str | None, typer.Option("--of-form", help="Goods declared as this form.", show_default=False)
    ] = None,
    of_code: Annotated[
        str | None, typer.Option("--of-hs-code", help="Goods declared under this code.", show_default=False)
    ] = None,
    of_origin: Annotated[
        str | None, typer.Option("--of-origin", help="Goods declared of this origin.", show_default=False)
    ] = None,
    form: Annotated[str | None, typer.Option("--form", help="They are of this form.", show_default=False)] = None,
    hs_code: Annotated[
        str | None, typer.Option("--hs-code", help="They are under this code.", show_default=False)
    ] = None,
    origin: Annotated[str | None, typer.Option("--origin", help="They are of this origin.", show_default=False)] = None,
    content: Annotated[
        Decimal | None,
        typer.Option("--content", parser=read_number, help="Their content, a fraction.", show_default=False),
    ] = None,
    basis: Annotated[
        BasisChoice | None, typer.Option("--valuation-basis", help="Their value is so.", show_default=False)
    ] = None,
    legal_basis: Annotated[str, typer.Option("--under", help="The law it stands under.", show_default=False)] = "",
    revoke: Annotated[bool, typer.Option("--revoke", help="Revoke it; it binds to the end of its grace.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why it is revoked.", show_default=False)] = "",
    on: When = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Issue an advance ruling that binds the goods of its holder, or revoke one."""
    from footwall.desk import issue_ruling, revoke_ruling
    from footwall.entries import Ruling
    from footwall.errors import UsageError

    if revoke:
        _done(zone, output, lambda held: revoke_ruling(held, ruling, _on(held, on), last, reason))
        return
    if first is None or not holder or not importer:
        raise UsageError("a ruling has a --holder, an --importer and a first day, --from")
    stated: Literal["fob", "cif"] | None = None if basis is None else ("fob" if basis is BasisChoice.FOB else "cif")
    issued = Ruling(
        ruling, holder, importer, first, last, of_code, of_form, of_origin, hs_code, form, origin, content, stated, legal_basis
    )  # fmt: skip
    _done(zone, output, lambda held: issue_ruling(held, issued))


@verbs.command("list", epilog=LIST_EXAMPLES)
def list_entries(
    account: Annotated[
        str | None, typer.Option("--account", help="Only those of an account.", show_default="all")
    ] = None,
    on: Annotated[date | None, _day("How they stand on this day.", "--on", "the zone's today")] = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Every entry, how it stands on a day, and what is still owed."""
    from footwall.cli.entry_screens import print_list
    from footwall.cli.opened import opened

    held = opened(zone)
    print_list(held, _book(held, on), account, _on(held, on), output)


@verbs.command("show", epilog=SHOW_EXAMPLES)
def show(
    entry: EntryId,
    on: Annotated[date | None, _day("How it stands on this day.", "--on", "the zone's today")] = None,
    as_known_at: KnownAt = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """One entry: its lines, what they rest on, and what followed."""
    from footwall.cli.entry_screens import print_entry
    from footwall.cli.opened import opened_as_known

    held = opened_as_known(zone, as_known_at)
    print_entry(held, _book(held, on), entry, _on(held, on), output)


@verbs.command("statement", epilog=STATEMENT_EXAMPLES)
def statement(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Who owes.", show_default=False)],
    first: Annotated[date | None, _day("From this day on.", "--from", "the first")] = None,
    last: Annotated[date | None, _day("Up to this day.", "--to", "the last")] = None,
    as_known_at: KnownAt = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """The ledger of an account, with the balance after every posting."""
    from footwall.cli.entry_screens import print_statement
    from footwall.cli.opened import opened_as_known

    print_statement(opened_as_known(zone, as_known_at), account, (first, last), output)


@verbs.command("verify", epilog=VERIFY_EXAMPLES)
def verify(
    entry: Annotated[str | None, typer.Argument(metavar="[ENTRY]", help="Only this one.", show_default=False)] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Do every assessment of the record again, on what it rested on then."""
    from footwall.cli.failure import problems
    from footwall.cli.opened import opened
    from footwall.cli.status import PROBLEMS
    from footwall.desk import entry_problems
    from footwall.quantity import counted

    held = opened(zone)
    found = entry_problems(held, entry)
    count = 1 if entry is not None else len(held.state.entries.entries)
    if not found:
        say(f"{counted(count, 'entry', 'entries')} assessed again: everything comes out as it is recorded.")
        return
    say(f"{counted(len(found), 'assessment')} of the record cannot be done again.")
    problems(found, error=False)
    raise typer.Exit(PROBLEMS)


def _on(held: "Zone", on: date | None) -> date:
    from footwall.desk import today

    return on or today(held)


def _book(held: "Zone", on: date | None) -> "EntryBook":
    """The entries as they stood on the day that was asked for, else all that is recorded."""
    from footwall.desk import entries_on

    return held.state.entries if on is None else entries_on(held, on)


def _taken(take: list[str]) -> dict[str, Decimal]:
    """Kilograms by line, from LINE=KG."""
    found: dict[str, Decimal] = {}
    for one in take:
        name, equals, mass = one.rpartition("=")
        if not equals or name in found:
            raise typer.BadParameter(f"{one!r}: write LINE=KG, each line once, such as L1=400")
        found[name] = read_number(mass)
    return found


def _done(folder: Path, output: OutputFormat, act: "Callable[[Zone], Entered]") -> None:
    """Do it, and tell what came of it."""
    from footwall.cli.entry_screens import print_done
    from footwall.cli.opened import opened
    from footwall.cli.screen import working

    held = opened(folder)
    with working("assessing"):
        done = act(held)
    print_done(held, done, output)
