"""Tells, as shell lines, where uv should find packages: where pip on this machine is told to look.

uv does not read pip's settings, and a machine behind a mirror or without a network has them for a reason.
"""

import os
import shlex
import subprocess
import sys

UV_NAME_OF = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
}


def pip_settings() -> dict[str, str]:
    """What pip has been told, by name; those of the environment stand last, since they win."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own pip
    found: dict[str, str] = {}
    for line in sorted(listed.splitlines(), key=lambda text: text.startswith(":env:")):
        name, _, value = line.partition("=")
        section, _, key = name.partition(".")
        if section in {"global", "install", ":env:"} and value:
            found[key] = " ".join(shlex.split(value))
    return found


def main() -> None:
    """One `export` for each setting that uv has a word for and nobody has given uv already."""
    for key, value in pip_settings().items():
        name = UV_NAME_OF.get(key)
        if name and name not in os.environ:
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


if __name__ == "__main__":
    main()
