"""``python -m bench.linking [counties]``: are children of two semesters linked rightly, and how fast?

Prints for 100 made-up counties how many were linked by themselves, how many of these wrongly (must be 0),
and recall with and without proposals; then the seconds for growing rolls.
"""

import sys
from time import perf_counter

from ledger.children.link_children import link
from tests.builders.two_rolls import rolls

_ROWS = 5_000  # a county of the hundred; the seconds are measured at the sizes below
_SIZES = (20_000, 80_000, 320_000)


def main() -> None:
    counties = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    true = linked = wrong = proposed = mistaken = within_reach = asked = 0
    for seed in range(counties):
        made = rolls(seed, _ROWS)
        found = link(made.before, made.now)
        pairs = {(each.left, each.right) for each in (*found.linked, *found.proposed)}
        true += len(made.stayed)
        linked += len(found.linked)
        wrong += sum(each.left != each.right for each in found.linked)
        proposed += len(found.proposed)
        mistaken += sum(each.left != each.right for each in found.proposed)
        within_reach += sum((key, key) in pairs for key in made.stayed)
        pairs |= {(each.left, each.right) for each in found.same_number}
        asked += sum((key, key) in pairs for key in made.stayed)
    print(f"counties {counties} x {_ROWS} + {_ROWS} rows, children on both: {true}")
    print(f"linked by themselves {linked}, wrong {wrong}, recall {(linked - wrong) / true:.4f}")
    print(f"proposals {proposed}, wrong {mistaken}, recall with proposals {within_reach / true:.5f}")
    print(f"with those that same-id-other-name asks about: {asked / true:.5f}")
    for size in _SIZES:
        made = rolls(1, size)
        begun = perf_counter()
        found = link(made.before, made.now)
        seconds = perf_counter() - begun
        wrong = sum(each.left != each.right for each in found.linked)
        print(f"{size} + {size} rows: {seconds:.1f} s, linked {len(found.linked)}, wrong {wrong}")


if __name__ == "__main__":
    main()
