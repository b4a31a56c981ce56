"""Writes ``docs/answering.md`` from the table of words itself; ``tests/unit/config/answers`` compares."""

from pathlib import Path

from config.answers.answer_words import answer_table
from config.settings import Role

_BEGIN = """# How the office answers

What outsiders may rely on when the office answers by mail, by `kongchuo answer` or in the workbook. The table below is
written from `config/answers/answer_words.toml` (`tests/pages/answering_page.py`); the help mail shows the same.

## Questions

Whatever waits for a person is a question with a number that stays until it is settled (问12), through reruns and
`rebuild`: numbers are rows of the store and lines of the archive's journal. `kongchuo questions [--json]` lists all, the
digest asks at most fifteen a day, the first sheet of its workbook (待您决定) holds all.

`questions --json`
```json
[{"number": 12, "kind": "file", "subject": "…", "about": "…", "unit": "…", "question": "…", "stakes": "…",
  "guess": {"unit": "…", "form": "附件4", "evidence": "…"}, "answers": [{"letter": "a", "label": "同意"}]}]
```

## Four ways, one meaning

1. **Words.** A reply, a line a question, above what is quoted and above the signature; or, where nothing stands above, below a
   quotation of which each line begins with `>`, behind a blank line, or of a page below the last element that quotes. Words between
   two such elements, or below one that any text in it may end (`div`), are confirmed first. Words below a quotation without
   marks are asked back.
   Number first: `12`, `问12`, `12号`,
   `第十二号`, with `:` `.` `、` or a blank behind it, half or full width; then one of the answers below, then a reason. Several
   answers stand on lines of their own, or behind `;`.
2. **A tapped link.** The subject is `12b kc-…` and nothing else; the body is not read.
3. **The workbook.** Rows of 待您决定 in which 决定 or 单位 is filled are answers, under whatever subject it is mailed.
4. **`kongchuo answer 12 …`** at a terminal.

What can be read in two ways, says less than is needed, or doubts itself (`但`, `可能`, `?` …) is not done but handed back with
how to say it. Two different answers to one question in one mail are both handed back. A later answer takes an earlier
one back, and both people are told; of two mails the one that arrived later counts, in whatever order they are polled.
`同意` means the guess that stood in the mail that is answered: if the guess has changed since, it is asked back.

"""
_END = """
## A word on a value

`改 15 出生日期 2012-03-04 户口簿` overrules one value of one row. The row is named by the number of a question about it (an odd
value, a case, a suspected dropout), by unit, form and line (`改 西沱镇 附件3 第7行 …`), or by a child's whole name or case number.
The column is named as the form's heading has it; the value is read as a cell is, and must be right: a day with its year, a
sound number, a word of the form's list. A reason is needed. Where a child's forms say different things, it is asked back.

What the unit sent stays as it is. The word is a decision with a number (`撤回 15` takes it back); everything is judged by it: the
row's problems are found anew, cases, links, findings and registers follow. It is shown beside what was sent (`records`, timeline
and sources of a case, 适龄台账). It holds in each version of the unit's form that sends the same value for the same child, and
ends with the first that sends another. `kongchuo correct ROW HEADING VALUE --why REASON` does the same. Visits of one cell
(劝返记录) are not overruled one by one. The unit is not told.

## Passwords of a unit's files

`密码 西沱镇 8866` keeps a password in the keyring of the machine that runs the program, not in decisions,
the journal, logs or anything that is sent. It is tried before any other on the unit's locked files, in this reading (the unit's mails are read again
at once) and in every later one, `rerun` and `rebuild` too; eight passwords a unit are kept. What comes back does not repeat the
line. A machine without a keyring keeps nothing and says so: then the unit writes the password in the words of a mail. The
words of the mail that told it stay with that mail: in the archive, in the database's copy of its lines, and on the mail server.

## Asking

Any reply to a mail of ours may ask, one thing a line, also beside answers; one mail comes back. Figures, lists and masks are
those of the digest of that instant and of the command line.

- `进度`, `进度 西沱镇`, `未报`, `个案 谭某某` stand in the mail's body, for a telephone. A child is found by the whole name, by the
  case number (its first four characters suffice), or with a unit's name all its open cases; names are masked as in the digest.
- `简报` is today's digest below the answer, with its workbook; answers to it count as to the daily one.
- `台账` is a zip with a password (that of the digest's workbook: `KONGCHUO_WORKBOOK_PASSWORD` or `[digest] password_file`),
  numbers masked. Without a password nothing is sent, and the person is told.
- `催报` shows whom the notice's plan has for today (as `kongchuo remind`) and sends nothing. A reply to that mail, `同意发送`, sends
  the reminders of the same day, to whom still owes; a unit is never written to twice on a day. It needs `[units] reminders`.
- `重读 西沱镇` reads the unit's mails again (as `kongchuo rerun --unit`), at once or, after a crash, with the next poll.

What is asked for is given once, whatever is polled again or rerun; the same words in a later mail are a new request. It goes to the
address on file only. Beyond forty mails a day to one person nothing is given.

## What clerks reply

A clerk's mail decides nothing and is answered by its receipt only. A corrected file is a new submission. `情况属实 第7行 已核实` becomes a
question with the problems of that row (in the form that is named, else in any current one); with `[units] trust_explanations = true`
the word of a proven sender is taken where all of them are only odd values, and stands as a decision in the unit's name. `申请延期到
9月28日` becomes a question; `同意` gives the time that the mail names. `本月无变化` is a sign of the unit's monthly 走访, unless the mail failed its
provider's checks, and unconfirmed like any mail where the sender is not proven. Anything else waits with its unit.

## Who may

`[[people]]` in `kongchuo.toml`: `address`, `name`, `role` (看 looks, 办 decides, 管 runs the program); `[office] recipients` are 办. Who
may what stands in the table above. A reply is done only if all of these hold, whether it answers or asks:

1. its one From address is a person's, and the person's role may do it;
2. the provider's own server does not say that SPF, DKIM or DMARC failed;
3. it carries the reply code of a mail that went to this very person in the last 90 days: in the Message-ID that it refers
   to, in its subject, or in the workbook's properties. The code is an HMAC over address and mail; the key lies outside
   store and configuration (`KONGCHUO_ANSWERS_KEY`, the keyring, or `[answers] key_file`, which `init` writes);
4. the provider's own server says that it is from the author's domain (`dmarc=pass`, or `dkim=pass` or `spf=pass` for that
   very domain, in a single header that reads as statements from end to end). Only a provider that is known to be the
   mailbox's own is believed: by its host, or by `[[mailbox]] authentication_servers`.

| what is missing | what happens |
|---|---|
| 1, 2, or a code that is wrong, expired or another's | nothing; the digest and `questions` tell of it |
| any code, or 4; or words are hidden, or between quotations | it waits; the person is asked at the address on file and may reply 确认 |
| the role | it is told back |

Automatic mail, mail of ours that comes back and what is quoted never answer. A mail is dealt with once: by its bytes, by its
Message-ID, and the same words again only after they are confirmed. Beyond ten mails a day to one person that only ask
or explain, nothing is sent back. Without a key or without `[smtp]` no reply is an answer, and the digest goes to all recipients
as one mail.

## What comes back

One mail (Auto-Submitted), queued in the transaction that records the decisions: line by line what was done, what was not and
how to say it. What one person wrote in several mails (a tap is a mail) is told in one within a poll: the transaction of the next mail puts a
letter with the lines of both in the place of the one that waits; if that has left meanwhile, the next goes alone. So each line is
told once, wherever the program dies. What was asked for comes in a mail of its own. Names are shown as `[digest] mask` says.
Decisions carry who, when, why, `question` and `came_by` (the message).

![the digest on a telephone](answering-digest.png)
![the sheet of questions](answering-sheet.png)
![transcript, help](answering-letters.png)
![figures and a case, reminders, the digest asked for](answering-asked.png)
"""


def _who_may(needed: Role) -> str:
    return " | ".join("yes" if role.may(needed) else "" for role in Role)


def render_answering() -> str:
    """The page with the kinds of questions, their answers and the commands."""
    table = answer_table()
    lines = ["## The words", "", "| question | answer | tapped | written |", "|---|---|---|---|"]
    for kind in table.kinds:
        for one in kind.answers:
            lines.append(f"| {kind.title} | {one.label} | `12{one.letter}` | {'、'.join(one.words)} |")
        if kind.takes_unit:
            lines.append(f"| {kind.title} | – | – | 单位、附件(名册和通知里的名称或别名) |")
    lines += ["", "| without a question | example | asks | 看 | 办 | 管 |", "|---|---|---|---|---|---|"]
    lines.append(f"| an answer to a question | `12 同意` | | {_who_may(table.answering_role)} |")
    lines += [
        f"| {one.usage} | `{one.example}` | {'yes' if one.asks else ''} | {_who_may(one.role)} |"
        for one in table.commands
    ]
    return _BEGIN + "\n".join(lines) + "\n" + _END


if __name__ == "__main__":
    (Path(__file__).parents[2] / "docs" / "answering.md").write_text(render_answering(), "utf-8")
