"""Builders shared by tests: tables, mails, offices, servers and judgements."""
