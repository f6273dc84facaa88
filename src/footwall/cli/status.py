"""What the program's exit status means."""

from typing import Final

CLEAN: Final = 0
PROBLEMS: Final = 1
"""Finished, and there were problems: with lines, rules, facts or the record."""
UNUSABLE: Final = 2
"""The command could not be carried out as given, or nothing was assessed."""
BUG: Final = 70
"""A fault of Footwall itself."""
BROKEN_PIPE: Final = 141
"""Whoever read the output went away."""
