"""Parts assessed by several processes of this machine, each answer as it comes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, Protocol

from footwall.batch.parts.manifest import Json
from footwall.batch.parts.packed import pack
from footwall.batch.parts.part import Assessor, Part
from footwall.duties import Rates
from footwall.errors import LinesError, Problem
from footwall.tariffs import Schedule

MEMORY_BYTES: Final = 3 * 2**30
"""What all processes together may hold in DuckDB; beside it stands what Python and its libraries take."""
_MEMORY_LEAST: Final = 512 * 2**20


class Engine(Protocol):
    """Whatever assesses parts: processes of this machine, or Spark's workers."""

    def run(
        self, parts: Sequence[Part], schedule: Schedule, rates: Rates, folder: Path, *, steps: bool
    ) -> Iterator[Json]:
        """What became of each part, as each is written into `folder`. Raises LinesError or OSError for the first that failed."""


@dataclass(frozen=True, slots=True)
class Processes:
    """As many processes as `cores`, each with one part at a time; for a single part this process, with all cores."""

    cores: int

    def run(
        self, parts: Sequence[Part], schedule: Schedule, rates: Rates, folder: Path, *, steps: bool
    ) -> Iterator[Json]:
        """What became of each part, as each is written into `folder`."""
        count = min(self.cores, len(parts))
        if count <= 1:
            assessor = Assessor(schedule, rates, folder, threads=self.cores, memory_bytes=MEMORY_BYTES)
            yield from (assessor.assess(part, steps=steps) for part in parts)
            return
        packed = folder / "packed"
        packed.write_bytes(pack(schedule, rates))
        with_what = {
            "packed": str(packed),
            "folder": str(folder),
            "threads": self.cores // count,
            "memory_bytes": max(_MEMORY_LEAST, MEMORY_BYTES // count),
            "steps": steps,
        }
        yield from _spread(parts, with_what, count)


def answered(told: Json) -> Json:
    """An answer that is no fault. Raises the fault that one tells of."""
    if "refused" in told:
        raise LinesError(told["refused"], [Problem(**told["problem"])])
    if "not_written" in told:
        raise OSError(told["not_written"])
    return told


def _spread(parts: Sequence[Part], with_what: Json, count: int) -> Iterator[Json]:
    waiting: SimpleQueue[Part] = SimpleQueue()
    for part in parts:
        waiting.put(part)
    answers: SimpleQueue[Json] = SimpleQueue()
    workers = [_start(with_what) for _ in range(count)]
    with ExitStack() as ended:
        for worker in workers:
            ended.callback(_close, worker)
        threads = ended.enter_context(ThreadPoolExecutor(count))
        for worker in workers:
            ended.callback(worker.kill)
            threads.submit(_ask, worker, waiting, answers)
        for _ in parts:
            yield answered(answers.get())


def _close(worker: "subprocess.Popen[str]") -> None:
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was still to be said to one that is gone
                pipe.close()


def _start(with_what: Json) -> "subprocess.Popen[str]":
    paths = os.pathsep.join(path for path in sys.path if path)
    worker = subprocess.Popen(
        [sys.executable, "-m", "footwall.batch.parts.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    with suppress(OSError):  # one that is gone already is found when it is asked
        _say(worker, with_what)
    return worker


def _ask(worker: "subprocess.Popen[str]", waiting: "SimpleQueue[Part]", answers: "SimpleQueue[Json]") -> None:
    """Give one worker a part after the other, and hand on what it answers; a worker that is gone is an answer, too."""
    while True:
        try:
            part = waiting.get_nowait()
        except Empty:
            return
        line = ""
        if worker.stdin is not None and worker.stdout is not None:
            try:
                _say(worker, part.to_json())
                line = worker.stdout.readline()
            except OSError:
                line = ""
        if not line:
            answers.put(
                {"not_written": f"the process that assessed part {part.number} is gone: was there memory enough?"}
            )
            return
        answers.put(json.loads(line))


def _say(worker: "subprocess.Popen[str]", what: Json) -> None:
    if worker.stdin is not None:
        worker.stdin.write(json.dumps(what) + "\n")
        worker.stdin.flush()
