"""``python -m bench.linking_accuracy [counties]``: are children of two semesters linked rightly, and how fast?

Prints for 100 made-up counties how many were linked by themselves, how many of these wrongly (must be 0),
and recall with and without proposals; then the seconds for growing rolls.
"""

import sys
from time import perf_counter

from ledger.children.link_children import link
from tests.builders.counties.two_rolls import make_rolls

_ROWS = 5_000  # a county of the hundred; the seconds are measured at the sizes below
_SIZES = (20_000, 80_000, 320_000)


def main() -> None:
    counties = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    expected = linked = wrong = proposed = mistaken = linked_or_proposed = reachable = 0
    for seed in range(counties):
        pair = make_rolls(seed, _ROWS)
        links = link(pair.before, pair.now)
        pairs = {(each.left, each.right) for each in (*links.linked, *links.proposed)}
        expected += len(pair.on_both)
        linked += len(links.linked)
        wrong += sum(each.left != each.right for each in links.linked)
        proposed += len(links.proposed)
        mistaken += sum(each.left != each.right for each in links.proposed)
        linked_or_proposed += sum((key, key) in pairs for key in pair.on_both)
        pairs |= {(each.left, each.right) for each in links.same_number}
        reachable += sum((key, key) in pairs for key in pair.on_both)
    print(f"counties {counties} x {_ROWS} + {_ROWS} rows, children on both: {expected}")
    print(f"linked by themselves {linked}, wrong {wrong}, recall {(linked - wrong) / expected:.4f}")
    print(
        f"proposals {proposed}, wrong {mistaken}, recall with proposals {linked_or_proposed / expected:.5f}"
    )
    print(f"with those that same-id-other-name asks about: {reachable / expected:.5f}")
    for size in _SIZES:
        pair = make_rolls(1, size)
        begun = perf_counter()
        links = link(pair.before, pair.now)
        seconds = perf_counter() - begun
        wrong = sum(each.left != each.right for each in links.linked)
        print(f"{size} + {size} rows: {seconds:.1f} s, linked {len(links.linked)}, wrong {wrong}")


if __name__ == "__main__":
    main()
