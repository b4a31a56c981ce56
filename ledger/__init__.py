"""Judgement: what is owed, what is missing, which children are out of school and who must act.

Holds pure functions of the recorded submissions, the notice and an instant (``as_of``). They read no
mail, file or page, and write nothing: gaps and cases are derived, never edited. Only
:mod:`ledger.snapshot` asks the store.
"""
