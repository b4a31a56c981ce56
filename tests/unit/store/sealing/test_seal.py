"""What is sealed is neither read nor moved nor changed without the key."""

import pytest

from store.sealing.seal import MARK_BYTES, NONCE_BYTES, DataKey, Seal, UnsealError

_SEAL = Seal([DataKey("0a0b0c0d", bytes(range(32)))])
_OTHER = Seal([DataKey("0a0b0c0d", bytes(32))])
_NEXT = DataKey("01020304", bytes(reversed(range(32))))


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
    assert len({one[MARK_BYTES : MARK_BYTES + NONCE_BYTES] for one in (sealed, *others)}) == 4


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


def test_the_newest_key_seals_and_each_opens_its_own_also_what_has_no_mark() -> None:
    both = Seal([_NEXT, *_SEAL.keys], _SEAL.link_key)
    old = _SEAL.close(b"x", b"a")

    assert both.open(old, b"a") == b"x"
    assert both.open(old[MARK_BYTES:], b"a") == b"x"
    assert (both.is_newest(old), both.is_newest(both.close(b"x", b"a"))) == (False, True)
    assert both.open(both.close(b"x", b"a"), b"a") == b"x"
    with pytest.raises(UnsealError):
        _SEAL.open(both.close(b"x", b"a"), b"a")
    assert both.link_key == _SEAL.link_key


def test_a_process_that_meets_a_newer_key_looks_it_up_and_keeps_its_own() -> None:
    mine = Seal(_SEAL.keys)
    mine.look_again = lambda: Seal([_NEXT])
    old, new = mine.close(b"x", b"a"), Seal([_NEXT]).close(b"y", b"a")

    assert (mine.open(new, b"a"), mine.open(old, b"a")) == (b"y", b"x")
    assert mine.key_id == _SEAL.key_id
    mine.seal_with(_NEXT.key_id)
    assert mine.key_id == _NEXT.key_id
