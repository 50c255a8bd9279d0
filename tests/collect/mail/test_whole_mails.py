"""Links of whole mails: what is of one story, what is no news, and what is left to a person."""

from digest.collect.mail.mail_links import MailLinks, decide_links
from digest.collect.mail.mail_message import read_mail
from digest.model.mail import LinkKind, MailLink

SENT = "Wed, 25 Nov 2026 07:00:00 +0000"
HEADLINES = (
    "County sued over lead pipes in schools",
    "Mayor promises new pipes by autumn",
    "Drinking water unsafe in four towns",
)


def decide(
    html: str, subject: str = "News of the day", sender: str = "The Paper"
) -> MailLinks:
    head = (
        f"Subject: {subject}\nFrom: {sender} <a@paper.example>\nDate: {SENT}\n"
    )
    head += "Content-Type: text/html; charset=utf-8\n\n"
    return decide_links(read_mail((head + html).encode()), {})


def counted(number: int, text: str) -> str:
    address = f"https://url77.post.example/ls/click?upn=u001.aB3dEf6hIj9kLm2nOp5q{number:04}"
    return f'<a href="{address}">{text}</a>'


def story(number: int, headline: str, call: str) -> str:
    image = counted(3 * number, "<img src='x.jpg'>")
    linked = counted(3 * number + 1, headline)
    return (
        f"<div>{image}</div><h2>{linked}</h2><p>In two lines of text.</p>"
        f"<p>{counted(3 * number + 2, call)}</p>"
    )


def stories(call: str) -> str:
    return "".join(
        story(number, headline, call)
        for number, headline in enumerate(HEADLINES)
    )


def followed(decided: MailLinks) -> list[str]:
    titles = {link.target: link.title for link in decided.links}
    return [titles[url] for url in decided.to_follow]


def link_called(title: str, decided: MailLinks) -> MailLink:
    (link,) = (one for one in decided.links if title in one.title)
    return link


def test_image_headline_and_call_of_a_counter_are_asked_once() -> None:
    decided = decide(stories("Read more"))
    assert followed(decided) == list(HEADLINES)
    assert len(decided.links) == len(HEADLINES)


def test_a_welcome_brings_no_news_though_its_offers_are_made_alike() -> None:
    html = stories("Sign up or find out more")
    welcome = decide(html, subject="Welcome to The Paper")
    assert welcome.to_follow == []
    assert {link.kind for link in welcome.links} == {LinkKind.MANAGING}
    # the same mail with a subject of its news
    assert followed(decide(html, subject=HEADLINES[0])) == list(HEADLINES)


def test_what_follows_a_day_to_come_is_an_event() -> None:
    html = stories("Read more") + (
        f"<p>Nov 28 – {counted(80, 'Valley choir sings an early mass')}</p>"
        f"<p>Nov 24 – {counted(81, 'Valley choir sang an early mass')}</p>"
    )
    decided = decide(html + stories("Read more"))
    assert "Valley choir sings an early mass" not in followed(decided)
    assert "Valley choir sang an early mass" in followed(decided)
    link = link_called("sings", decided)
    assert (link.kind, link.reason) == (LinkKind.SERVICE, "an event to come")


def test_a_result_whose_source_is_a_network_is_left_to_a_person() -> None:
    html = "".join(
        f"<p>{source} · today</p><p>{counted(number, headline)}</p><p>Words about it.</p>"
        for number, (source, headline) in enumerate(
            zip(("courier.example", "x.com"), HEADLINES, strict=False)
        )
    )
    decided = decide(html, subject="2 new mentions")
    assert followed(decided) == [HEADLINES[0]]
    assert link_called(HEADLINES[1], decided).kind == LinkKind.DOUBTFUL


def test_a_tool_beside_each_headline_is_none_of_its_stories() -> None:
    html = "".join(
        f'<p><a href="https://paper{number}.example/a/{number}1022">{headline}</a></p>'
        f'<p><a href="https://app.finder.example/folder/add?id={number}17">+ Add to folder</a></p>'
        for number, headline in enumerate(HEADLINES)
    )
    decided = decide(html)
    kinds = [link.kind for link in decided.links]
    assert kinds.count(LinkKind.ARTICLE) == len(HEADLINES)
    assert kinds.count(LinkKind.MANAGING) == len(HEADLINES)


def test_outlets_named_behind_what_they_report_are_followed() -> None:
    names = ("Courier", "Evening Post", "Herald")
    html = "".join(
        f"<p>{headline}: They say more in two lines. {counted(number, name)}</p>"
        for number, (headline, name) in enumerate(
            zip(HEADLINES, names, strict=True)
        )
    )
    assert followed(decide(html)) == list(HEADLINES)


def test_what_stands_last_and_has_no_form_of_an_article_is_left_to_a_person() -> (
    None
):
    shown = "".join(
        f'<h2><a href="https://paper.example/2026/11/25/{number}-county-sued-over-lead">{headline}</a></h2>'
        "<p>In two lines of text.</p>"
        for number, headline in enumerate(HEADLINES)
    )
    partner = '<p><a href="https://energy.example/a/88120">Heat pumps made simple at last</a></p>'
    decided = decide(shown + partner)
    link = link_called("Heat pumps", decided)
    assert link.kind == LinkKind.DOUBTFUL
    assert link.is_shown
    assert [one.kind for one in decided.links].count(LinkKind.ARTICLE) == 3


def test_a_bare_address_with_a_name_of_a_page_is_no_section() -> None:
    text = "Subject: x\nContent-Type: text/plain\n\nhttps://paper.example/news/weir-vote\n"
    (link,) = decide_links(read_mail(text.encode()), {}).links
    assert link.kind == LinkKind.ARTICLE
