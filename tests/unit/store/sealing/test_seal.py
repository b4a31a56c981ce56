"""What is sealed is neither read nor moved nor changed without the key."""

import pytest

from store.sealing.seal import Seal, UnsealError

_SEAL = Seal("k", bytes(range(32)))
_OTHER = Seal("k", bytes(32))


def test_what_is_sealed_comes_back_and_looks_different_each_time() -> None:
    sealed = _SEAL.close("谭小雨".encode(), b"a")

    assert _SEAL.open(sealed, b"a") == "谭小雨".encode()
    assert sealed != _SEAL.close("谭小雨".encode(), b"a")


def test_equal_values_of_one_place_are_sealed_equally_for_matching_and_no_others() -> None:
    sealed = _SEAL.close_matching(b"500240", b"a")

    assert sealed == _SEAL.close_matching(b"500240", b"a")
    assert _SEAL.open(sealed, b"a") == b"500240"
    others = [
        _SEAL.close_matching(b"500241", b"a"),
        _SEAL.close_matching(b"500240", b"b"),
        _OTHER.close_matching(b"500240", b"a"),
    ]
    assert len({one[:12] for one in (sealed, *others)}) == 4


@pytest.mark.parametrize(
    "sealed", [_SEAL.close(b"x", b"a"), _SEAL.close_matching(b"x", b"a")], ids=["other each time", "matching"]
)
def test_another_key_another_place_a_changed_byte_and_a_missing_end_are_refused(sealed: bytes) -> None:
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for seal, bytes_, place in (
        (_OTHER, sealed, b"a"),
        (_SEAL, sealed, b"b"),
        (_SEAL, changed, b"a"),
        (_SEAL, sealed[:-1], b"a"),
        (_SEAL, b"", b"a"),
    ):
        with pytest.raises(UnsealError):
            seal.open(bytes_, place)
