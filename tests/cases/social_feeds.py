"""Feeds of channels, podcasts and accounts, invented, in the shapes in which such services write them."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

RSS = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {names}><channel>{body}</channel></rss>'
NAMES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:webfeeds="http://webfeeds.org/rss/1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
)
DAY = "<pubDate>Thu, 26 Feb 2026 09:0{n}:00 +0000</pubDate>"


@dataclass(frozen=True)
class SocialFeed:
    """A feed at its address, and what a reader should make of it."""

    address: str  #: its path and query
    body: str
    outlet: str  #: the name that the outlet should get
    titles: tuple[str, ...]
    links: tuple[str, ...]


def rss(title: str, link: str, *items: str, more: str = "") -> str:
    """Return an RSS feed."""
    dated = [
        f"<item>{item}{DAY.format(n=n)}</item>" for n, item in enumerate(items)
    ]
    head = f"<title>{escape(title)}</title><link>{link}</link><description>About it</description>{more}"
    return RSS.format(names=NAMES, body=head + "".join(dated))


def post(link: str, markup: str, more: str = "") -> str:
    """Return a post without a title."""
    return (
        f'<guid isPermaLink="true">{link}</guid><link>{link}</link>'
        f"<description>{escape(markup)}</description>{more}"
    )


def video(code: str, title: str, text: str, path: str = "/watch?v=") -> str:
    """Return a video of a channel, as an Atom entry."""
    return (
        f"<entry><id>yt:video:{code}</id><yt:videoId>{code}</yt:videoId><yt:channelId>UCw</yt:channelId>"
        f'<title>{title}</title><link rel="alternate" href="https://video.example{path}{code}"/>'
        "<author><name>Water Watch TV</name><uri>https://video.example/channel/UCw</uri></author>"
        "<published>2026-02-26T09:00:00+00:00</published><updated>2026-02-26T10:00:00+00:00</updated>"
        f'<media:group><media:title>{title}</media:title><media:content url="https://video.example/v/{code}" '
        'type="application/x-shockwave-flash" width="640" height="390"/><media:thumbnail '
        f'url="https://img.example/{code}.jpg" width="480" height="360"/><media:description>{text}'
        "</media:description></media:group></entry>"
    )


CHANNEL = (
    '<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">'
    '<link rel="self" href="https://video.example/feeds/videos.xml?channel_id=UCw"/>'
    "<id>yt:channel:UCw</id><yt:channelId>UCw</yt:channelId><title>Water Watch TV</title>"
    '<link rel="alternate" href="https://video.example/channel/UCw"/>'
    "<author><name>Water Watch TV</name></author>"
    + video("a1", "Pipes: what the city knew", "We talk to Open Water.")
    + video("b2", "In one minute #shorts", "Short.", path="/shorts/")
    + "</feed>"
)
EPISODE = (
    "<title>12. Lead on tap</title><itunes:title>Lead on tap</itunes:title><itunes:episode>12</itunes:episode>"
    "<description>&lt;p&gt;A talk with Open Water.&lt;/p&gt;</description><itunes:summary>A talk.</itunes:summary>"
    '<guid isPermaLink="false">ep-12</guid><enclosure url="https://cdn.example/12.mp3" length="9" type="audio/mpeg"/>'
)
HOME = "https://social.example/@waterwatch"
SKY = "https://sky.example/profile/waterwatch.example"
FEEDS = {
    "a channel of videos": SocialFeed(
        "/feeds/videos.xml?channel_id=UCw",
        CHANNEL,
        "Water Watch TV",
        ("Pipes: what the city knew", "In one minute #shorts"),
        ("https://video.example/watch?v=a1", "https://video.example/shorts/b2"),
    ),
    "a podcast with pages": SocialFeed(
        "/pod/feed.xml",
        rss(
            "Deep Water",
            "https://pod.example/deep",
            f"{EPISODE}<link>https://pod.example/deep/12</link>",
        ),
        "Deep Water",
        ("12. Lead on tap",),
        ("https://pod.example/deep/12",),
    ),
    "a podcast whose link is the file": SocialFeed(
        "/deep.rss",
        rss(
            "Deep Water",
            "https://pod.example/deep",
            EPISODE.replace(
                '<guid isPermaLink="false">ep-12',
                "<link>https://cdn.example/12.mp3?source=feed</link>"
                '<guid isPermaLink="true">https://pod.example/deep/lead-on-tap',
            ),
        ),
        "Deep Water",
        ("12. Lead on tap",),
        ("https://pod.example/deep/lead-on-tap",),
    ),
    "a podcast without pages": SocialFeed(
        "/deep.xml",
        rss("Deep Water", "https://pod.example/deep", EPISODE),
        "Deep Water",
        ("12. Lead on tap",),
        ("https://cdn.example/12.mp3",),
    ),
    "an account of the fediverse": SocialFeed(
        "/@waterwatch.rss",
        rss(
            "Water Watch :verified: 💧",
            HOME,
            post(
                f"{HOME}/1",
                "<p>New: the city knew of the lead in its pipes for a year. Our report names who kept quiet, and "
                'why nobody asked.</p><p><a href="https://w.example/r"><span class="invisible">https://</span>'
                '<span>w.example/r</span></a></p><p><a href="https://social.example/tags/water">#<span>water</span></a> '
                "<a>#<span>lead</span></a></p>",
                "<category>water</category>",
            ),
            post(
                f"{HOME}/2",
                "<p><strong>Content warning:</strong> lead</p><hr><p>A school closed its taps on Monday.</p>",
            ),
            post(
                f"{HOME}/3",
                '<p><span class="h-card"><a href="https://o.example/@ana" class="u-url mention">@<span>ana</span>'
                "</a></span> Yes, we asked Open Water about it.</p>",
            ),
            post(
                f"{HOME}/4",
                '<p class="quote-inline">RE: <a href="https://o.example/@ana/9">https://o.example/@ana/9</a></p>'
                "<p>What they leave out is the price.</p>",
            ),
            more="<generator>Mastodon v4.5.0</generator>",
        ),
        "Water Watch",
        (
            "New: the city knew of the lead in its pipes for a year.",
            "A school closed its taps on Monday.",
            "To @ana: Yes, we asked Open Water about it.",
            "Quote: What they leave out is the price.",
        ),
        tuple(f"{HOME}/{n}" for n in range(1, 5)),
    ),
    "posts of an app of short texts": SocialFeed(
        "/profile/did:plc:x/rss",
        rss(
            "@waterwatch.example - Water Watch",
            SKY,
            *(
                f"<link>{SKY}/post/{n}</link><description>{escape(text)}</description>"
                f'<guid isPermaLink="false">at://did:plc:x/app.bsky.feed.post/{n}</guid>'
                for n, text in enumerate(
                    (
                        "The pipes of district nine are lead, all of them, and the utility has known it since the spring "
                        "of last year says Open Water\n\nw.example/report #water #lead",
                        "This is what we said.\n\n[contains quote post or other embedded content]",
                    )
                )
            ),
        ),
        "Water Watch",
        (
            "The pipes of district nine are lead, all of them, and the utility has known it since the spring of last year says Open …",
            "With a quote or embed: This is what we said.",
        ),
        (f"{SKY}/post/0", f"{SKY}/post/1"),
    ),
    "the same when each is called a post": SocialFeed(
        "/profile/did:plc:x/rss",
        rss(
            "@waterwatch.example - Water Watch",
            SKY,
            *(
                f"<title>@waterwatch.example post</title><link>{SKY}/post/{n}</link>"
                f"<description>{text}</description><guid>at://did:plc:x/app.bsky.feed.post/{n}</guid>"
                for n, text in enumerate(("First of two. More.", "Second one."))
            ),
        ),
        "Water Watch",
        ("First of two. More.", "Second one."),
        (f"{SKY}/post/0", f"{SKY}/post/1"),
    ),
    "titles that are the whole post": SocialFeed(
        "/@waterwatch/feed.rss",
        rss(
            "Posts from @waterwatch@gts.example",
            "https://gts.example/@waterwatch",
            "<title>The city lied about #lead in its pipes, says Open Water. Read https://w.example/r #water #pipes "
            "#city #ne...</title><link>https://gts.example/@waterwatch/statuses/1</link><description>@waterwatch@gts.example "
            'made a new post: "The city lied about #lead"</description><content:encoded><![CDATA[<p>The city lied about '
            "<a>#<span>lead</span></a> in its pipes, says Open Water. Read <a>https://w.example/r</a> #water #pipes #city "
            "#news</p>]]></content:encoded>",
        ),
        "@waterwatch@gts.example",
        ("The city lied about lead in its pipes, says Open Water.",),
        ("https://gts.example/@waterwatch/statuses/1",),
    ),
    "a mirror that marks reposts": SocialFeed(
        "/waterwatch/rss",
        rss(
            "Water Watch / @waterwatch",
            "https://mirror.example/waterwatch",
            *(
                f"<title>{title}</title><dc:creator>@waterwatch</dc:creator><description><![CDATA[<p>{text}</p>]]></description>"
                f"<guid>https://mirror.example/x/status/{n}#m</guid><link>https://mirror.example/x/status/{n}#m</link>"
                for n, (title, text) in enumerate(
                    (
                        (
                            "RT by @waterwatch: Open Water won. Details follow.",
                            "Open Water won. Details follow.",
                        ),
                        (
                            "R to @ben: It is the third time.",
                            "It is the third time.",
                        ),
                        ("Pinned: We count pipes.", "We count pipes."),
                    )
                )
            ),
        ),
        "Water Watch",
        (
            "Repost: Open Water won. Details follow.",
            "Reply to @ben: It is the third time.",
            "We count pipes.",
        ),
        tuple(f"https://mirror.example/x/status/{n}#m" for n in range(3)),
    ),
    "a microblog in JSON": SocialFeed(
        "/feed.json",
        '{"version":"https://jsonfeed.org/version/1.1","title":"Water Watch","home_page_url":"https://micro.example/",'
        '"items":[{"id":"1","url":"https://micro.example/1.html","content_html":"<p>Rain fell on the works of '
        'J. Doe &amp; Sons. It did not help.</p>","date_published":"2026-02-26T09:00:00Z"}]}',
        "Water Watch",
        ("Rain fell on the works of J. Doe & Sons.",),
        ("https://micro.example/1.html",),
    ),
    "notes that all have one title": SocialFeed(
        "/@waterwatch.atom",
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>n</id><title>Water Watch (@waterwatch@notes.example)</title>'
        '<link rel="alternate" type="text/html" href="https://notes.example/@waterwatch"/>'
        + "".join(
            f"<entry><title>New note by Water Watch</title><id>https://notes.example/notes/{n}</id>"
            f'<link href="https://notes.example/notes/{n}"/><updated>2026-02-26T09:00:0{n}Z</updated>'
            f'<content type="html">{escape(text)}</content></entry>'
            for n, text in enumerate(
                (
                    "🚨🚨 The taps are closed in three schools 🚨",
                    "We were there. So were the lawyers of Open Water, who said that they would come back.",
                    "https://w.example/only-a-link",
                )
            )
        )
        + "</feed>",
        "Water Watch",
        (
            "The taps are closed in three schools",
            "We were there. So were the lawyers of Open Water, who said that they would come back.",
            "https://w.example/only-a-link",
        ),
        tuple(f"https://notes.example/notes/{n}" for n in range(3)),
    ),
    "posts in another language": SocialFeed(
        "/@agua.rss",
        rss(
            "Observatorio del Agua",
            "https://social.example/@agua",
            post(
                "https://social.example/@agua/1",
                "<p>¿Quién sabía del plomo? El ayuntamiento, desde hace un año.<br>Lo cuenta Open Water.</p><p>#agua</p>",
            ),
            post(
                "https://social.example/@agua/2",
                "<p>市は一年前から鉛を知っていた。学校は水道を閉めた。</p>",
            ),
        ),
        "Observatorio del Agua",
        (
            "¿Quién sabía del plomo?",
            "市は一年前から鉛を知っていた。",
        ),
        ("https://social.example/@agua/1", "https://social.example/@agua/2"),
    ),
}
