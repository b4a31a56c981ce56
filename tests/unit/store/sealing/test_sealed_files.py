"""A sealed file is read piece by piece, and a piece that is missing, moved or cut off is noticed."""

import io

import pytest

from store.sealing.file_mark import SEALED_MAGIC, UNMARKED_MAGIC
from store.sealing.seal import TAG_BYTES, DataKey, Seal, UnsealError
from store.sealing.sealed_files import HEAD_BYTES, PIECE_BYTES, is_of_newest, open_pieces, seal_pieces

_SEAL = Seal([DataKey("0a0b0c0d", bytes(range(32)))])
_NEXT = DataKey("01020304", bytes(reversed(range(32))))
_HEAD = HEAD_BYTES + 8
_PIECE = PIECE_BYTES + TAG_BYTES


def sealed(content: bytes) -> bytes:
    return b"".join(seal_pieces(_SEAL, [content[:7], content[7:]], b"a"))


def opened(file: bytes, place: bytes = b"a", seal: Seal = _SEAL) -> bytes:
    stream = io.BytesIO(file)
    return b"".join(open_pieces(seal, stream.read(len(SEALED_MAGIC)), stream, place))


@pytest.mark.parametrize(
    "size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 2 * PIECE_BYTES + 5]
)
def test_every_length_comes_back(size: int) -> None:
    content = bytes(i % 251 for i in range(size))

    assert opened(sealed(content)) == content


def test_pieces_cannot_be_cut_off_left_out_or_exchanged() -> None:
    file = sealed(bytes(2 * PIECE_BYTES + 5))
    head, first, second, last = (
        file[:_HEAD], file[_HEAD : _HEAD + _PIECE], file[_HEAD + _PIECE : _HEAD + 2 * _PIECE], file[_HEAD + 2 * _PIECE :],
    )  # fmt: skip

    assert opened(head + first + second + last) == bytes(2 * PIECE_BYTES + 5)
    for damaged in (
        head + first + second,
        head + first + last,
        head + second + first + last,
        head,
        file[:-1],
    ):
        with pytest.raises(UnsealError):
            opened(damaged)


def test_the_file_of_another_mail_is_refused() -> None:
    with pytest.raises(UnsealError):
        opened(sealed(b"mail"), b"b")


def test_a_file_says_which_key_it_needs_and_one_without_a_mark_needs_the_oldest() -> None:
    both, file = Seal([_NEXT, *_SEAL.keys]), sealed(b"mail")

    assert opened(file, seal=both) == b"mail"
    assert opened(UNMARKED_MAGIC + file[HEAD_BYTES:], seal=both) == b"mail"
    assert (is_of_newest(_SEAL, file), is_of_newest(both, file)) == (True, False)
    with pytest.raises(UnsealError):
        opened(file, seal=Seal([_NEXT]))
