"""Builds the rolls of two semesters of a made-up county, with units' mistakes and the true links.

Numbers have region 509999, which is not assigned. Shares of siblings, twins and mistakes are those of
``bench/linking_accuracy.py``.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from config.identity_numbers import check_digit, read_identity
from ledger.children.person import Person

_SURNAMES = "谭马向冉秦陈刘黄张李王何罗周杨彭江崔田蒋邓唐吴余郎熊袁汪代付牟隆孙胡邹程侯任殷"
_GIVEN = "浩皓轩宣宇雨欣馨心怡梓子紫涵晗函俊骏峻杰洁明铭敏鸣佳嘉家琪淇祺悦月玥思诗诺一依伊艺毅文雯博晨辰阳洋扬静婧芳丽华花强刚伟玮勇军平萍"
_PARENTS = "国建志学光兴正德永世春秀桂玉素小晓红英芬琼兰云贵富才明军平华"
_TOWNSHIPS = tuple(
    f"{a}{b}镇"
    for a, b in zip(
        "西黄临悦马沙王沿龙鱼三大桥万冷黎三六三王河石枫中洗龙新金金南万下双",
        "沱水溪崃武子场溪沙池河歇头朝水场星塘益家嘴家木益新潭乐铃竹宾安路木",
        strict=True,
    )
)
_SAME_SOUND = dict(zip("浩轩涵俊佳琪悦文晨阳平明杰静", "皓宣晗骏嘉淇月雯辰洋萍铭洁婧", strict=True))


@dataclass(frozen=True, slots=True)
class RollPair:
    """The two rolls; a child has the same key on both, and ``on_both`` are the keys on both."""

    before: tuple[Person, ...]
    now: tuple[Person, ...]
    on_both: frozenset[str]


def make_rolls(seed: int, size: int, *, siblings: float = 0.25, twin_share: float = 0.01) -> RollPair:
    """Returns rolls of ``size`` children each, 95 % of them on both; every row may be damaged on each independently."""
    random = Random(seed)
    children = _children(random, round(size / 0.95), siblings, twin_share)
    before, now, on_both = [], [], set()
    for child in children:
        draw = random.random()
        if draw < 0.95:
            before.append(_as_written(random, child))
        if draw >= 0.05:
            now.append(_as_written(random, child))
        if 0.05 <= draw < 0.95:
            on_both.add(child.key)
    random.shuffle(now)
    return RollPair(tuple(before), tuple(now), frozenset(on_both))


def _children(random: Random, size: int, siblings: float, twin_share: float) -> list[Person]:
    """Returns children family by family; ``siblings`` is the share (0..1) of rows with a sibling, ``twin_share`` that with a twin."""
    children: list[Person] = []
    used_numbers: set[str] = set()  # numbers: no two people have one
    while len(children) < size:
        elder = _child(random, len(children), used_numbers)
        children.append(elder)
        draw = random.random() * (1 - siblings / 2)  # a family is two rows for every draw below
        if draw < twin_share / 2:
            children.append(_sibling(random, elder, len(children), used_numbers, born=elder.birth))
        elif draw < siblings / 2:
            children.append(_sibling(random, elder, len(children), used_numbers, born=None))
    return children[:size]


def _child(random: Random, index: int, used_numbers: set[str]) -> Person:
    surname = _skewed(random, _SURNAMES)
    born = date(2006, 9, 1) + timedelta(days=random.randrange(4500))
    township = random.choice(_TOWNSHIPS)
    return _numbered(
        Person(
            key=str(index),
            where=f"{township}第{index}行",
            name=surname + "".join(_skewed(random, _GIVEN) for _ in range(random.choice((1, 2, 2, 2)))),
            birth=born.isoformat(),
            guardian=surname + "".join(_skewed(random, _PARENTS) for _ in range(random.choice((1, 2, 2)))),
            phone=_phone(random),
            township=township,
        ),
        random.randrange(1000),
        used_numbers,
    )


def _sibling(random: Random, elder: Person, index: int, used_numbers: set[str], born: str | None) -> Person:
    """Returns a sibling with the same parent, telephone and home; twins have similar names and neighbouring numbers."""
    assert elder.name is not None
    assert elder.birth is not None
    assert elder.number is not None
    name = elder.name[:-1] + random.choice([c for c in _GIVEN if c != elder.name[-1]])
    if born is None:
        later = date.fromisoformat(elder.birth) + timedelta(days=random.randrange(330, 2500))
        younger = replace(elder, key=str(index), name=name, birth=later.isoformat())
        return _numbered(younger, random.randrange(1000), used_numbers)
    return _numbered(replace(elder, key=str(index), name=name), int(elder.number[14:17]) + 2, used_numbers)


def _numbered(child: Person, serial: int, used_numbers: set[str]) -> Person:
    """Returns the child with the next free number of its birthday."""
    assert child.birth is not None
    number = ""
    while not number or number in used_numbers:
        first17 = f"509999{child.birth.replace('-', '')}{serial % 1000:03}"
        number = first17 + check_digit(first17)
        serial += 1
    used_numbers.add(number)
    return replace(child, number=number, written=number)


def _as_written(random: Random, child: Person) -> Person:
    """One semester's row: 10 % damaged numbers, 3 % slips in names, 2 % in birth dates, 3 % other townships, 15 % other telephones."""
    name, birth = child.name, child.birth
    assert name is not None
    assert birth is not None
    if random.random() < 0.10:
        child = _damaged(random, child)
    if random.random() < 0.03:
        child = replace(child, name=_slipped(random, name))
    if random.random() < 0.02:
        other = date.fromisoformat(birth) + timedelta(days=random.choice((-10, -1, 1, 10, 31)))
        child = replace(child, birth=other.isoformat())
    if random.random() < 0.03:
        child = replace(child, township=random.choice(_TOWNSHIPS))
    if random.random() < 0.15:
        child = replace(child, phone=random.choice((None, _phone(random))))
    return child


def _damaged(random: Random, child: Person) -> Person:
    assert child.number is not None
    number, index = child.number, random.randrange(17)
    written: str | None = random.choice(
        (
            None,
            number[:15] + "000",
            number[:index]
            + random.choice([d for d in "0123456789" if d != number[index]])
            + number[index + 1 :],
            number[:index] + number[index + 1 : index + 2] + number[index] + number[index + 2 :],
            number[:index] + number[index + 1 :],
        )
    )
    sound = written is not None and read_identity(written).fault is None and not written.endswith("000")
    return replace(child, written=written, number=written if sound else None)


def _slipped(random: Random, name: str) -> str:
    """Returns a name with one character replaced, by one of the same sound if there is one."""
    index = random.randrange(1, len(name))
    return name[:index] + _SAME_SOUND.get(name[index], random.choice(_GIVEN)) + name[index + 1 :]


def _phone(random: Random) -> str:
    return f"1{random.choice('3578')}{random.randrange(10**9):09}"


def _skewed(random: Random, characters: str) -> str:
    """Returns a character, the first ones far more often than the last, as in real names."""
    return characters[int(len(characters) * random.random() ** 2)]
