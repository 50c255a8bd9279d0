"""Links of mails by how the mail is built: counters, its foot, headlines made alike, offers."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.mail.layout import lay_out
from digest.collect.mail.mail_links import MailLinks, decide_links
from digest.collect.mail.mail_message import Body, read_mail
from digest.model.mail import LinkKind

#: What a counter of clicks of no known form makes of a link.
COUNTED = "https://284417.counts.example/c/{number}/dWgVUNK1f0FA-{number}x"
#: A link of a counter whose form is known.
CLICK = "https://url77.post.example/ls/click?upn=u001.aB3dEf6hIj9kLm2nOp5q"
HEADLINES = (
    "County sued over lead pipes in schools",
    "Mayor promises new pipes by autumn",
    "Eels",
    "Drinking water unsafe in four towns",
)


def decide(html: str, subject: str = "News of the day") -> MailLinks:
    head = f"Subject: {subject}\nContent-Type: text/html; charset=utf-8\n\n"
    return decide_links(read_mail((head + html).encode()), {})


def counted(number: int, text: str) -> str:
    return f'<a href="{COUNTED.format(number=number)}">{text}</a>'


def headline(number: int, text: str) -> str:
    return f'<p class="h">{counted(number, text)}</p><p>In two lines.</p>'


def newsletter(before: str = "", behind: str = "") -> str:
    stories = "".join(
        headline(70 + number, text) for number, text in enumerate(HEADLINES)
    )
    return f"{before}{stories}{behind}<p>{counted(1, 'Unsubscribe')} | {counted(2, 'Our new tram map')}</p>"


def followed(html: str, subject: str = "News of the day") -> list[str]:
    decided = decide(html, subject)
    titles = {link.target: link.title for link in decided.links}
    return [titles[url] for url in decided.to_follow]


def test_a_counter_of_any_maker_is_known_by_its_link_to_unsubscribe() -> None:
    decided = decide(newsletter())
    kinds = {link.kind for link in decided.links}
    assert (
        LinkKind.ARTICLE not in kinds
    )  # none is taken for an address of its own
    assert len(decided.to_follow) == len(HEADLINES)


def test_addresses_of_an_outlet_are_no_counter() -> None:
    home = "https://paper.example"
    decided = decide(
        f'<p><a href="{home}/a/41022">County sued over lead pipes</a></p>'
        f'<p><a href="{home}/a/41023">Mayor promises new pipes</a></p>'
        f'<p><a href="{home}/a/99">Unsubscribe</a></p>'
    )
    kinds = [link.kind for link in decided.links]
    assert kinds == [LinkKind.ARTICLE, LinkKind.ARTICLE, LinkKind.MANAGING]


def test_a_headline_is_followed_however_short_if_it_is_made_like_the_others() -> (
    None
):
    assert followed(newsletter()) == list(HEADLINES)


def test_what_stands_beside_the_link_to_unsubscribe_is_not_followed() -> None:
    assert "Our new tram map" not in followed(newsletter())


@pytest.mark.parametrize(
    "words", ["Wypisz się z listy", "Avregistrera dig", "Leiratkozás"]
)
def test_the_foot_is_found_in_many_languages(words: str) -> None:
    html = newsletter().replace("Unsubscribe", words)
    assert followed(html) == list(HEADLINES)


def test_what_stands_apart_from_the_headlines_is_shown_to_a_person() -> None:
    apart = f"<p>{counted(3, 'Nuestra gente cuenta lo que piensa')}</p>"
    decided = decide(newsletter(before=apart))
    (link,) = [one for one in decided.links if one.title.startswith("Nuestra")]
    assert link.kind == LinkKind.HIDDEN
    assert link.reason == "it stands apart from the headlines"


def test_links_under_a_heading_of_events_are_no_news() -> None:
    events = f"<h3>Termine</h3><p>{counted(4, 'Ein Abend mit der Autorin in Lohnau')}</p>"
    stories = newsletter().replace("<p>In two lines.</p>", "", 1)
    assert followed(stories.replace("<p><a", f"{events}<p><a", 1)) == list(
        HEADLINES
    )


@pytest.mark.parametrize(
    "subject",
    [
        "Bitte bestätigen Sie Ihre Anmeldung",
        "Votre code de connexion : 448 120",
        "Welcome to The Hill Ledger",
        "Last chance: your first month for £1",
    ],
)
def test_nothing_is_followed_in_a_mail_about_an_account_or_an_offer(
    subject: str,
) -> None:
    """A click there confirms, orders or pays."""
    html = f'<p><a href="{CLICK}">Ja, ich möchte alle Nachrichten aus Lohnau</a></p>'
    assert followed(html, subject) == []
    assert followed(html, "Lohnau am Morgen") != []


def test_sums_of_public_money_make_no_offer() -> None:
    html = f'<p><a href="{CLICK}">Italy asks for a fund against floods</a></p>'
    assert followed(html, "Italy asks for €900M")


def test_a_link_with_a_secret_in_it_is_no_article() -> None:
    html = '<p><a href="https://portal.example/magic?token=8fe1c0b2a9">A quiet night for the ferry</a></p>'
    (link,) = decide(html).links
    assert link.kind == LinkKind.MANAGING


def test_words_that_several_links_share_are_no_headline() -> None:
    """They are a call, in whatever language."""
    html = "".join(
        f'<div><h3>{title}</h3><a href="https://paper.example/n/5102{n}">Ampliar ya</a></div>'
        for n, title in enumerate(HEADLINES[:2])
    )
    assert [link.title for link in decide(html).links] == list(HEADLINES[:2])


def test_pages_of_one_kind_are_articles_though_their_folder_is_called_account() -> (
    None
):
    html = "".join(
        f'<p><a href="https://agency.example/account/5102{n}">{title}</a></p>'
        for n, title in enumerate(HEADLINES)
        if title != "Eels"
    )
    assert {link.kind for link in decide(html).links} == {LinkKind.ARTICLE}


def test_what_clients_read_at_a_portal_is_news() -> None:
    html = '<p><a href="https://portal.agency.example/n/51022">Mayor promises pipes</a></p>'
    (link,) = decide(html).links
    assert link.kind == LinkKind.ARTICLE


def test_the_label_beside_an_advertisement_is_not_of_the_next_story() -> None:
    ad = f"<p>Materiał sponsorowany {counted(6, 'Jak wybrać pompę ciepła na lata?')}</p>"
    assert followed(newsletter(before=ad)) == list(HEADLINES)


def test_a_target_among_the_fields_of_a_code_is_read() -> None:
    target = "https://paper.example/2026/02/26/county-sued-over-lead-pipes/"
    code = base64.b64encode(f"47;1893;{target};;9f3b".encode()).decode()
    html = f'<a href="https://paper.example/?nltr={code}">County sued over lead pipes</a>'
    (link,) = decide(html).links
    assert link.target == target
    assert link.kind == LinkKind.ARTICLE


def test_addresses_that_are_no_links_in_html_are_read() -> None:
    html = (
        "<pre>County sued over lead pipes\nhttps://paper.example/n/51021\n\n"
        "Mayor promises new pipes\nhttps://paper.example/n/51022</pre>"
        "<p>Eels are back in the canal: https://paper.example/n/51023. Good.</p>"
    )
    links = decide(html).links
    assert [link.target[-5:] for link in links] == ["51021", "51022", "51023"]
    assert links[0].title == "County sued over lead pipes"
    assert links[1].title == "Mayor promises new pipes"


def test_references_before_their_words_are_read_in_plain_text() -> None:
    text = (
        "[1]The Polder Post\n\n[2]Dike reeve resigns over pumps\n"
        "   He cannot explain it.\n\n[3]Leave\n\nReferences\n\n"
        "1. https://polder.example/\n2. https://polder.example/905113\n"
        "3. https://polder.example/unsubscribe\n"
    )
    head = "Subject: Midday\nContent-Type: text/plain; charset=utf-8\n\n"
    links = decide_links(read_mail((head + text).encode()), {}).links
    assert [link.title for link in links if link.kind == LinkKind.ARTICLE] == [
        "Dike reeve resigns over pumps"
    ]


@given(st.text(alphabet="<>/apre htps:w.'\"=xé\n", max_size=300))
def test_any_markup_is_laid_out(markup: str) -> None:
    layout = lay_out(Body(f"<pre>{markup}</pre> https://a.example/b", True))
    assert all(anchor.pieces for anchor in layout.anchors)
