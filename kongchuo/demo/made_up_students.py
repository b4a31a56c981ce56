"""Makes up students; their identity numbers are valid in form but unassigned (region 509999 does not exist)."""

from dataclasses import dataclass
from random import Random

from config.identity_numbers import check_digit
from kongchuo.demo.made_up_names import GIVEN, SURNAMES, VILLAGES

GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级")
CATEGORIES = ("一般户", "一般户", "一般户", "一般户", "脱贫户", "低保户", "边缘易致贫户")
RELATIONS = ("父亲", "母亲", "祖父", "祖母")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpStudent:
    """A student who does not exist; the number has the right check digit, dates are ISO dates."""

    name: str
    sex: str
    ethnicity: str
    birth_date: str
    id_number: str
    township: str
    village: str
    group: str
    category: str
    guardian: str
    relation: str
    phone: str
    grade: str
    class_name: str


class StudentMaker:
    """Gives students, each number once."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._numbers: set[str] = set()

    def make_student(self, township: str, grades: tuple[str, ...]) -> MadeUpStudent:
        """Returns a student of a township in one of these grades, with a fitting age."""
        random = self._random
        grade = random.choice(grades)
        surname = random.choice(SURNAMES)
        year = 2016 - GRADES.index(grade) if grade in GRADES else 2018
        while True:  # grade g of autumn 2023: born from September 2017 - g to August 2018 - g
            month = random.randint(1, 12)
            birth = f"{year if month >= 9 else year + 1}{month:02}{random.randint(1, 28):02}"
            first17 = f"509999{birth}{random.randint(1, 999):03}"
            number = first17 + check_digit(first17)
            if number not in self._numbers and not number.endswith("000"):
                self._numbers.add(number)
                break
        return MadeUpStudent(
            name=surname + "".join(random.sample(GIVEN, random.choice((1, 2, 2)))),
            sex="男" if int(number[16]) % 2 else "女",
            ethnicity=random.choice(("土家族", "土家族", "汉族", "苗族")),
            birth_date=f"{birth[:4]}-{birth[4:6]}-{birth[6:]}",
            id_number=number,
            township=township,
            village=f"{random.choice(VILLAGES)}村",
            group=f"{random.randint(1, 9)}组",
            category=random.choice(CATEGORIES),
            guardian=surname + random.choice(GIVEN),
            relation=random.choice(RELATIONS),
            phone=f"1{random.choice('3578')}{random.randint(0, 999_999_999):09}",
            grade=grade,
            class_name=f"{random.randint(1, 4)}班",
        )
