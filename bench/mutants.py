"""What share of small faults put into the rooms of law the tests notice.

    python bench/mutants.py [--rooms duties tariffs floors] [--count 150] [--seed 1] [--budget 45] [--again] [--fresh]

It reads each module as a tree, lists every place in its functions where one small fault fits (`mutations.py`), and draws
`--count` of them from each room, as many from each module as it has. The tests are collected once. A first child runs
all of them without a fault: they must pass, and it is kept which test walks which line and how long it takes (later
runs walk new tests alone; `--fresh` walks all). Then one child for each fault changes the code of one function and runs
the tests that walk its line, those of its room first, until one fails.

A fault is killed when a test fails or takes ten times its time. Properties run at their quick count from a fixed seed,
no more tests than `--budget` seconds hold, and none that walks the whole example zone: so a share is a lower bound.
What is made when a module or a test is imported is not made anew under a fault. `--again` tries the survivors of the
sample once more. `equivalent_mutants.toml` says which faults change nothing, and why.
"""

import argparse
import contextlib
import gc
import json
import math
import os
import random
import signal
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest
from mutations import Mutant, mutants_of, mutated

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "footwall"
KEPT = ROOT / "bench" / "results" / "mutants"
IN_BATCH = ("bad_lines", "dirty_lines", "embedded_contents", "lines_under_conditions", "same_liabilities")
TESTS = ("tests/duties", "tests/tariffs", "tests/floors", "tests/test_cases.py", "tests/desk/test_ruled_schedule.py",
         *(f"tests/batch/test_{name}.py" for name in IN_BATCH))  # fmt: skip
OPTIONS = ("-s", "-p", "no:cacheprovider", "-m", "not cluster", "--hypothesis-profile=quick", "--hypothesis-seed=1")
PATIENCE, GRACE_S = 10, 30
KILLED, SURVIVED, TOO_LONG, UNWALKED = "killed", "survived", "took too long", "walked by no test"


class Runner:
    """The tests, collected once, and every fault in a child of its own."""

    def __init__(self, sample: Sequence[Mutant], budget: float, tell: Any) -> None:
        self.sample, self.budget, self.tell = sample, budget, tell
        self.failed = ""
        self.items: dict[str, pytest.Item] = {}
        self.functions: dict[Any, list[FunctionType]] = defaultdict(list)
        self.seconds: dict[str, float] = {}
        self.walked: dict[tuple[str, int], list[str]] = defaultdict(list)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Properties keep nothing, shrink nothing, and do not mind a busy machine."""
        from hypothesis import HealthCheck, Phase, settings  # not before pytest has looked at its plugins

        found = {"phases": (Phase.explicit, Phase.generate), "suppress_health_check": [HealthCheck.too_slow]}
        settings.register_profile("quick", settings.get_profile("quick"), database=None, **found)
        settings.load_profile("quick")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or (report.nodeid if report.failed else "")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {one.nodeid: one for one in session.items if "example_folder" not in one.fixturenames}  # type: ignore[attr-defined]
        gc.unfreeze()
        for one in gc.get_objects():
            if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(str(SOURCES)):
                self.functions[_key(one.__code__)].append(one)
        gc.freeze()
        self.look()
        for number, mutant in enumerate(self.sample, start=1):
            tests, left_out = self.tests_of(mutant)
            outcome = _in_child(lambda: self.try_out(mutant, tests)) if tests else UNWALKED  # noqa: B023
            record = mutant.record | {"outcome": outcome, "tests": len(tests), "left_out": left_out}
            with (KEPT / "found.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
            if number % 25 == 0:
                print(f"{number} of {len(self.sample)}", file=self.tell, flush=True)
        return True

    def look(self) -> None:
        """Which test walks which line, and how long it takes: tests that are new are walked now."""
        kept = KEPT / "walked.json"
        told = json.loads(kept.read_text()) if kept.exists() else {}
        new = [item for name, item in self.items.items() if name not in told]
        if new and _in_child(lambda: self.walk(new, told, kept)) != SURVIVED:
            sys.exit(f"Without any fault a test fails: {(KEPT / 'failed').read_text()}")
        for name, one in json.loads(kept.read_text()).items():
            self.seconds[name] = one["seconds"]
            for path, lines in one["lines"].items() if name in self.items else ():
                for line in lines:
                    self.walked[path, line].append(name)

    def walk(self, items: Sequence[pytest.Item], told: dict[str, Any], kept: Path) -> bool:
        places = [f"{SOURCES}/{room}/*" for room in ("duties", "tariffs", "floors")]
        watched = coverage.Coverage(data_file=None, include=places, config_file=False)
        watched.start()
        for item, following in zip(items, [*items[1:], None], strict=True):
            watched.switch_context(item.nodeid)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            told[item.nodeid] = {"seconds": self.seconds[item.nodeid], "lines": {}}
            if self.failed:
                (KEPT / "failed").write_text(self.failed)
                return False
        watched.stop()
        data = watched.get_data()
        for file in data.measured_files():
            path = str(Path(file).relative_to(ROOT))
            for line, names in data.contexts_by_lineno(file).items():
                for name in filter(told.get, names):
                    told[name]["lines"].setdefault(path, []).append(line)
        kept.write_text(json.dumps(told))
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        started = os.times().elapsed
        result = yield
        self.seconds.setdefault(item.nodeid, round(os.times().elapsed - started, 2))
        return result

    def tests_of(self, mutant: Mutant) -> tuple[list[str], int]:
        """The tests that walk its lines, as many as the budget holds, and how many it does not hold."""
        places = [(mutant.path, line) for line in range(mutant.line, mutant.end + 1)]
        names = {name for place in places for name in self.walked.get(place, ())}
        taken, spent = [], 0.0
        for name in self.in_turn(names, mutant.room):
            if not taken or spent + self.seconds[name] <= self.budget:
                taken.append(name)
                spent += self.seconds[name]
        return taken, len(names) - len(taken)

    def in_turn(self, names: Iterable[str], room: str) -> list[str]:
        """The room's own tests before others, and one of each file in turn, the fastest first: those of one file notice much the same."""
        files: dict[str, list[str]] = defaultdict(list)
        for name in sorted(names, key=lambda one: (self.seconds[one], one)):
            files[name.split("::")[0]].append(name)
        order = {
            name: (not name.startswith(f"tests/{room}/"), place, self.seconds[name], name)
            for of_file in files.values()
            for place, name in enumerate(of_file)
        }
        return sorted(order, key=order.__getitem__)

    def try_out(self, mutant: Mutant, tests: Sequence[str]) -> bool:
        """In the child: the fault goes in, and the first test that fails ends it."""
        file = ROOT / mutant.path
        for code in _outer_functions(compile(mutated(file, mutant.index), str(file), "exec")):
            for function in self.functions[_key(code)]:
                function.__code__ = code
        for name, following in zip(tests, [*tests[1:], None], strict=True):
            signal.setitimer(signal.ITIMER_REAL, GRACE_S + PATIENCE * self.seconds[name])
            after = self.items[following] if following else None
            self.items[name].ihook.pytest_runtest_protocol(item=self.items[name], nextitem=after)
            if self.failed:
                return False
        return True


def _in_child(passes: Any) -> str:
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            os._exit(0 if passes() else 1)
        os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {0: SURVIVED, -signal.SIGALRM: TOO_LONG}.get(status, KILLED)


def _key(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _outer_functions(code: CodeType) -> Iterator[CodeType]:
    """The functions of a module and the methods of its classes."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            if one.co_flags & 0x1:  # its names are fast: a function, not the body of a class
                yield one
            else:
                yield from _outer_functions(one)


def drawn(room: str, count: int, seed: int) -> list[Mutant]:
    """From each module of a room as many as it has of the room's places, by chance."""
    places = {file: mutants_of(file, ROOT) for file in sorted((SOURCES / room).rglob("*.py"))}
    total = sum(map(len, places.values()))
    share = {file: min(1, count / total) * len(found) for file, found in places.items()}
    taken = {file: math.floor(part) for file, part in share.items()}
    for file in sorted(places, key=lambda one: taken[one] - share[one])[: min(count, total) - sum(taken.values())]:
        taken[file] += 1
    chance = random.Random(f"{seed} {room}")
    sample = [mutant for file, found in places.items() for mutant in chance.sample(found, taken[file])]
    return chance.sample(sample, len(sample))


def interval(part: int, whole: int) -> str:
    """A share with Wilson's interval of 95 %."""
    z, share = 1.96, part / whole
    middle = share + z * z / (2 * whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    low, high = ((middle + side * half) / (1 + z * z / whole) for side in (-1, 1))
    return f"{share:6.1%} ({low:.1%} to {high:.1%})"


def summary(found: Sequence[dict[str, Any]], tell: Any) -> None:
    """The survivors, and the share by room of those that are not equivalent."""
    told = tomllib.loads((ROOT / "bench" / "equivalent_mutants.toml").read_text(encoding="utf-8"))
    equal = {(one["module"], one["function"], one["change"]) for one in told["equivalent"]}
    rooms: dict[str, list[str]] = defaultdict(list)
    for one in found:
        killed = one["outcome"] in {KILLED, TOO_LONG}
        same = (one["path"].removeprefix("src/footwall/"), one["function"], one["change"]) in equal
        for room in (one["room"], "all"):
            rooms[room].append("killed" if killed else "equivalent" if same else "survived")
        if not killed and not same:
            left = f" ({one['left_out']} tests left out)" if one["left_out"] else ""
            print(f"{one['outcome']}{left}: {one['path']}:{one['line']} {one['function']}: {one['change']}", file=tell)
    for room, outcomes in sorted(rooms.items(), key=lambda pair: pair[0] == "all"):
        killed, survived, same = (outcomes.count(word) for word in ("killed", "survived", "equivalent"))
        told = f"{len(outcomes):5} drawn {killed:5} killed {survived:4} survived {same:4} equivalent"
        print(f"{room:8}{told}  {interval(killed, killed + survived)}", file=tell)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", nargs="+", default=["duties", "tariffs", "floors"])
    parser.add_argument("--count", type=int, default=150, help="faults drawn from each room")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, default=45, help="seconds of tests for one fault")
    parser.add_argument("--again", action="store_true", help="only those of the sample that no test killed so far")
    parser.add_argument("--fresh", action="store_true", help="look again which test walks which line")
    asked = parser.parse_args()
    os.chdir(ROOT)
    KEPT.mkdir(parents=True, exist_ok=True)
    if asked.fresh:
        (KEPT / "walked.json").unlink(missing_ok=True)
    kept = KEPT / "found.jsonl"
    sample = {str(one.record): one for room in asked.rooms for one in drawn(room, asked.count, asked.seed)}
    before = _read(kept) if asked.again else {}
    done = {name for name in sample if before.get(name, {}).get("outcome") in {KILLED, TOO_LONG}}
    with os.fdopen(os.dup(1), "w") as tell:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        runner = Runner([one for name, one in sample.items() if name not in done], asked.budget, tell)
        code = pytest.main([*OPTIONS, *TESTS], plugins=[runner])
        found = _read(kept)
        summary([found[name] for name in sample if name in found], tell)
    sys.exit(code)


def _read(kept: Path) -> dict[str, dict[str, Any]]:
    """The last that was found of each fault."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    found = map(json.loads, lines)
    return {
        str({name: one[name] for name in ("room", "path", "line", "column", "function", "change")}): one
        for one in found
    }


if __name__ == "__main__":
    main()
