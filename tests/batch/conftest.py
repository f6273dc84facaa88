"""Where the random orders of this folder start: at a fixed place every day, at the run's own seed when it proves."""

import pytest


@pytest.fixture(scope="session")
def first_seed(request: pytest.FixtureRequest) -> int:
    """The seed of the first order; the others follow it."""
    seed = request.config.getoption("--hypothesis-seed")
    return 0 if seed in (None, "random") else int(seed) % 1_000_000_000
