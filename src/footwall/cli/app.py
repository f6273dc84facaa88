"""The program `footwall`: its verbs, and the one place where what goes wrong is told and becomes an exit status."""

import os
import sys
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from footwall.cli import (
    assess,
    bulletin,
    check,
    columns,
    complaints,
    conflict,
    correct,
    correct_schedule,
    entry,
    history,
    init,
    journal,
    judge,
    ladder,
    member,
    observe,
    people,
    price,
    quote,
    replay,
    rules,
    run,
    schedule,
    sign,
    tariff,
    verify,
)
from footwall.cli.status import BROKEN_PIPE, BUG
from footwall.errors import FootwallError

EPILOG: Final = """\b
A first walk:
  footwall init zone                          make an example zone in the folder zone
  footwall run zone                           walk its days and see what came of it
  footwall price ndpr-oxide --why --zone zone

\b
Exit status: 0 clean, 1 finished with problems, 2 usage or nothing assessed, 70 a fault of ours."""


OF_THE_LIBRARY: Final = "Value error, "
"""What the library that reads the options puts before its sentence about a bad one."""


class Verbs(TyperGroup):
    """The verbs: an error that was raised on purpose is told in words, and any other is a fault of ours."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as in `invoke`
        """Take `--debug` wherever it stands."""
        if "--debug" in args:
            args = ["--debug", *(word for word in args if word != "--debug")]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the class above names a type of its own package
        """Run the verb; what goes wrong becomes words on the standard error and an exit status, never a traceback."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except FootwallError as error:
            from footwall.cli.failure import tell

            raise typer.Exit(tell(error)) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise typer.Exit(BROKEN_PIPE) from None
        except TyperException as error:
            error.message = error.message.removeprefix(OF_THE_LIBRARY)
            raise
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            from footwall.cli.failure import tell_bug

            tell_bug(error)
            raise typer.Exit(BUG) from None
        return result


def _print_version(wanted: bool) -> None:
    if wanted:
        import footwall

        typer.echo(f"footwall {footwall.__version__}")
        raise typer.Exit


def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_print_version)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole trace of a fault of ours.")] = False,
) -> None:
    """Reference prices, floors, the tariffs that hold them, and what an import owes: a price-floor trade zone."""


def make_app() -> typer.Typer:
    """The program with all its verbs."""
    program = typer.Typer(
        name="footwall",
        cls=Verbs,
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
    )
    program.callback()(options)
    for examples, verb in (
        (init.EXAMPLES, init.init),
        (run.EXAMPLES, run.run),
        (observe.EXAMPLES, observe.observe),
        (price.EXAMPLES, price.price),
        (replay.EXAMPLES, replay.replay),
        (history.EXAMPLES, history.history),
        (ladder.EXAMPLES, ladder.ladder),
        (tariff.EXAMPLES, tariff.tariff),
        (verify.EXAMPLES, verify.verify),
        (quote.EXAMPLES, quote.quote),
        (assess.EXAMPLES, assess.assess),
        (columns.EXAMPLES, columns.columns),
        (member.EXAMPLES, member.member),
        (check.EXAMPLES, check.check),
        (sign.EXAMPLES, sign.sign),
        (sign.LIST_EXAMPLES, sign.signatures),
        (judge.EXAMPLES, judge.judge),
        (judge.LIST_EXAMPLES, judge.judgements),
        (correct.EXAMPLES, correct.correct),
        (correct.LIST_EXAMPLES, correct.corrections),
        (correct_schedule.EXAMPLES, correct_schedule.correct_schedule),
        (complaints.FILE_EXAMPLES, complaints.complain),
        (complaints.ANSWER_EXAMPLES, complaints.answer),
        (complaints.EXAMPLES, complaints.complaints),
    ):
        program.command(epilog=examples)(verb)
    program.add_typer(schedule.verbs)
    program.add_typer(people.verbs)
    program.add_typer(conflict.verbs)
    program.add_typer(entry.verbs)
    program.add_typer(rules.verbs)
    program.add_typer(bulletin.verbs)
    program.add_typer(journal.verbs)
    return program


app = make_app()


def main() -> None:
    """Run the program on the words of the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that knows no “→” shows a question mark, not a traceback
    app()
