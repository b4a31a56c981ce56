"""Judgement: what each unit owes and lacks, which children are out of school, and what must be done.

The functions are pure: they compute from recorded submissions, the notice and an instant (``as_of``). They
read no mail, file or page and write nothing, so gaps and cases are derived and never edited. No module holds
a store: :mod:`ledger.snapshot` reads rows through the functions of
:class:`store.questions.recorded.Recorded`.
"""
