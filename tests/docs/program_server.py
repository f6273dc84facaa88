"""Our program without its start: a process that has loaded it once, and forks for each command that a document shows.

    python tests/docs/program_server.py SOCKET ZONE     answers until its standard input ends

A command is a process of its own as ever: with its own folder, its environment and its streams, and what it does leaves no trace in
the next one. It begins with the modules loaded, the shipped facts read and the record of the example zone in ZONE read, which is most
of what a short command takes. `CLIENT` is what stands on the path in place of the program; its first word says what is asked for,
`footwall` or `python`.
"""

import array
import json
import os
import runpy
import select
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

CLIENT = """\
import array, json, os, socket, sys
asked = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
asked.connect({place!r})
told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
asked.sendmsg([len(told).to_bytes(8, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
asked.sendall(told)
status = asked.recv(1)
sys.exit(status[0] if status else 1)
"""
LOADED = (
    "footwall.cli.failure", "footwall.cli.summary", "footwall.desk.walk", "footwall.desk.opening", "footwall.desk.folder",
    "footwall.desk.correcting", "footwall.desk.observing", "footwall.desk.governing", "footwall.desk.entering",
    "footwall.desk.assessing", "footwall.desk.published", "footwall.batch", "footwall.intake", "footwall.bulletin",
    "footwall.report",
)  # fmt: skip


def load(example: Path) -> None:
    """What a command would load itself, the tables of the facts that come with the program, and the example zone."""
    for name in LOADED:
        import_module(name)
    from footwall.cli import opened
    from footwall.desk import Zone, open_zone
    from footwall.facts import shipped_facts
    from footwall.facts.catalogue import TABLES

    for table in TABLES:
        getattr(shipped_facts(), table)
    held, really = open_zone(example), opened.opened

    def once(folder: Path) -> Zone:
        if folder.resolve() != example:
            return really(folder)
        held.folder = folder
        return held

    opened.opened = once


def run(words: list[str]) -> None:
    """One command, in the process that was forked for it."""
    what, *rest = words
    if what == "footwall":
        sys.argv = ["footwall", *rest]
        import_module("footwall.cli").main()
    else:
        sys.argv = rest
        sys.path.insert(0, str(Path(rest[0]).resolve().parent))
        runpy.run_path(rest[0], run_name="__main__")


def answer(asked: socket.socket) -> None:
    """Fork for what is asked; the one that was forked tells its status, or ends by what was raised as any program does."""
    head, ancillary, _, _ = asked.recvmsg(8, socket.CMSG_SPACE(3 * 4))
    streams = array.array("i", ancillary[0][2])
    length, told = int.from_bytes(head, "big"), b""
    while len(told) < length:
        told += asked.recv(length - len(told))
    if os.fork():
        for stream in streams:
            os.close(stream)
        return
    words, folder, environment = json.loads(told)
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    words_as = sys.stdout.encoding
    sys.stdin, sys.stdout = os.fdopen(0, encoding=words_as), os.fdopen(1, "w", encoding=words_as)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding=words_as, errors="backslashreplace")
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    try:
        run(words)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):
            stream.flush()
    asked.sendall(bytes([status]))
    os._exit(status)


def serve(place: str, example: Path) -> None:
    """Answer until the standard input ends, with whoever started this."""
    load(example.resolve())
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(place)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while sys.stdin not in select.select([door, sys.stdin], [], [])[0]:
            asked, _ = door.accept()
            with asked:
                answer(asked)
            reap()


def reap() -> None:
    """Let go of the processes that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
