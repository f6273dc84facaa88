"""Reading rulebooks: all faults at once, no error but a refusal, versions that meet."""

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulebook_samples import KNOWN, SMALL, edited, problems_in, saved

from footwall.errors import RulebookError, UsageError
from footwall.rulebook import in_force, load_rulebook, load_rulebooks
from footwall.rulebook.dates import Span, span_of

LATER = edited(
    ('version = "small-1"', 'version = "small-2"'),
    ("valid_from = 2024-01-01\nvalid_to = 2025-12-31", "valid_from = 2026-01-01"),
    ("through = 2025-12-31", "through = 2026-06-30"),
    ("[2024-02-01, 2025-02-01]", "[2026-02-01]"),
    ("[2024-02-01, 2025-02-01]", "[2026-02-01]"),
)

whole_file = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@whole_file
@given(data=st.data())
def test_a_spoilt_line_is_accepted_or_refused_with_a_place_but_never_crashes(
    data: st.DataObject, tmp_path: Path
) -> None:
    lines = SMALL.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(lines) - 1))
        key = lines[position].partition("=")[0]
        values = st.sampled_from(
            [
                "5",
                "-1",
                "nan",
                "1e400",
                "1e-400",
                '""',
                '"all"',
                "[]",
                "[[]]",
                "{}",
                "true",
                "9999-12-31",
                "0001-01-01",
                "9" * 5000,
            ]
        )
        replacements = st.one_of(
            st.just(""),
            values.map(lambda value, key=key: f"{key}= {value}"),
            st.text(max_size=12),
            st.sampled_from(lines),
        )
        lines[position] = data.draw(replacements)
    for problem in problems_in(tmp_path, "\n".join(lines)):
        assert problem.source == str(tmp_path / "small.toml")
        assert problem.code
        assert problem.line is None or 1 <= problem.line <= len(lines) + 1


@whole_file
@given(data=st.data())
def test_no_section_can_be_taken_out_without_a_word(data: st.DataObject, tmp_path: Path) -> None:
    blocks = SMALL.split("\n\n")
    without = data.draw(st.integers(0, len(blocks) - 1))
    problems = problems_in(tmp_path, "\n\n".join(blocks[:without] + blocks[without + 1 :]))
    assert problems


@whole_file
@given(
    names=st.lists(st.sampled_from(sorted(set(tomllib.loads(SMALL)["floor"][0]) - {"form"})), unique=True, min_size=1)
)
def test_each_missing_key_of_a_floor_is_told(names: list[str], tmp_path: Path) -> None:
    head, mark, rest = SMALL.partition("[[floor]]\n")
    floor, gap, tail = rest.partition("\n\n")
    kept = [line for line in floor.splitlines() if line.split(" ")[0] not in names]
    problems = problems_in(tmp_path, head + mark + "\n".join(kept) + gap + tail)
    assert sorted(str(problem.field) for problem in problems) == sorted(f"floor[0].{name}" for name in names)
    assert {problem.line for problem in problems} == {head.count("\n") + 1}


def test_five_faults_of_one_file_are_listed_together(tmp_path: Path) -> None:
    text = edited(
        ('currency = "USD"', 'currency = "UDS"'),
        ("first = 2024-01-31", "first = 2024-01-30"),
        ('origins = ["CN"]', 'origins = ["CN", "XX"]'),
        ('unit = "USD/kg contained"\n', ""),
        ("deadband_share = 0.02", "deadband_share = 5"),
    )
    with pytest.raises(RulebookError) as refusal:
        load_rulebook(saved(tmp_path, text), KNOWN)
    assert [(problem.line, problem.code) for problem in refusal.value.problems] == [
        (6, "currency_unknown"),
        (14, "walk_not_month_end"),
        (27, "country_unknown"),
        (64, "key_missing"),
        (89, "number_out_of_range"),
    ]
    assert str(refusal.value).splitlines()[0] == "the rulebook is refused, with 5 faults; nothing of it has been used"


def test_the_faults_of_all_files_are_listed_together(tmp_path: Path) -> None:
    saved(tmp_path, edited(("factor = 1.00", "factor = 0")), "1.toml")
    saved(tmp_path, edited(("factor = 1.00", "factor = = 0"), text=LATER), "2.toml")
    (tmp_path / "3.toml").write_bytes("name = 'Zürich'\n".encode("latin-1"))
    with pytest.raises(RulebookError) as refusal:
        load_rulebooks(tmp_path, KNOWN)
    assert [(Path(str(problem.source)).name, problem.code, problem.line) for problem in refusal.value.problems] == [
        ("1.toml", "number_out_of_range", 54),
        ("2.toml", "toml_syntax", 53),
        ("3.toml", "not_utf8", 1),
    ]


def test_a_misspelt_key_hides_no_other_fault_and_makes_up_none(tmp_path: Path) -> None:
    text = edited(('form = "concentrate"', 'from = "concentrate"'), ("ceiling_factor = 2", "ceiling_factor = 20"))
    assert [(problem.code, problem.field) for problem in problems_in(tmp_path, text)] == [
        ("over_limit", "floor[0].ceiling_factor"),
        ("key_missing", "floor[1].form"),
        ("key_unknown", "floor[1].from"),
    ]


UNREADABLE: tuple[tuple[str, Callable[[Path], object], str, str], ...] = (
    (
        "missing",
        lambda path: None,
        "file_missing",
        "found nothing there; expected a rulebook in TOML. Name another path.",
    ),
    ("folder", lambda path: path.mkdir(), "file_unreadable", "found is a directory; expected a rulebook in TOML."),
    (
        "utf_16",
        lambda path: path.write_text(SMALL, encoding="utf-16"),
        "not_utf8",
        "line 1: found bytes that are not UTF-8 text, first at byte 0; expected a text file in UTF-8. Save it as UTF-8.",
    ),
    ("too_large", lambda path: path.write_text("#" * 9_000_000), "file_too_large", "expected at most 8388608 bytes"),
    ("too_deep", lambda path: path.write_text("a = " + "[" * 5000), "toml_syntax", "values nested too deep"),
    ("long_integer", lambda path: path.write_text("a = " + "9" * 5000), "toml_syntax", "thousands of digits"),
    ("cut_off", lambda path: path.write_text('a = """x\n\n'), "toml_syntax", "line 2: found text that is no TOML: "),
)


@pytest.mark.parametrize(("make", "code", "words"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_a_file_that_cannot_be_read_is_refused(
    make: Callable[[Path], object], code: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "rules.toml"
    make(path)
    with pytest.raises(RulebookError) as refusal:
        load_rulebook(path, KNOWN)
    (problem,) = refusal.value.problems
    assert problem.code == code
    assert words in str(problem)


def test_a_file_of_a_windows_editor_is_read_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_rulebook(path, KNOWN) == load_rulebook(saved(tmp_path, SMALL, "plain.toml"), KNOWN)
    path.write_bytes(path.read_bytes().replace(b"factor = 1.00", b"factor = 0"))
    with pytest.raises(RulebookError) as refusal:
        load_rulebook(path, KNOWN)
    assert refusal.value.problems[0].line == 54


def test_an_empty_folder_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    for folder, code in ((tmp_path, "folder_empty"), (tmp_path / "none", "file_missing")):
        with pytest.raises(RulebookError) as refusal:
            load_rulebooks(folder, KNOWN)
        assert [problem.code for problem in refusal.value.problems] == [code]


def test_figures_arrive_exactly_as_they_were_written(tmp_path: Path) -> None:
    rulebook = load_rulebook(saved(tmp_path, edited(("factor = 1.00", "factor = 1.10"))), KNOWN)
    assert str(rulebook.floor[0].factor) == "1.10"
    assert rulebook.floor[0].ceiling_factor == Decimal(2)
    assert isinstance(rulebook.floor[0].ceiling_factor, Decimal)


def test_versions_are_ordered_by_their_dates_whatever_their_names(tmp_path: Path) -> None:
    saved(tmp_path, LATER, "a.toml")
    saved(tmp_path, SMALL, "b.toml")
    rulebooks = load_rulebooks(tmp_path, KNOWN)
    assert [version.rulebook.version for version in rulebooks.versions] == ["small-1", "small-2"]
    assert (rulebooks.first_day, rulebooks.last_day) == (date(2024, 1, 1), None)
    assert rulebooks.on(date(2025, 12, 31)).rulebook.version == "small-1"
    assert rulebooks.on(date(2026, 1, 1)).rulebook.version == "small-2"
    assert rulebooks.walk.through == date(2026, 6, 30)
    with pytest.raises(
        UsageError, match="no version of the rulebook holds on 2023-12-31: they hold from 2024-01-01 on"
    ):
        rulebooks.on(date(2023, 12, 31))


def test_a_day_after_the_last_version_is_in_none(tmp_path: Path) -> None:
    saved(tmp_path, SMALL)
    rulebooks = load_rulebooks(tmp_path, KNOWN)
    assert rulebooks.on(date(2025, 12, 31)) is rulebooks.versions[0]
    with pytest.raises(UsageError, match="from 2024-01-01 to 2025-12-31"):
        rulebooks.on(date(2026, 1, 1))


BETWEEN_VERSIONS = (
    (
        "overlap",
        ("valid_from = 2026-01-01", "valid_from = 2025-12-31"),
        "versions_overlap",
        (
            "line 7, rulebook.valid_from: found a version for 2025-12-31 on, and one for 2024-01-01 to 2025-12-31 in {first}; "
            "expected one version for each day. End the earlier version, with valid_to, on the day before the later one begins."
        ),
    ),
    (
        "gap",
        ("valid_from = 2026-01-01", "valid_from = 2026-01-02"),
        "versions_gap",
        (
            "line 7, rulebook.valid_from: found no version between 2025-12-31, the last day of {first}, and 2026-01-02; "
            "expected each version to begin on the day after the one before it ends. Move valid_from or valid_to until they meet."
        ),
    ),
    (
        "same_name",
        ('version = "small-2"', 'version = "small-1"'),
        "version_repeated",
        'line 3, rulebook.version: found "small-1" here and in {first}; expected a name of its own. Rename one of the two.',
    ),
    (
        "past_walked_anew",
        ("floors_from = 2024-01-31", "floors_from = 2024-03-31"),
        "walk_disagrees",
        (
            "line 15, walk.floors_from: found 2024-03-31, and 2024-01-31 in {first}; expected the same in each version. "
            "Write floors_from = 2024-01-31."
        ),
    ),
    (
        "walk_shortened",
        ("through = 2026-06-30", "through = 2025-11-30"),
        "walk_disagrees",
        (
            "line 14, walk.through: found 2025-11-30, and 2025-12-31 in {first}; expected the same, or a later day. "
            "Write through = 2025-12-31."
        ),
    ),
    (
        "walk_after_the_end",
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2026-05-31"),
        "walk_outside_versions",
        (
            "line 15, walk.through: found 2026-06-30; expected a day to 2026-05-31, when the last version ends. "
            "Walk only days that a version holds."
        ),
    ),
)


@pytest.mark.parametrize(
    ("edit", "code", "message"), [row[1:] for row in BETWEEN_VERSIONS], ids=[row[0] for row in BETWEEN_VERSIONS]
)
def test_versions_that_do_not_follow_each_other_are_refused(
    edit: tuple[str, str], code: str, message: str, tmp_path: Path
) -> None:
    first = saved(tmp_path, SMALL, "1.toml")
    second = saved(tmp_path, edited(edit, text=LATER), "2.toml")
    with pytest.raises(RulebookError) as refusal:
        load_rulebooks(tmp_path, KNOWN)
    (problem,) = refusal.value.problems
    assert str(problem) == f"{second}, {message.format(first=first)} [{code}]"


def test_a_walk_may_not_begin_before_the_first_version(tmp_path: Path) -> None:
    saved(tmp_path, edited(("first = 2024-01-31", "first = 2023-12-31")))
    with pytest.raises(
        RulebookError, match="found 2023-12-31; expected a day from 2024-01-01 on, when the first version"
    ):
        load_rulebooks(tmp_path, KNOWN)


@whole_file
@given(days=st.integers(-400, 400))
def test_two_versions_are_accepted_exactly_when_they_meet(days: int, tmp_path: Path) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    saved(tmp_path, SMALL, "1.toml")
    begins = date(2026, 1, 1) + timedelta(days=days)
    saved(tmp_path, edited(("valid_from = 2026-01-01", f"valid_from = {begins}"), text=LATER), "2.toml")
    try:
        load_rulebooks(tmp_path, KNOWN)
        accepted = True
    except RulebookError as refusal:
        accepted = False
        across = {problem.code for problem in refusal.problems} & {"versions_overlap", "versions_gap"}
        assert across == {"versions_overlap" if days < 0 else "versions_gap"}
    assert accepted == (days == 0)


@whole_file
@given(first=st.dates(), last=st.dates(), day=st.dates())
def test_a_rule_holds_from_its_first_day_through_its_last(first: date, last: date, day: date, tmp_path: Path) -> None:
    always = load_rulebook(saved(tmp_path, SMALL), KNOWN).border[0]
    dated = always.model_copy(update={"valid_from": first, "valid_to": last})
    held = (dated,) if (day in (first, last) and first <= last) or first < day < last else ()
    assert in_force([dated], day) == held
    assert in_force([dated], first) == in_force([dated], last) == ((dated,) if first <= last else ())
    assert in_force([dated, always], day) == (*held, always)


def test_a_rule_may_outlast_its_version_and_ends_with_it(tmp_path: Path) -> None:
    """Ending a version takes its last day and nothing else: sunsets and reviews beyond it are the next version's to repeat."""
    early = edited(("valid_to = 2025-12-31", "valid_to = 2024-12-31"), ("through = 2025-12-31", "through = 2024-12-31"))
    early = early.replace("ceiling_factor", "valid_to = 2027-12-31\nceiling_factor", 1)
    ruled = load_rulebook(saved(tmp_path, early), KNOWN)
    assert ruled.floor[0].valid_to == date(2027, 12, 31)
    assert ruled.floor[0].review_days == (date(2024, 2, 1), date(2025, 2, 1))
    assert span_of(ruled.floor[0], ruled.rulebook) == Span(date(2024, 1, 1), date(2024, 12, 31))
