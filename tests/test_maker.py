"""A record that is made fast is the record that its own class makes: equal, frozen, and refused for the same reasons."""

from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from footwall.memory import maker


@dataclass(frozen=True, slots=True)
class Lot:
    """A record with a default of each kind."""

    name: str
    kilograms: int = 1
    marks: list[str] = field(default_factory=list)


make_lot = maker(Lot)


@pytest.mark.parametrize("named", [{}, {"kilograms": 2}, {"kilograms": 2, "marks": ["A"]}])
def test_what_is_made_fast_is_equal_and_of_the_same_class(named: dict[str, object]) -> None:
    made, plain = make_lot("a", **named), Lot("a", **named)  # type: ignore[arg-type]
    assert (made, type(made), repr(made)) == (plain, Lot, repr(plain))
    assert replace(made, name="b") == replace(plain, name="b")


def test_what_is_made_fast_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        make_lot("a").name = "b"  # type: ignore[misc]


def test_two_that_are_made_share_no_default() -> None:
    assert make_lot("a").marks is not make_lot("a").marks


@pytest.mark.parametrize(("values", "named"), [((), {}), (("a", 1, [], 4), {}), (("a",), {"mass": 1})])
def test_what_the_class_refuses_is_refused(values: tuple[object, ...], named: dict[str, object]) -> None:
    for make in (Lot, make_lot):
        with pytest.raises(TypeError):
            make(*values, **named)  # type: ignore[arg-type]
