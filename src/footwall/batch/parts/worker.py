"""A process that assesses parts: one line of JSON in names a part, one line out says what became of it.

It ends as soon as whoever started it does: its input is then at its end.
"""

import json
import os
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from footwall.batch.parts.manifest import Json
from footwall.batch.parts.packed import unpack
from footwall.batch.parts.part import Assessor, Part
from footwall.errors import LinesError


def main() -> None:
    """Read what to work with, then parts, until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    with_what = json.loads(sys.stdin.readline())
    parts: SimpleQueue[str] = SimpleQueue()
    Thread(target=_listen, args=(parts,), daemon=True).start()
    schedule, rates = unpack(Path(with_what["packed"]).read_bytes())
    assessor = Assessor(
        schedule, rates, Path(with_what["folder"]), threads=with_what["threads"], memory_bytes=with_what["memory_bytes"]
    )
    while True:
        told = assessed(assessor, Part(**json.loads(parts.get())), steps=with_what["steps"])
        answers.write(json.dumps(told) + "\n")
        answers.flush()


def assessed(assessor: Assessor, part: Part, *, steps: bool) -> Json:
    """What became of a part, in words of JSON: what the manifest is to say of it, or why there is nothing to say."""
    try:
        return assessor.assess(part, steps=steps)
    except LinesError as error:
        (problem,) = error.problems
        told = {name: getattr(problem, name) for name in ("code", "found", "expected", "remedy", "source")}
        return {"refused": str(error), "problem": told}
    except OSError as error:
        return {"not_written": str(error)}


def _listen(parts: "SimpleQueue[str]") -> None:
    for line in sys.stdin:
        parts.put(line)
    os._exit(0)  # nobody is there to take an answer


if __name__ == "__main__":
    main()
