"""Builders that tests share: tables, mails, offices, servers and judgements."""
