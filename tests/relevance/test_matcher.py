"""The automaton that looks for all names at once."""

from hypothesis import given
from hypothesis import strategies as st

from digest.relevance import judge_articles
from digest.relevance.matcher import Matcher
from digest.relevance.running_text import fold_text, normalize_text
from digest.settings import DEFAULTS, Organisation, Topic, load_workspace
from tests.conftest import NOW
from tests.relevance.test_mentions import article


@given(
    st.lists(st.text("ab -'", min_size=1, max_size=6), min_size=1, max_size=5),
    st.text("ab -'"),
)
def test_the_automaton_finds_what_a_plain_search_finds(
    phrases: list[str], text: str
) -> None:
    """Every whole phrase, wherever it stands, and nothing else."""
    plain = fold_text(text)

    def whole(start: int, end: int) -> bool:
        inside = (plain[start : start + 1], plain[end - 1 : end])
        outside = (
            plain[start - 1 : start] if start else "",
            plain[end : end + 1],
        )
        return not any(
            i.isalnum() and o.isalnum()
            for i, o in zip(inside, outside, strict=True)
        )

    wanted = {
        (start, start + len(p), n)
        for n, p in enumerate(
            fold_text(normalize_text(p)).strip() for p in phrases
        )
        for start in range(len(plain))
        if p and plain.startswith(p, start) and whole(start, start + len(p))
    }
    assert {
        (h.start, h.end, h.phrase) for h in Matcher(phrases).find_phrases(plain)
    } == wanted


@given(st.text(), st.text(), st.text())
def test_no_text_is_a_crash(title: str, text: str, summary: str) -> None:
    odd = Organisation(name="Öpen (W)*", people=("x",), cases=("a v. b",))
    topic = Topic(name="t", any=("a.b", "(", "C++", "*"), none=("-",))
    update = {"organisation": odd, "topics": (topic,)}
    settings = load_workspace(DEFAULTS, {}).settings.model_copy(update=update)
    judge_articles([article(text, title, summary=summary)], settings, NOW)
