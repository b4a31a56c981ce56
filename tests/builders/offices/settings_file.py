"""A configuration with two mailboxes, of an office that has nothing else on disk."""

FILE = """
[office]
name = "甲县教委"
[notice]
file = "n.toml"
roster = "units.csv"
[[mailbox]]
name = "main"
host = "imap.qq.com"
[[mailbox]]
name = "old-box"
maildir = "old"
[smtp]
host = "smtp.qq.com"
sender = "a@qq.com"
"""
