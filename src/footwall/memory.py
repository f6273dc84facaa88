"""While a great many records are made that hold no circles, the search for circles among them finds nothing and costs a third."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_circles() -> Iterator[None]:
    """A `with` block in which Python does not look for circles of references; what is let go of is freed as ever."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()
