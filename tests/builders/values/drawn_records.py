"""Hypothesis strategies: records with any values and problems."""

from hypothesis import strategies as st

from config.records.record import Problem, Record

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)
problems = st.builds(
    Problem,
    code=st.sampled_from(["id-missing", "id-length", "date-invalid"]),
    severity=st.sampled_from(["error", "warning"]),
    message=st.text(max_size=3),
    row=st.none() | st.integers(1, 9),
)
records = st.lists(
    st.builds(
        Record,
        sheet=st.sampled_from(["附件1", "附件3", ""]),
        row=st.integers(1, 1 << 20),
        values=st.dictionaries(st.sampled_from("abcd"), json_values, max_size=4),
        problems=st.lists(problems, max_size=2).map(tuple),
    ),
    max_size=8,
)


def in_order(rows: list[Record]) -> list[tuple[Record, list[str]]]:
    """Returns the records with the order of their keys, which their equality leaves out."""
    return [(row, list(row.values)) for row in rows]
