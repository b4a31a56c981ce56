"""What goes out: the digest as mail, page and workbook, and the outbox that sends it.

Values first, words second, bytes last: :mod:`notify.digest` computes every number from what the
ledger judged, :mod:`notify.render` and :mod:`notify.workbook` put them on paper, :mod:`notify.message`
packs them, :mod:`notify.outbox` and :mod:`notify.smtp` send. Nothing here judges, and nothing here
knows how mail comes in.
"""
