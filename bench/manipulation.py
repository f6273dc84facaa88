"""Attack a synthetic market in every way that the tests know, and print what each attack moves and what stops it.

    python bench/manipulation.py

The market and the attacks are those of tests/prices/attacks.py: forty deals of ten honest sellers at 98 to 102 USD per kg. The
prices are computed by the law; nothing is timed, and nothing is drawn by chance.
"""

import sys
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "prices"))

from attacks import attacks, outcome


def percent(share: Decimal) -> str:
    return f"{share * 100:.1f} %"


def main() -> None:
    print(
        f"{'attack':26} {'weight':>7} {'before':>7} {'after':>7} {'move':>7} {'proven':>7} {'published':>9}  stopped by"
    )
    for attack in attacks():
        found = outcome(attack)
        proven, bound = ("none" if one is None else percent(one - 1) for one in (found.proven, found.bound))
        print(f"{attack.name:26} {percent(found.share):>7} {found.before:7.2f} {found.after:7.2f} "
              f"{percent(found.move - 1):>7} {proven:>7} {bound:>9}  {attack.stopped_by}")  # fmt: skip
    print()
    for attack in attacks():
        print(f"{attack.name + ':':27} {attack.does}")


if __name__ == "__main__":
    main()
