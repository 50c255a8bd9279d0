"""What an internal newsletter says of a story comes from its article, and a public one says none of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.edition import dump_edition, load_edition
from digest.edition.internal_content import (
    MAX_SENTENCE_LENGTH,
    NOTHING,
    cut_text,
    internal_content_of,
    with_internal_content,
)
from digest.model import (
    AnalysedArticle,
    Article,
    ArticleAnalysis,
    Edition,
    Mention,
    MentionPlace,
    MentionRole,
    NameKind,
    Pick,
    Relevance,
    ScoreReason,
    Section,
)
from digest.settings import InternalContent, load_workspace
from tests.conftest import NOW

EVERYTHING = InternalContent(reasons=True, excerpt=80)
PICK = Pick("Headline", "https://example.org/a", "Politico")
PROOF = "Emails obtained by Open Water show it."
SPEECH = "“It took a year,” said Maren Oduya."


def mention(sentence: str, **fields: object) -> Mention:
    values = {
        "name": "Open Water",
        "kind": NameKind.ORGANISATION,
        "place": MentionPlace.BODY,
        "sentence": sentence,
    }
    return Mention(**{**values, **fields})  # type: ignore[arg-type]


def judged(*mentions: Mention, text: str = "") -> AnalysedArticle:
    article = Article("k", "https://example.org/a", "Politico", "Headline")
    reasons = (
        ScoreReason("names Open Water, quoted, in the body", 4.0),
        ScoreReason("2 days old", -1.0, is_passing=True),
        ScoreReason("public records: emails", 1.5),
    )
    return AnalysedArticle(
        replace(article, text=text),
        ArticleAnalysis(mentions),
        Relevance("in_the_news", 4.5, reasons),
    )


def test_it_has_the_proof_quotes_reasons_that_stay_and_how_the_text_begins() -> (
    None
):
    article = judged(
        mention("Headline", place=MentionPlace.HEADLINE),
        mention(PROOF, role=MentionRole.SOURCE),
        mention(SPEECH, role=MentionRole.QUOTED, confidence=0.9),
        mention("said Maren Oduya.", role=MentionRole.QUOTED),
        mention("Open Water is a phrase.", doubt="a phrase"),
        text="The first sentence is here.\n\nThe second one follows it at once. A third is too long.",
    )
    pick = with_internal_content(PICK, article, EVERYTHING)
    assert pick.proof == PROOF
    assert pick.our_quotes == (SPEECH,)
    assert (
        pick.reasons
        == "names Open Water, quoted, in the body; public records: emails"
    )
    assert (
        pick.excerpt
        == "The first sentence is here. The second one follows it at once."
    )
    assert pick.without_internal_content() == PICK
    assert with_internal_content(PICK, article, NOTHING) == PICK


def test_a_headline_is_no_proof_and_a_sentence_without_end_is_shortened() -> (
    None
):
    only_headline = judged(mention("Headline", place=MentionPlace.HEADLINE))
    assert with_internal_content(PICK, only_headline, EVERYTHING).proof == ""
    words = "and so on " * 200
    endless = judged(mention(f"{words}Open Water {words}"))
    proof = with_internal_content(PICK, endless, EVERYTHING).proof
    assert "Open Water" in proof
    assert len(proof) <= MAX_SENTENCE_LENGTH + 2
    assert proof.startswith("… ")


def test_an_excerpt_begins_behind_headline_and_byline_and_repeats_no_proof() -> (
    None
):
    body = f"Headline\n\nBy Ada Lovelace and Per Olsen\n\n{PROOF} More of it follows in this text."
    long, short = (
        with_internal_content(
            PICK, judged(mention(PROOF), text=body), InternalContent(excerpt=n)
        )
        for n in (200, len(PROOF))
    )
    assert long.excerpt == "More of it follows in this text."
    assert (short.proof, short.excerpt) == (PROOF, long.excerpt)
    only = judged(text="By the time it ended, all was said.")
    excerpt = with_internal_content(PICK, only, EVERYTHING).excerpt
    assert excerpt == "By the time it ended, all was said."


@pytest.mark.parametrize(
    ("text", "length", "cut"),
    [
        ("Short.", 10, "Short."),
        ("One sentence here. And another.", 24, "One sentence here."),
        ("He met Mr. Smith in the town hall.", 20, "He met Mr. Smith …"),
        ("Is it? Nobody knows at all, they say.", 20, "Is it? Nobody …"),
        ("水" * 30, 12, "水" * 10 + " …"),
        ("最初の文です。次の文です。", 10, "最初の文です。"),
        ("ae\u0301" * 10, 8, "ae\u0301ae\u0301 …"),
    ],
)
def test_a_text_is_cut_behind_a_sentence_or_a_word(
    text: str, length: int, cut: str
) -> None:
    assert cut_text(text, length) == cut


@given(st.text(), st.integers(1, 300))
def test_a_cut_text_has_no_more_characters_than_asked(
    text: str, length: int
) -> None:
    assert len(cut_text(" ".join(text.split()), length)) <= length


@given(st.text(max_size=200), st.text(max_size=200), st.integers(0, 100))
def test_whatever_an_article_says_can_be_written_into_an_edition(
    sentence: str, text: str, length: int
) -> None:
    wanted = InternalContent(reasons=True, excerpt=length)
    article = judged(
        mention(sentence), mention(text, role=MentionRole.QUOTED), text=text
    )
    pick = with_internal_content(PICK, article, wanted)
    section = Section("s", "S", (pick,))
    edition = Edition(NOW.date(), "", sections=(section,))
    assert load_edition(dump_edition(edition)) == edition


def test_only_an_internal_newsletter_asks_for_it(shipped: Path) -> None:
    public = load_workspace(shipped, {}).settings.newsletter
    board = public.model_copy(update={"audience": ("board",)})
    clips = board.model_copy(update={"layout": "clips"})
    said = clips.model_copy(update={"internal": EVERYTHING})
    assert internal_content_of(public) == NOTHING
    assert internal_content_of(board) == NOTHING
    assert internal_content_of(clips) == InternalContent()
    assert internal_content_of(said) == EVERYTHING


def test_an_excerpt_leaves_out_the_sentence_that_is_printed_as_proof() -> None:
    body = f"It begins so.\n\n{PROOF} And so it ends."
    article = judged(mention(PROOF), text=body)
    printed = with_internal_content(PICK, article, InternalContent(excerpt=300))
    assert printed.excerpt == "It begins so. … And so it ends."
    alone = InternalContent(proof=False, excerpt=300)
    whole = with_internal_content(PICK, article, alone)
    assert (whole.proof, whole.excerpt) == ("", " ".join(body.split()))
    only_proof = judged(mention(PROOF), text=PROOF)
    nothing = with_internal_content(
        PICK, only_proof, InternalContent(excerpt=300)
    )
    assert (nothing.proof, nothing.excerpt) == (PROOF, "")
