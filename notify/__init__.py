"""Makes outgoing mail and workbooks: digest, bulletin, receipts, reminders, registers; and sends mail from the outbox.

:mod:`notify.digest.digest` holds every number, computed from the ledger's judgements; :mod:`notify.templates` and
:mod:`notify.digest.digest_workbook` render them, :mod:`notify.mail.compose` makes mails of them, and
:mod:`notify.mail.send_outbox` and :mod:`notify.mail.smtp` send. This room neither judges nor receives mail.
"""
