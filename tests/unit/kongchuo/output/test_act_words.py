"""Each act of the audit trail has Chinese words; the acts are read out of the program's own source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from kongchuo.output.act_words import ACT_WORDS, words_of_act
from kongchuo.output.tables.decision_tables import DECISION_WORDS
from ledger import officer_decisions
from notify.mail.leaving_gate import LEAVING_RULES

ROOT = Path(__file__).parents[4]
_RECORDS = {"record_act": 1, "AuditLine": 0, "_audit": 1, "audit_files": 1, "record_login": 3}
"""What writes an entry, by its name, with the place of the act among its arguments."""
_REVEALS = {"audited_mask": 2}


def _acts() -> Iterator[str]:
    """Yields the beginning of every act in the source, up to the first part that is computed."""
    for folder in ("kongchuo", "store"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
                name = call.func.id if isinstance(call.func, ast.Name) else ""
                for table, prefix in ((_RECORDS, ""), (_REVEALS, "reveal ")):
                    said = _beginning(call.args[table[name]]) if name in table else ""
                    if said:
                        yield prefix + said
            for one in ast.walk(tree):
                if isinstance(one, ast.keyword) and one.arg == "what" and file.name == "carrying_out.py":
                    yield _beginning(one.value)
                if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "what":
                    yield _beginning(one.value)


def _beginning(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return str(node.values[0].value)
    return ""


def _words_begin(act: str) -> bool:
    """Whether a table's act begins so, or is what it begins with."""
    return any(each.startswith(act.strip()) or act.strip().startswith(each) for each in ACT_WORDS)


def test_each_act_in_the_source_has_words() -> None:
    acts = {act for act in _acts() if act.isascii() and act.strip()}

    assert {"reveal cases", "backup ", "decide ", "purge before ", "outbox ", "service stop"} <= acts
    assert [act for act in sorted(acts) if not _words_begin(act)] == []


def test_each_kind_of_decision_has_words() -> None:
    kinds = {
        value
        for name, value in vars(officer_decisions).items()
        if name.isupper() and isinstance(value, str) and name not in ("EVERY_FORM", "HOLD_ALL")
    }

    assert kinds <= set(DECISION_WORDS)


def test_each_kind_of_mail_that_is_written_down_has_words() -> None:
    answers = {
        "transcript",
        "overridden",
        "confirm",
        "alarm",
        "held",
    }  # of these the decisions are written down, or no child is named

    for purpose in set(LEAVING_RULES) - answers:
        key = {"reminder": "remind"}.get(purpose, purpose)
        assert f"mail {key}" in ACT_WORDS


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("reveal records 附件3", "看完整的记录 附件3"),
        ("mail digest:2023-autumn:2023-09-28 a@example.org", "发简报 2023-autumn 2023-09-28 a@example.org"),
        (f"mail receipt:{'0a' * 32} a@example.org", "发回执 a@example.org"),
        ("login smtp 127.0.0.1 refused", "登录发信服务器 127.0.0.1,被拒绝"),
        (
            "purge before 2023-09-01: 3 mails, 2 bodies, 0 copies",
            "清理早于 2023-09-01的邮件3封、发出的信2封、旧副本0份",
        ),
        (
            "purge before 2023-09-01: 3 mails, 2 bodies, 0 copies, 4 backups, 1 traces",
            "清理早于 2023-09-01的邮件3封、发出的信2封、旧副本0份、备份4份、出错记录1份",
        ),
        ("child forget: 2 mails", "删除一名学生的信息 邮件2封"),
        ("child forget refused", "要删除一名学生的信息,现在不能删"),
        ("decide close 0a1b2c3d4e5f #7", "决定\u300c结案\u300d 0a1b2c3d4e5f(第7号决定)"),
        ("export", "导出全部数据"),
        ("key export 0a1b", "看恢复码,密钥编号 0a1b"),
        ("of an older version", "of an older version"),
    ],
)
def test_what_follows_an_act_is_said_in_chinese_too(what: str, words: str) -> None:
    assert words_of_act(what) == words
