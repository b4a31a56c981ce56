"""Judgement: what is owed, what is missing, which children are out of school and who must act.

Here live pure functions of what stands recorded, the notice and an instant (``as_of``). They know
nothing of mail, files or pages, and write nothing: gaps and cases are derived, never edited. Only
:mod:`ledger.snapshot` asks the store.
"""
