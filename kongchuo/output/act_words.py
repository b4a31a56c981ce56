"""Says in Chinese what an entry of the audit trail is about; the entry itself keeps its code words for programs."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from kongchuo.output.tables.decision_tables import DECISION_WORDS

ACT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "reveal cases": "看完整的个案",
        "reveal crosscheck": "看完整的比对结果",
        "reveal records": "看完整的记录",
        "reveal problems": "看完整的问题",
        "reveal files": "看完整的文件清单",
        "reveal clear": "核查名单,号码完整",
        "reveal platform diff": "看完整的平台名单差",
        "reveal roll": "看完整的名册",
        "reveal ledgers": "写出台账,号码完整",
        "reveal forms": "写出各单位自己的表,号码完整",
        "reveal child export": "写出一名学生的全部信息,号码完整",
        "reveal export": "导出全部数据,号码完整",
        "child export": "写出一名学生的全部信息",
        "child forget": "删除一名学生的信息",
        "child forget refused": "要删除一名学生的信息,现在不能删",
        "export": "导出全部数据",
        "backup": "做备份",
        "restore": "从备份恢复",
        "rebuild": "从存档重建数据库",
        "purge before": "清理早于",
        "clear reasons": "清空有已清理姓名的理由,操作记录第",
        "key new": "做密钥,编号",
        "key export": "看恢复码,密钥编号",
        "key rotate": "换密钥,新编号",
        "key import": "存入密钥,编号",
        "key check": "查密钥,编号",
        "login mailbox": "登录邮箱",
        "login smtp": "登录发信服务器",
        "service start key": "启动服务,密钥编号",
        "service start no key": "启动服务,没有密钥",
        "service stop": "停止服务",
        "outbox retry": "再发一次:",
        "outbox cancel": "取消不发:",
        "assign": "把文件归入单位:",
        "rerun --unit": "重读来件:",
        "mail asked": "回信给出所问的:",
        "mail digest": "发简报",
        "mail weekly": "发周通报",
        "mail monthly": "发月通报",
        "mail receipt": "发回执",
        "mail remind": "发催报",
        "mail sweep": "发大走访催报",
        "mail waiting": "发待办通知",
    }
    | {f"decide {kind}": f"决定\u300c{word}\u300d" for kind, word in DECISION_WORDS.items()}
)
"""The Chinese words by the first code words of an entry; the rest of the entry names the object."""
_LONGEST_FIRST = tuple(sorted(ACT_WORDS, key=len, reverse=True))
_DETAILS = (
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"), ""),
    (re.compile(r": ([0-9]+) mails, ([0-9]+) bodies, ([0-9]+) copies"), r"的邮件\1封、发出的信\2封、旧副本\3份"),
    (re.compile(r", ([0-9]+) backups, ([0-9]+) traces$"), r"、备份\1份、出错记录\2份"),
    (re.compile(r": ([0-9]+) mails$"), r"邮件\1封"),
    (re.compile(r" refused$"), ",被拒绝"),
    (re.compile(r" #([0-9]+)$"), r"(第\1号决定)"),
    (re.compile(r"[:|]"), " "),
)  # fmt: skip
"""Replacements in the rest of an entry; hashes are left out."""


def words_of_act(what: str) -> str:
    """Returns an entry's act in Chinese with ASCII punctuation; an unknown act is returned unchanged."""
    for act in _LONGEST_FIRST:
        rest = what.removeprefix(act)
        if what.startswith(act) and rest[:1] in ("", " ", ":"):
            for pattern, words in _DETAILS:
                rest = pattern.sub(words, rest)
            return f"{ACT_WORDS[act]} {' '.join(rest.split())}".strip()
    return what
