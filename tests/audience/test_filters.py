"""Subscribers chosen by typed words, never by SQL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.audience import parse_filter
from digest.errors import DigestError


@pytest.mark.parametrize(
    ("where", "who"),
    [
        ("", "abc"),
        ("tag:press", "ab"),
        ("tag:Press -tag:board", "b"),
        ("-tag:press", "c"),
        ("domain:r.example", "ab"),
        ("domain:example", ""),
        ("source:form", "ac"),
        ('source:"form of"', "c"),
        ("joined>2026-01-01", "ac"),
        ("joined<2026-01-01", "b"),
        ("tag:x' OR 1=1 --", None),
        ("tag:%", ""),
        ("tag:", None),
        ("joined>soon", None),
        ("age:30", None),
        ("left_at IS NOT NULL", None),
        ("tag:press; DROP TABLE subscriber", None),
    ],
)
def test_people_are_chosen_by_typed_words_never_sql(
    tagged: App, where: str, who: str | None
) -> None:
    if who is None:
        with pytest.raises(DigestError, match="expected words such as"):
            tagged.subscribers.count_matching(where)
        return
    assert (
        "".join(p.address[0] for p in tagged.subscribers.list_matching(where))
        == who
    )
    assert tagged.subscribers.count_matching(where) == len(who)


@given(st.text(max_size=30))
def test_any_filter_is_clauses_or_a_clear_error(text: str) -> None:
    try:
        clauses = parse_filter(text)
    except DigestError as e:
        assert "expected words such as" in str(e)
    else:
        assert bool(clauses) == bool(text.strip())
