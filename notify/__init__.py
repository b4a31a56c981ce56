"""What goes out: the digest as mail, page and workbook, and the outbox that sends it.

Values first, words second, bytes last: :mod:`notify.digest.digest` computes every number from what the
ledger judged, :mod:`notify.templates` and :mod:`notify.digest.digest_workbook` render them, :mod:`notify.mail.compose`
packs them, :mod:`notify.mail.send_outbox` and :mod:`notify.mail.smtp` send. Nothing here judges, and nothing here
knows how mail comes in.
"""
