"""The program as a whole: help, usage, errors told in words, exit statuses, plain output."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import NOTICE, SOURCE, footwall, footwall_program
from typer.testing import CliRunner

import footwall as fw
from footwall.cli import app
from footwall.cli import quote as quote_module
from footwall.cli.failure import problems
from footwall.errors import Problem
from footwall.quantity import plain

VERBS = (
    "init",
    "run",
    "price",
    "replay",
    "ladder",
    "schedule",
    "quote",
    "assess",
    "member",
    "check",
    "verify",
    "rules",
    "journal",
    "bulletin",
)


def test_help_names_every_verb_and_the_exit_statuses() -> None:
    said = footwall("--help")
    assert said.status == 0
    for verb in VERBS:
        assert re.search(rf"^  {verb} +\w", said.out, re.MULTILINE), verb
    assert "Exit status: 0 clean, 1 finished with problems, 2 usage or nothing assessed" in said.out


@pytest.mark.parametrize("verb", [*VERBS[:-3], "rules diff", "journal verify", "bulletin publish", "bulletin rotate"])
def test_help_of_every_verb_has_examples_that_name_it(verb: str) -> None:
    said = footwall(*verb.split(), "--help")
    assert said.status == 0
    assert f"\n    footwall {verb}" in said.out.partition("Examples:")[2]


def test_the_version_is_that_of_the_package() -> None:
    assert footwall("--version").out == f"footwall {fw.__version__}\n"


def test_no_words_at_all_show_the_help_and_are_a_usage_error() -> None:
    said = footwall()
    assert said.status == 2
    assert "Usage:" in said.out + said.error


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["prize", "ndpr-oxide"], "No such command 'prize'"),
        (["price"], "Missing argument 'FORM'"),
        (["price", "ndpr-oxide", "--on", "31.5.2026"], "'31.5.2026' is not a day: write YYYY-MM-DD"),
        (["price", "ndpr-oxide", "--on", "2026-02-30"], "'2026-02-30' is not a day: write YYYY-MM-DD"),
        (["price", "ndpr-oxide", "--on", "20260131"], "'20260131' is not a day: write YYYY-MM-DD"),
        (["price", "ndpr-oxide", "--format", "xml"], "value for '--format': 'xml' is not one of 'table', 'json'"),
        (["quote", "--importer", "US", "--origin", "CN", "--mass-kg", "1", "--value", "1", "--currency", "USD",
          "--entry-type", "smuggle"], "value for '--entry-type': 'smuggle' is not one of 'consumption', 'withdrawal'"),
        (["run", "zone", "--zone", "other"], "two folders are named, zone and --zone other: name one"),
        (["quote", "--importer", "US", "--origin", "CN", "--mass-kg", "a ton", "--value", "1", "--currency", "USD"],
         "'a ton' is not a number: write digits with a decimal point"),
        (["journal", "verify", "--head", "twelve"], "'twelve' is not a head: write SEQUENCE:HASH"),
        (["assess", "lines.csv"], "Missing option '--out'"),
    ],
)  # fmt: skip
def test_a_usage_error_says_what_was_expected(words: list[str], told: str) -> None:
    said = footwall(*words)
    assert said.status == 2
    assert told in said.error
    assert "Traceback" not in said.error


@pytest.mark.parametrize(
    "words",
    [
        ["price", "ndpr-oxide"],
        ["ladder", "tungsten"],
        ["schedule"],
        ["member", "JP"],
        ["check"],
        ["journal", "verify"],
        ["rules", "diff"],
        ["run"],
        ["assess", "lines.csv", "--out", "out.csv"],
        ["quote", "--importer", "US", "--origin", "CN", "--mass-kg", "1", "--value", "1", "--currency", "USD"],
    ],
    ids=lambda words: words[0],
)
def test_a_folder_that_is_no_zone_is_told_with_what_to_do(words: list[str], tmp_path: Path) -> None:
    said = footwall(*words, "--zone", tmp_path)
    assert said.status == 2
    assert f"{tmp_path} is not a zone: it has no zone.toml" in said.error
    assert "footwall init DIR" in said.error


def test_the_zone_of_the_current_folder_is_the_one_that_is_used(short_walked: Path) -> None:
    said = footwall_program("member", "JP", folder=short_walked)
    assert said.status == 0
    assert "JP is a member since" in said.out


def test_a_fault_of_ours_is_told_as_ours_and_traced_only_on_request(
    example_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("seventh decimal")

    monkeypatch.setattr(quote_module, "_assessed", broken)
    words = ["quote", "--importer", "US", "--origin", "CN", "--mass-kg", "1", "--value", "1", "--currency", "USD"]
    said = footwall(*words, "--zone", example_folder)
    assert said.status == 70
    assert "this is a fault of ours, not of yours: ZeroDivisionError: seventh decimal" in said.error
    assert "Run the command again with --debug and report" in said.error
    traced = [*words, "--zone", str(example_folder), "--debug"]
    with pytest.raises(ZeroDivisionError):
        CliRunner().invoke(app, traced, catch_exceptions=False)


def test_output_that_nobody_reads_on_is_no_fault(example_folder: Path, tmp_path: Path) -> None:
    program = f"{sys.executable} -c 'from footwall.cli import main; main()'"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = f"{program} schedule --format csv --zone {example_folder} 2>errors | head -n 1; cat errors"
    done = subprocess.run(
        ["/bin/bash", "-c", command], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
    )
    assert done.stdout.startswith("measure_id,")
    assert "Traceback" not in done.stdout
    assert "Exception ignored" not in done.stdout


def longest_number(zone: Path) -> str:
    """The longest number of the tungsten ladder, as its table shows figures of a process: at two decimals."""
    rungs = fw.open_zone(zone).ladder("tungsten").rungs
    levels = [
        level for rung in rungs for level in (rung.inputs_level, rung.margin) if not isinstance(level, fw.Unknown)
    ]
    return max((plain(level, 2) for level in levels), key=len)


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"COLUMNS": "20"}, {"PYTHONIOENCODING": "ascii"}])
def test_what_is_no_terminal_gets_plain_text_with_every_number_whole(
    short_walked: Path, environment: dict[str, str]
) -> None:
    said = footwall_program("ladder", "tungsten", folder=short_walked, **environment)
    assert said.status == 0
    assert "\x1b" not in said.out
    assert "tungsten-powder-from-apt" in said.out
    assert longest_number(short_walked) in said.out
    assert "…" not in said.out


def test_a_narrow_terminal_wraps_words_and_never_cuts_a_number(short_walked: Path) -> None:
    script = f"import sys; sys.argv[1:] = ['ladder', 'tungsten', '--zone', {str(short_walked)!r}]; from footwall.cli import main; main()"
    read, write = os.openpty()
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "COLUMNS": "40", "TERM": "xterm", "NO_COLOR": "1"}
    done = subprocess.Popen([sys.executable, "-c", script], stdout=write, stderr=write, env=environment)
    os.close(write)
    shown = b""
    while True:
        try:
            shown += (part := os.read(read, 65536))
        except OSError:  # the other end of a terminal that was closed
            break
        if not part:
            break
    os.close(read)
    assert done.wait() == 0
    text = shown.decode()
    assert longest_number(short_walked) in text
    assert "\x1b[3" not in text


def test_every_screen_says_that_it_is_an_example(example_folder: Path) -> None:
    quotation = [
        "quote",
        "--importer",
        "US",
        "--origin",
        "CN",
        "--form",
        "ndpr-oxide",
        "--mass-kg",
        "1",
        "--value",
        "1",
        "--currency",
        "USD",
    ]
    for words in (
        ["price", "apt"],
        ["ladder", "tungsten"],
        ["schedule"],
        ["member", "JP"],
        ["journal", "verify"],
        quotation,
    ):
        said = footwall(*words, "--zone", example_folder)
        assert said.status == 0, said
        assert NOTICE in " ".join(said.out.split()), words


def test_what_is_left_out_is_the_last_walked_day_and_is_said(example_folder: Path) -> None:
    for words in (["price", "apt"], ["ladder", "tungsten"], ["schedule"], ["member", "JP"]):
        assert "2026-05-31" in footwall(*words, "--zone", example_folder).out.splitlines()[0]


def test_many_problems_are_shown_at_first_and_counted_to_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    problems(
        [Problem("code_bad", f"'{number}'", "a code", "Correct it.", "a.csv", row=number) for number in range(1, 31)]
    )
    said = capsys.readouterr().err
    assert "a.csv, row 20" in said
    assert "row 21" not in said
    assert "… and 10 more: code_bad (10)" in said
