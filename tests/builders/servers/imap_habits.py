"""The table of habits of IMAP servers that the program must survive, each with the expected result.

``came`` is how many of the peer's mails the first pass fetches: all, all but the one with :data:`BAD_UID`, or
none because the server is unusable; then ``says`` is part of the sentence for the user.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.builders.servers.imap_peer import (
    Give,
    Habit,
    PeerMail,
    all_above,
    describe_soundly,
    give_soundly,
    list_in_one_line,
)

BAD_UID = 22
FETCH, SEARCH = "UID FETCH", "UID SEARCH"
_QQ_LOGIN = (
    "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
    "or system is busy."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitCase:
    habit: Habit
    came: Literal["all", "others", "none"] = "all"
    says: str = ""


def _gives_otherwise(bad: Give) -> Give:
    """Returns a delivery that is correct for all mails but one."""
    return lambda number, mail: (bad if mail.uid == BAD_UID else give_soundly)(number, mail)


def _describes_otherwise(bad: Give) -> Give:
    return lambda number, mail: (bad if mail.uid == BAD_UID else describe_soundly)(number, mail)


def _body(number: int, uid: str, size: int, data: bytes) -> bytes:
    return f"* {number} FETCH ({uid}BODY[] {{{size}}}\r\n".encode() + data + b")\r\n"


def _claims(more: int) -> Give:
    """Returns a delivery whose literal declares so many bytes more than it has."""
    return _gives_otherwise(lambda n, mail: _body(n, f"UID {mail.uid} ", len(mail.raw) + more, mail.raw))


def _says_of_itself(about: str) -> Give:
    return _describes_otherwise(
        lambda n, mail: f"* {n} FETCH (UID {mail.uid} {about.format(size=len(mail.raw))})\r\n".encode()
    )


def _in_lines_of_three(uids: Sequence[int]) -> bytes:
    return b"".join(list_in_one_line(uids[start : start + 3]) for start in range(0, len(uids), 3))


def _names_more(*more: int) -> Habit:
    return Habit(finds=lambda uids, first, last: [*all_above(uids, first, last), *more])


def _bad(way: str) -> HabitCase:
    return HabitCase(habit=Habit(bad_uid=BAD_UID, bad_way=way), came="others", says="22号邮件取不下来")


def _not_given(give: Give) -> HabitCase:
    return HabitCase(habit=Habit(gives=_gives_otherwise(give)), came="others", says="22号邮件取不下来")


def _refused(command: str, words: str, says: str) -> HabitCase:
    return HabitCase(habit=Habit(refuses={command: words}), came="none", says=says)


HABITS: dict[str, HabitCase] = {
    # The greeting and the login
    "sound": HabitCase(habit=Habit()),
    "preauth": HabitCase(habit=Habit(greeting=b"* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n")),
    "greeting without capabilities": HabitCase(habit=Habit(greeting=b"* OK ready\r\n")),
    "greeting in GBK": HabitCase(habit=Habit(greeting="* OK 欢迎使用邮箱\r\n".encode("gbk"))),
    "greeting of noise": HabitCase(
        habit=Habit(greeting=bytes(range(128, 256)) * 3 + b"\r\n", hangs_up=True), came="none", says="请核对"
    ),
    "greeting cut": HabitCase(habit=Habit(greeting=b"* OK [CAPA", hangs_up=True), came="none", says="连接中断"),
    "greeting never comes": HabitCase(habit=Habit(greeting=b""), came="none", says="等不到答复"),
    "BYE as greeting, throttled": HabitCase(
        habit=Habit(greeting=b"* BYE Connection frequency limited\r\n", hangs_up=True), came="none", says="太频繁"
    ),
    "BYE as greeting, maintenance": HabitCase(
        habit=Habit(greeting="* BYE 系统维护\r\n".encode(), hangs_up=True), came="none", says="系统维护"
    ),
    "QQ refuses the login": _refused("LOGIN", _QQ_LOGIN, "请依次核对"),
    "login throttled in Chinese": _refused("LOGIN", "NO 登录过于频繁,请稍后再试", "隔15分钟"),
    "IMAP not opened, in Chinese": _refused("LOGIN", "NO 用户未开启IMAP服务", "没有开启IMAP"),
    "BYE at login": HabitCase(
        habit=Habit(goodbyes={"LOGIN": "Login fail. Too many connections"}), came="none", says="太频繁"
    ),
    "login hangs": HabitCase(habit=Habit(hangs=frozenset({"LOGIN"})), came="none", says="等不到答复"),
    "ID before the folder, as 163 wants": HabitCase(habit=Habit(wants_id=True)),
    "ID refused": HabitCase(habit=Habit(refuses={"ID": "BAD unknown command"})),
    "ID not offered": HabitCase(habit=Habit(capabilities="IMAP4rev1", greeting=b"* OK ready\r\n")),
    "no answer to CAPABILITY but BAD": HabitCase(
        habit=Habit(greeting=b"* OK ready\r\n", untagged_bad=frozenset({"CAPABILITY"}))
    ),
    # The folder
    "EXAMINE throttled": _refused("EXAMINE", "NO System busy! frequency limited", "太频繁"),
    "EXAMINE throttled in Chinese": _refused("EXAMINE", "NO 请求过于频繁", "太频繁"),
    "EXAMINE unknown folder": _refused("EXAMINE", "NO Folder not exist", "请核对 folder"),
    "EXAMINE gets an untagged BAD": HabitCase(
        habit=Habit(untagged_bad=frozenset({"EXAMINE"})), came="none", says="打不开文件夹"
    ),
    "BYE at EXAMINE": HabitCase(
        habit=Habit(goodbyes={"EXAMINE": "server shutting down"}), came="none", says="主动断开"
    ),
    "no UIDVALIDITY": HabitCase(habit=Habit(uidvalidity=None), says="UIDVALIDITY"),
    "UIDVALIDITY beyond 2^63": HabitCase(habit=Habit(uidvalidity=str(2**63 + 5))),
    # SEARCH
    "SEARCH in several lines": HabitCase(habit=Habit(lists=_in_lines_of_three)),
    "SEARCH descending and twice": HabitCase(
        habit=Habit(lists=lambda uids: list_in_one_line([*reversed(uids), *uids[:3]]))
    ),
    "SEARCH ignores its criteria": HabitCase(habit=Habit(finds=lambda uids, first, last: uids)),
    "SEARCH names a UID beyond 2^63": HabitCase(habit=_names_more(2**64 + 1), says="超出范围"),
    "SEARCH names mail that is not there": HabitCase(habit=_names_more(10**9), says="1000000000号邮件取不下来"),
    "SEARCH finds nothing": HabitCase(habit=Habit(lists=lambda uids: b"* SEARCH\r\n")),
    "SEARCH answers OK and nothing else": HabitCase(habit=Habit(lists=lambda uids: b"")),
    "SEARCH refused": _refused(SEARCH, "NO System busy!", "System busy"),
    "SEARCH gets an untagged BAD": HabitCase(
        habit=Habit(untagged_bad=frozenset({SEARCH})), came="none", says="回答有误"
    ),
    "SEARCH cut once": HabitCase(habit=Habit(cuts={SEARCH: 0.5}, once=True)),
    # Arrivals and sizes
    "no INTERNALDATE": HabitCase(habit=Habit(describes=_says_of_itself("RFC822.SIZE {size}"))),
    "INTERNALDATE NIL": HabitCase(habit=Habit(describes=_says_of_itself("INTERNALDATE NIL RFC822.SIZE {size}"))),
    "INTERNALDATE impossible": HabitCase(
        habit=Habit(describes=_says_of_itself('INTERNALDATE "31-Feb-2023 25:61:61 +0800" RFC822.SIZE {size}'))
    ),
    "INTERNALDATE of 1970": HabitCase(
        habit=Habit(describes=_says_of_itself('INTERNALDATE "01-Jan-1970 00:00:00 +0000" RFC822.SIZE {size}'))
    ),
    "INTERNALDATE to come": HabitCase(
        habit=Habit(describes=_says_of_itself('INTERNALDATE "01-Jan-2099 00:00:00 +0000" RFC822.SIZE {size}'))
    ),
    "no sizes": HabitCase(habit=Habit(describes=_says_of_itself('INTERNALDATE "25-Sep-2023 08:22:00 +0800"'))),
    "size of zero": HabitCase(
        habit=Habit(describes=_says_of_itself('INTERNALDATE "25-Sep-2023 08:22:00 +0800" RFC822.SIZE 0'))
    ),
    "size beyond all reason": HabitCase(
        habit=Habit(
            describes=_says_of_itself('INTERNALDATE "25-Sep-2023 08:22:00 +0800" RFC822.SIZE 99999999999999')
        )
    ),
    "malformed description": HabitCase(
        habit=Habit(describes=_describes_otherwise(lambda n, mail: f'* {n} FETCH (UID {mail.uid} "\r\n'.encode()))
    ),
    # Bodies
    "body NIL": _not_given(lambda n, mail: f"* {n} FETCH (UID {mail.uid} BODY[] NIL)\r\n".encode()),
    "body empty": _not_given(lambda n, mail: _body(n, f"UID {mail.uid} ", 0, b"")),
    "body left out": _not_given(lambda n, mail: b""),
    "body refused": _bad("NO System Error"),
    "body refused in Chinese": _bad("NO 邮件不存在或已损坏"),
    "body BAD": _bad("BAD internal error"),
    "body cuts the line": _bad("cut"),
    "body hangs": _bad("hang"),
    "literal too long": HabitCase(habit=Habit(gives=_claims(7)), came="others", says="22号邮件取不下来"),
    "literal too short": HabitCase(habit=Habit(gives=_claims(-7)), came="others", says="22号邮件取不下来"),
    "literal of 8 GB": HabitCase(habit=Habit(gives=_claims(2**33)), came="others", says="22号邮件取不下来"),
    "body under another UID": _not_given(lambda n, mail: _body(n, "UID 25 ", len(mail.raw), mail.raw)),
    "body without UID": HabitCase(habit=Habit(gives=lambda n, mail: _body(n, "", len(mail.raw), mail.raw))),
    "UID behind the body": HabitCase(
        habit=Habit(
            gives=lambda n, mail: (
                f"* {n} FETCH (BODY[] {{{len(mail.raw)}}}\r\n".encode() + mail.raw + f" UID {mail.uid})\r\n".encode()
            )
        )
    ),
    "bodies in reverse": HabitCase(habit=Habit(whole=lambda responses: responses[::-1])),
    "bodies twice": HabitCase(habit=Habit(whole=lambda responses: [*responses, *responses])),
    "news between the bodies": HabitCase(
        habit=Habit(whole=lambda responses: [part for each in responses for part in (each, b"* 13 EXISTS\r\n")])
    ),
    "bodies cut once": HabitCase(habit=Habit(cuts={FETCH: 0.6}, once=True)),
    "bodies cut at the last byte once": HabitCase(habit=Habit(cuts={FETCH: 0.999}, once=True)),
    "FETCH hangs once": HabitCase(habit=Habit(hangs=frozenset({FETCH}), once=True)),
    "BYE at FETCH once": HabitCase(habit=Habit(goodbyes={FETCH: "idle for too long"}, once=True)),
    "noise before FETCH once": HabitCase(habit=Habit(says_before={FETCH: b"\x00\xff\xfe noise\r\n"}, once=True)),
    "noise before every FETCH": HabitCase(
        habit=Habit(says_before={FETCH: b"\x00\xff\xfe noise\r\n"}), came="none", says="连接反复中断"
    ),
    "every FETCH is cut": HabitCase(habit=Habit(cuts={FETCH: 0.5}), came="none", says="连接反复中断"),
    "every FETCH is refused": HabitCase(habit=Habit(refuses={FETCH: "NO 系统繁忙"}), came="none", says="系统繁忙"),
    "warnings before everything": HabitCase(
        habit=Habit(
            says_before={SEARCH: "* OK [ALERT] 您的邮箱空间不足\r\n".encode(), FETCH: b"* 1 EXPUNGE\r\n* 0 RECENT\r\n"}
        )
    ),
    "everything in small pieces": HabitCase(habit=Habit(pieces=11)),
    "LOGOUT cut": HabitCase(habit=Habit(cuts={"LOGOUT": 0.1})),
    "LOGOUT hangs": HabitCase(habit=Habit(hangs=frozenset({"LOGOUT"}))),
}  # fmt: skip


def habit_mails() -> list[PeerMail]:
    """Returns twelve mails, one of them with :data:`BAD_UID`, each with its arrival in ``Received``."""
    return [
        PeerMail(
            uid=uid,
            when=f"25-Sep-2023 08:{uid:02}:00 +0800",
            raw=(
                f"Received: from x by y; Mon, 25 Sep 2023 08:{uid:02}:00 +0800\r\nFrom: a@example.net\r\n"
                f"Subject: mail {uid}\r\n\r\n{'x' * 10 * uid}\r\n"
            ).encode(),
        )
        for uid in range(7, 43, 3)
    ]
