"""A short part of ``make fuzz``."""

from bench.fuzz import fuzz


def test_mutated_mail_always_ends_in_a_disposition():
    found = fuzz(150, seed=1)

    assert sum(found.values()) >= 150
    assert found["slow"] == 0
