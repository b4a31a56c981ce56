"""Outgoing mail and workbooks: digest, bulletin, receipts, reminders, registers, and the outbox that sends mail.

Values first, words second, bytes last: :mod:`notify.digest.digest` computes every number from the
ledger's judgements, :mod:`notify.templates` and :mod:`notify.digest.digest_workbook` render them, :mod:`notify.mail.compose`
packs them, :mod:`notify.mail.send_outbox` and :mod:`notify.mail.smtp` send. Nothing here judges, and nothing here
knows how mail comes in.
"""
