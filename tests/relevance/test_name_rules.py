"""Names that only look like ours: doubted by what stands around them."""

from digest.relevance import judge_articles
from digest.settings import Settings
from tests.conftest import NOW
from tests.relevance.test_mentions import article, counted, found


def test_a_name_in_a_headline_alone_needs_more_than_capitals() -> None:
    assert not counted("A ship moved.", title="Into Open Water")
    assert counted("Open Water asked for it.", title="A Day With Open Water")
    assert counted("A ship moved.", title="Open Water Sues Over Lead Tests")


def test_words_in_small_letters_beside_it_make_a_passing_name_doubtful() -> (
    None
):
    (mention,) = found(
        "The map shows open water and reeds. Open Water is drawn in blue."
    )
    assert "it may be the ordinary word" in mention.doubt


def test_they_settle_nothing_where_it_plainly_acts_as_a_body() -> None:
    text = "Open Water sued. The boats lay in open water . The mayor met Open Water and left."
    assert len(counted(text)) == 2


def test_a_namesake_is_another_person_unless_the_article_names_the_organisation() -> (
    None
):
    assert not counted("The singer Maren Oduya plays two nights.")
    assert (
        len(
            counted(
                "The singer Maren Oduya, who founded Open Water, plays two nights."
            )
        )
        == 2
    )


def test_a_surname_counts_once_the_full_name_stands_in_the_article() -> None:
    assert [
        m.name
        for m in counted("The campaigner Maren Oduya came. “No,” said Oduya.")
    ] == ["Maren Oduya"] * 2
    assert not counted("“No,” said Oduya.")


def test_the_more_the_words_say_it_the_surer_we_are() -> None:
    texts = ("The files of Open Water.", "OPEN WATER SUES OVER LEAD TESTS.")
    sure, likely = (counted(t)[0].confidence for t in texts)
    assert sure > likely > 0.5


def test_a_page_nobody_could_read_is_found_by_its_feeds_query(
    rules: Settings,
) -> None:
    """Google News found our name in it; only a person can say where."""
    feed = "https://news.example/rss/search?q=%22open+water%22+when:7d"
    (judged,) = judge_articles(
        [article(unread="paywall", feed=feed)], rules, NOW
    )
    assert judged.judgement.section == "in_the_news"
    assert str(judged.judgement.reasons[0]).startswith(
        "by query, needs a person"
    )
    (unasked,) = judge_articles(
        [article(unread="paywall", feed="https://news.example/rss")], rules, NOW
    )
    assert unasked.judgement.section == ""
