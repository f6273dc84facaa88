"""The command line: the same verbs as the library, one small module each."""

from footwall.cli.app import app, main

__all__ = ["app", "main"]
