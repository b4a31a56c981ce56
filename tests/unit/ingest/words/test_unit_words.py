"""What clerks write back in words is heard as what it is, and nothing else is taken for it."""

import pytest

from tests.builders.files.clerk_files import mail, process_mail

CLERK = "xituo@example.org"


def code_of(body: str) -> tuple[str, str | None]:
    ((_, outcome, code),) = process_mail(mail(subject="西沱镇回复", body=body, sender=CLERK)).files
    return outcome, code


@pytest.mark.parametrize(
    "body",
    [
        "西沱镇:情况属实 第7行 已核实",
        "西沱镇附件3第7行电话已核实,无误",
        "西沱镇第7行、第9行填写无误,核对无误",
        "西沱镇:第 7 行已电话核实",
    ],
)
def test_an_explanation(body: str) -> None:
    assert code_of(body) == ("quarantined", "unit-explains")


@pytest.mark.parametrize(
    "body",
    [
        "西沱镇申请延期到9月28日报送",
        "西沱镇停电,恳请宽限几天",
        "西沱镇:请求附件4晚3天上报",
        "西沱镇延期申请:附件3缓报到9月30日,请批准",
    ],
)
def test_an_extension(body: str) -> None:
    assert code_of(body) == ("quarantined", "unit-asks-extension")


@pytest.mark.parametrize(
    "body",
    [
        "西沱镇:收到,谢谢",
        "西沱镇:第7行的学生材料稍后报送",
        "西沱镇学生甲一申请休学",
        "西沱镇本月无变化",
        "西沱镇:甲一已返校,情况属实 第7行",
    ],
)
def test_anything_else(body: str) -> None:
    assert code_of(body)[1] not in ("unit-explains", "unit-asks-extension")
