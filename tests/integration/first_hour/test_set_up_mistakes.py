"""Makes sixteen mistakes of setting up, each in a new office: doctor says one sentence, and doing what it says mends it."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from kongchuo.demo.mail_servers import free_port, mail_sink
from tests.builders.offices.office_folder import run_kongchuo
from tests.builders.servers.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.builders.servers.scripted_imap import Step, scripted_server

UNITS = "名称,类别,学段,乡镇,邮箱\n西沱镇,乡镇,,,\n西沱小学,学校,小学,西沱镇,xituo@example.org\n"
QQ_SAYS = (
    "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
    "or system is busy."
)
CODE = "abcdefghijklmnop"
REAL_USAGE = shutil.disk_usage
DISK = namedtuple("DISK", "total used free")


@dataclass
class NewOffice:
    """An office as ``kongchuo init`` leaves it, its mailbox on a Dovecot and its mail server on loopback."""

    folder: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    stack: ExitStack
    dovecot: Dovecot

    @property
    def config(self) -> Path:
        return self.folder / "kongchuo.toml"

    def replace(self, old: str, new: str, name: str = "kongchuo.toml") -> None:
        file = self.folder / name
        text = file.read_text("utf-8-sig")
        assert old in text, f"{old} is not in {name}"
        file.write_text(text.replace(old, new, 1), "utf-8")

    def doctor(self) -> tuple[int, str]:
        self.capture.readouterr()
        status = run_kongchuo(self.patch, "doctor", "--config", self.config)
        return status, self.capture.readouterr().out

    def imap(self, *sessions: list[Step]) -> None:
        """Has the mailbox on a server that follows a script."""
        server = self.stack.enter_context(scripted_server(*sessions))
        text = self.config.read_text("utf-8")
        host = f'host = "127.0.0.1"\nport = {server.port}\nsecurity = "none"'
        text = text.replace(self.dovecot_lines, host, 1)
        self.config.write_text(text, "utf-8")

    @property
    def dovecot_lines(self) -> str:
        return f'host = "localhost"\nport = {self.dovecot.port}\nsecurity = "tls"'


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], server: Dovecot
) -> Iterator[NewOffice]:
    folder = tmp_path / "office"
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    options = ("--office", "清溪县教委", "--mailbox", USER, "--recipient", "office@example.org")
    assert run_kongchuo(monkeypatch, "init", folder, *options, "--units", tmp_path / "units.csv") == 0
    monkeypatch.setenv("KONGCHUO_MAILBOX_PASSWORD", PASSWORD)
    monkeypatch.setenv("KONGCHUO_SMTP_PASSWORD", PASSWORD)
    with ExitStack() as stack:
        made = NewOffice(folder, monkeypatch, capsys, stack, server)
        sink = stack.enter_context(mail_sink())
        text = made.config.read_text("utf-8")
        before, mailbox, smtp = re.split(r"(?=^\[\[mailbox\]\]|^\[smtp\])", text, flags=re.MULTILINE)
        wrong = re.compile(r'host = .*\nport = .*\nsecurity = "tls"')
        ca = f'\nca_file = "{server.ca_file}"'
        mailbox = wrong.sub(made.dovecot_lines + ca, mailbox)
        smtp = wrong.sub(f'host = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"', smtp)
        made.config.write_text(before + mailbox + smtp, "utf-8")
        assert made.doctor()[0] == 0
        yield made


@dataclass(frozen=True)
class Mistake:
    """What is done wrong, the sentence that must come exactly once, and doing what it says.

    ``mend`` gets what the groups of ``says`` matched: what the sentence tells a person to type.
    """

    make: Callable[[NewOffice], object]
    says: str
    mend: Callable[..., object]
    status: int


def login_password_for_code(office: NewOffice) -> None:
    office.imap([Step(expects="LOGIN .*", completion=QQ_SAYS)], *[an_empty_inbox()] * 2)
    office.patch.setenv("KONGCHUO_MAILBOX_PASSWORD", "MyQQPassword1")


def imap_turned_off(office: NewOffice) -> None:
    office.imap([Step(expects="LOGIN .*", completion="NO IMAP service is not open")], *[an_empty_inbox()] * 2)


def an_empty_inbox() -> list[Step]:
    examine = Step(expects="EXAMINE .*", answers=b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n")
    search = Step(expects="UID SEARCH .*", answers=b"* SEARCH\r\n")
    return [Step(expects="LOGIN .*"), examine, search, search]


def unknown_host(office: NewOffice) -> None:
    answer_names(office, {"imap.qq.cm": socket.EAI_NONAME, "imap.qq.com": None})
    office.replace(office.dovecot_lines, 'host = "imap.qq.cm"\nport = 993\nsecurity = "tls"')


def put_right_host(office: NewOffice, host: str) -> None:
    assert host == "imap.qq.com"
    answer_names(office, {}, {"imap.qq.com": "127.0.0.1"})
    office.replace('host = "imap.qq.cm"\nport = 993\nsecurity = "tls"', office.dovecot_lines)


def answer_names(
    office: NewOffice, errors: dict[str, int | None], known: dict[str, str] | None = None
) -> None:
    """Has the resolver answer without a network: these hosts with these errors, those of the loopback as ever."""
    real = socket.getaddrinfo

    def resolve(host: str, *arguments: object, **more: object) -> object:
        number = errors.get(host)
        if number is not None:
            raise socket.gaierror(number, "no answer")
        return real((known or {}).get(host, host), *arguments, **more)  # type: ignore[arg-type]

    office.patch.setattr(socket, "getaddrinfo", resolve)


def no_network(office: NewOffice) -> None:
    hosts = {"imap.qq.com": socket.EAI_AGAIN, "smtp.qq.com": socket.EAI_AGAIN}
    answer_names(office, dict(hosts))
    office.before = office.config.read_text("utf-8")  # type: ignore[attr-defined]
    office.replace('host = "localhost"', 'host = "imap.qq.com"')
    office.replace('host = "127.0.0.1"', 'host = "smtp.qq.com"')
    office.replace('security = "none"', 'security = "tls"')


def plug_in(office: NewOffice) -> None:
    office.config.write_text(office.before, "utf-8")  # type: ignore[attr-defined]


def wrong_security(office: NewOffice) -> None:
    office.replace(office.dovecot_lines, office.dovecot_lines.replace('"tls"', '"none"'))


def second_address_in_one_string(office: NewOffice) -> None:
    office.replace('["office@example.org"]', '["office@example.org, second@example.org"]')


def not_writable(office: NewOffice) -> None:
    """Root may write anywhere, except where the kernel keeps a folder."""
    office.replace('archive = "archive"', 'archive = "/proc/kongchuo"')


def full_disk(office: NewOffice) -> None:
    office.patch.setattr(shutil, "disk_usage", lambda path: DISK(10**11, 10**11 - 10**7, 10**7))


def other_program(office: NewOffice) -> None:
    """Somebody has the database open for writing and does not let go, as a browser of databases does."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN EXCLUSIVE'); print('ready', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-P", "-c", code, str(office.folder / "kongchuo.db")]
    process = office.stack.enter_context(
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    )
    office.stack.callback(process.kill)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    office.other = process  # type: ignore[attr-defined]


def end_other_program(office: NewOffice) -> None:
    office.other.communicate(timeout=20)  # type: ignore[attr-defined]


def set_variable(office: NewOffice, line: str) -> None:
    assert line.startswith("export KONGCHUO_MAILBOX_PASSWORD=")
    name, _, _ = shlex.split(line)[1].partition("=")
    office.patch.setenv(name, PASSWORD)


MISTAKES = {
    "login password for the code": Mistake(
        login_password_for_code, r"所填的不像授权码.*填到 (KONGCHUO_MAILBOX_PASSWORD)",
        lambda office, name: office.patch.setenv(name, CODE), 3,
    ),
    "IMAP turned off": Mistake(
        imap_turned_off, "邮箱没有开启IMAP服务:请在网页邮箱“设置”里开启IMAP/SMTP", lambda office: None, 3
    ),
    "wrong host": Mistake(
        unknown_host, r'没有 imap\.qq\.cm 这个服务器:请把 \[\[mailbox\]\] 的 host 改成 "(\S+)"', put_right_host, 3
    ),
    "TLS port without TLS": Mistake(
        wrong_security, r'端口只接受加密连接:请把 \[\[mailbox\]\] 的 (security) 改成 "(tls)"',
        lambda office, key, value: office.replace(f'{key} = "none"', f'{key} = "{value}"'), 3,
    ),
    "no network": Mistake(no_network, r"这台电脑没有连上网\(查不到 imap\.qq\.com\):请检查网线、无线网和DNS", plug_in, 3),
    "no units": Mistake(
        lambda office: (office.folder / "units.csv").write_text("name,kind,stage,township,aliases,emails\n", "utf-8"),
        r"名册 \S+ 里没有单位:请每行填一个乡镇",
        lambda office: (office.folder / "units.csv").write_text(
            "name,kind,stage,township,aliases,emails\n西沱镇,township,,,,\n西沱小学,school,小学,西沱镇,,\n", "utf-8"
        ),
        2,
    ),
    "a unit twice": Mistake(
        lambda office: office.replace("\n西沱小学", "\n西沱镇,township,,,,\n西沱小学", "units.csv"),
        r"第2行与第(3)行是同一个名称“西沱镇”",
        lambda office, line: office.replace("\n西沱镇,township,,,,\n西沱小学", "\n西沱小学", "units.csv"), 2,
    ),
    "missing variable": Mistake(
        lambda office: office.patch.delenv("KONGCHUO_MAILBOX_PASSWORD"),
        r"没有密码:请先运行 (export \S+?=密码)", set_variable, 2,
    ),
    "date": Mistake(
        lambda office: office.replace("due = 2023-09-25", "due = 2023年9月25日", "notices/2023-autumn.toml"),
        r"第\d+行:“due = 2023年9月25日”的日期请写成 (2023-09-25),不加引号",
        lambda office, day: office.replace("due = 2023年9月25日", f"due = {day}", "notices/2023-autumn.toml"), 2,
    ),
    "time zone": Mistake(
        lambda office: office.replace('"Asia/Shanghai"', '"北京时间"'), r"没有“北京时间”这个时区,中国请写 (\S+/\w+)",
        lambda office, zone: office.replace('"北京时间"', f'"{zone}"'), 2,
    ),
    "an address that is none": Mistake(
        lambda office: office.replace('["office@example.org"]', '["office@example,org"]'),
        r"“office@example,org”不是邮箱地址:请改成 (\S+@\S+\.org)",
        lambda office, address: office.replace("office@example,org", address), 2,
    ),
    "two addresses in one string": Mistake(
        second_address_in_one_string, "里有几个地址:请一个地址一对英文双引号,中间用英文逗号隔开",
        lambda office: office.replace(
            '["office@example.org, second@example.org"]', '["office@example.org", "second@example.org"]'
        ),
        2,
    ),
    "folder not writable": Mistake(
        not_writable, r"/proc/kongchuo 写不进去\(\S+?\):请把 \[store\] (archive) 改到写得进的目录",
        lambda office, key: office.replace(f'{key} = "/proc/kongchuo"', f'{key} = "archive"'), 3,
    ),
    "disk full": Mistake(
        full_disk, "磁盘快满了:.*请删去不用的文件", lambda office: office.patch.setattr(shutil, "disk_usage", REAL_USAGE), 3
    ),
    "another program": Mistake(other_program, "数据库正被另一个程序占用.*请", end_other_program, 3),
    "unknown key": Mistake(
        lambda office: office.replace("roster = ", "rostr = "), r"\[notice\] rostr:不认识的键,是不是 (\w+)",
        lambda office, key: office.replace("rostr = ", f"{key} = "), 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_found_once_and_mended_by_doing_what_is_said(
    mistake: Mistake, office: NewOffice
) -> None:
    mistake.make(office)

    status, told = office.doctor()

    told = told.translate(HALF_WIDTH)
    found = re.findall(mistake.says, told)
    faults = [line for line in told.splitlines() if line.startswith("✗")]
    assert len(found) == 1, told
    assert len(faults) == 1, told
    assert status == mistake.status
    assert not re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", faults[0]), "a sentence in English"
    groups = re.search(mistake.says, told)
    assert groups is not None
    mistake.mend(office, *groups.groups())
    assert office.doctor()[0] == 0


HALF_WIDTH = {0xFF0C: ",", 0xFF1A: ":", 0xFF1B: ";", 0xFF08: "(", 0xFF09: ")", 0xFF1F: "?"}


def test_nothing_listens_at_a_wrong_port(office: NewOffice) -> None:
    office.replace(f"port = {office.dovecot.port}", f"port = {free_port()}")

    status, told = office.doctor()

    assert status == 3
    assert told.count("端口没有开") == 1


def test_a_dry_run_wants_no_mail_server(office: NewOffice) -> None:
    office.replace("[smtp]\n", '[smtp]\ndry_run = "out"\n')
    office.patch.delenv("KONGCHUO_SMTP_PASSWORD")
    office.replace('host = "127.0.0.1"', 'host = "smtp.example.invalid"')
    office.replace('security = "none"', 'security = "tls"')

    status, told = office.doctor()

    assert status == 0
    assert "试运行" in told


def test_a_second_service_says_that_one_runs(office: NewOffice) -> None:
    command = [sys.executable, "-P", "-m", "kongchuo", "run", "--config", str(office.config)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    first = office.stack.enter_context(subprocess.Popen(command, stderr=subprocess.PIPE, env=environment))
    office.stack.callback(first.kill)
    assert first.stderr is not None
    for line in first.stderr:
        if "已启动" in line.decode():
            break

    second = subprocess.run(command, capture_output=True, env=environment, timeout=60)
    _, told = office.doctor()

    assert second.returncode == 3
    assert f"kongchuo run 已经在运行\uff08本机\uff0c进程 {first.pid}\uff09" in second.stderr.decode()
    assert f"kongchuo run 正在运行\uff08本机\uff0c进程 {first.pid}\uff09" in told
    first.terminate()
    assert first.wait(60) == 0
    third = office.stack.enter_context(subprocess.Popen(command, stderr=subprocess.PIPE, env=environment))
    office.stack.callback(third.kill)
    assert third.stderr is not None
    assert any("已启动" in line.decode() for line in third.stderr)
