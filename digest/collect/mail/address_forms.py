"""Forms of addresses in mails: what a link leads to, as far as its address says. Pure.

Social networks and app stores are known by the forms of addresses that they document; everything
else by how sites name their pages.
"""

import re
from functools import lru_cache
from urllib.parse import unquote

from digest.infra.web_address import bare_host_of, host_of, split_address
from digest.settings.publishers import site_of

#: Paths of managing, in any part of a path.
MANAGING_PATH = re.compile(
    r"(?:^|[/_.-])(?:unsub\w*|leave|optout|opt-out|preferences?|manage-?(?:subscription|preferences|newsletters?)?"
    r"|email-?(?:settings|preferences)|subscription(?:s|-center)?|subscribe|abo|abonnements?|abbonament[io]|suscripcion(?:es)?|suscribete"
    r"|sign-?up|sign-?in|log-?in|register|registration|account|my-?account|profile|checkout|donate|donation|donations"
    r"|privacy(?:-?(?:policy|notice|statement|center))?|cookies?(?:-?policy)?|terms(?:-?(?:of-?(?:use|service)|and-?conditions))?"
    r"|legal(?:-?notice)?|aviso-?legal|impressum|datenschutz(?:erklaerung)?|agb|kontakt|contact(?:-?us|o)?|advertis(?:e|ing)"
    r"|mediakit|media-?kit|about(?:-?us)?|help(?:-?center)?|faqs?|support(?:-?us)?|newsletters?"
    r"|newsletters?-(?:preferences?|cent(?:re|er)|sign-?up|settings|archives?|anmeldung)[\w-]*"
    r"|offers?|pricing|plans?|trial|checkout|membership|members?|join|shop|store|gift-?subscription|giftcards?|forward(?:-to-a-friend)?|webversion|vib|view-?in-?browser"
    r"|view-?online|mirror-?page|survey|guestbook|bye|goodbye|stop|feedback|whitelist\w*|disable_email|confirm|verify|app-link|alerts|referral|refer)"
    r"(?:\.(?:html?|php|aspx?|cgi))?$",
    re.IGNORECASE,
)
#: Pages that serve or amuse: no news is told on them.
SERVICE_PATH = re.compile(
    r"^/(?:[a-z]{2}/)?(?:crosswords?|puzzles?|quiz(?:zes)?|games?|sudoku|horoscopes?|horoskop|horoscopos?|weather|wetter|meteo|tiempo|el-tiempo"
    r"|lottery|tv-guide|events?|veranstaltungen|termine|eventos?|agenda|calendar|jobs?|stellen(?:angebote)?|empleo|vacancies|careers?"
    r"|tenders?|procurement|ausschreibungen|licitaciones|shop|store|boutique|tienda|tickets?|petitions?|peticion(?:es)?|campaigns?/sign"
    r"|competitions?|coupons?|vouchers?|deals?|classifieds?|donate|spenden|donar|appeals?|wiki|datasets?|downloads?|training|webinars?"
    r"|reader-offers?|cartoons?|spiele|raetsel|juegos|pasatiempos|jeux|giochi)(?:/|$)",
    re.IGNORECASE,
)
#: Tickets for an event, as Eventbrite's addresses have them: /e/town-hall-tickets-88.
TICKETS_SLUG = re.compile(
    r"-(?:tickets|billets|entradas|biglietti|ingressos)-\d+/?$", re.IGNORECASE
)
#: Parameters that are secrets of one reader.
SECRET_PARAMETER = re.compile(
    r"(?:^|&)(?:\w*token|otp|code|passcode|secret|signature|sig)=[^&]{6,}",
    re.IGNORECASE,
)
#: Documents and forms that are shared by address, as Google documents the forms: /document/d/….
SHARED_DOCUMENT = re.compile(
    r"^/(?:document|spreadsheets|presentation|forms|file|drive)/(?:u/\d+/)?(?:d|folders)/"
)
#: A video of a platform: `/watch?v=…`
VIDEO_FORM = re.compile(r"^/watch/?\?(?:.*&)?v=")
#: Advertisements on an outlet's own host, by what such pages are called.
AD_PATH = re.compile(
    r"/(?:sponsored(?:-?content)?|partner-?content|partner-?post|paid-?posts?|paid-?content|advertorials?|brand(?:ed)?-?content|promoted"
    r"|advertisement-?features?|ad-features?|native-?ads?|contenido-patrocinado|branded|publirreportaje|anzeigen?|sonderthemen|werbung"
    r"|brandlab|brand-?studio|sponsor(?:s|ship)?|partenaires?|publi-?redactionnel|pubbliredazionali)(?:/|$)",
    re.IGNORECASE,
)
AD_LINK_HOST = re.compile(
    r"^(?:sponsored|partners?|brand(?:lab|studio|ed)?|advertorial|paid|promo)\."
)
AD_QUERY = re.compile(
    r"(?:^|&)utm_(?:medium|source|campaign|content)=[^&]*(?:sponsor|advert|native)",
    re.IGNORECASE,
)
#: What a body writes about itself for the press, in the languages of the phrases.
PRESS_RELEASE_PATH = re.compile(
    r"/(?:press-?releases?|news-?releases?|pressemitteilung(?:en)?|notas?-de-prensa|sala-de-prensa|comunicados?(?:-de-prensa)?"
    r"|communiques?(?:-de-presse)?|comunicati?(?:-stampa)?|persberichte?n?|notas?-de-imprensa)(?:[/_-]|$)",
    re.IGNORECASE,
)
#: Forums and threads in them.
FORUM = re.compile(
    r"^/(?:forums?|threads?|viewtopic\.php|showthread\.php|community|discussions?|r/\w+/comments|t/[\w-]+/\d+)(?:/|$)",
    re.IGNORECASE,
)
FORUM_HOST = re.compile(r"^(?:forums?|community|discuss|boards?|talk)\.")
#: A post of an account: `/@name/1234`; with words behind the name it is an article.
ACCOUNT_POST = re.compile(r"^/@[\w.-]+(?:@[\w.-]+)?/\d+/?$")
#: Anywhere in the address of a link that hides its target: it must not be followed.
LEAVING = re.compile(
    r"unsub|opt-?out|optin|opt-?in|/leave\b|remove|preferenc|manage|confirm|abmeld|abbestell|desabonn|baja\b|disiscri|one-?click",
    re.IGNORECASE,
)
#: Hosts for one task. Where clients read what they pay for (app., my., portal.) there is news, too.
MANAGING_HOST = re.compile(
    r"^(?:(?:un)?subscribe|subscriptions?|abo|abos|abonnements?|abonnementen|abbonamenti|suscripcion(?:es)?|assinaturas?|preferences?|accounts?|login|signin|auth|sso|admin|manage|checkout|shop|store"
    r"|donate|giv(?:e|ing)|petitions?|survey|jobs|careers|ads|advertise|newsletters?|support|help|hilfe|aide|ayuda"
    r"|ajuda|aiuto|pomoc|hjalp|hjelp)\."
)

#: Share buttons, by the forms that networks document.
SHARE_FORM = re.compile(
    r"/sharer(?:/|\.php|$)|/dialog/(?:share|feed|send)|/intent/(?:tweet|post|compose|retweet|like|follow)|/sharearticle"
    r"|/sharing/share-offsite|/share(?:r)?(?:/?\?|\.php|/url|$)|/submit(?:/?\?|$)|/pin/create|/compose/post|/alerts/share"
    r"|/alerts/feedback|/send/?\?|/widgets/share|/share\?",
    re.IGNORECASE,
)
#: Hosts of social networks and of forums, where a link leads to an account or a post.
NETWORKS = frozenset(
    "facebook.com fb.com fb.me instagram.com twitter.com x.com linkedin.com lnkd.in threads.net "
    "threads.com bsky.app tiktok.com youtube.com youtu.be pinterest.com reddit.com snapchat.com t.me "
    "telegram.me wa.me whatsapp.com api.whatsapp.com chat.whatsapp.com web.whatsapp.com "
    "mastodon.social flipboard.com tumblr.com vk.com xing.com truthsocial.com discord.gg discord.com "
    "news.ycombinator.com lobste.rs quora.com stackoverflow.com stackexchange.com disqus.com "
    "weibo.com line.me nextdoor.com soundcloud.com twitch.tv".split()
)
ACCOUNT_PATH = re.compile(r"^/@[\w.-]+(?:@[\w.-]+)?/?$")
#: A post on a network, which is more than an account: an id stands in its address.
POST_PATH = re.compile(
    r"/(?:status|statuses|posts?|videos?|watch|reel|p|pulse|shorts|comments|permalink)(?:/|$|\.php)|/watch\?|/story\.php|/item\?|/c/\w+",
    re.IGNORECASE,
)
APP_STORES = re.compile(
    r"^(?:itunes|apps|play)\.(?:apple|google)\.com$|^appgallery\.huawei\.com$|^(?:[\w-]+\.)?(?:onelink\.me|app\.link|adj\.st)$"
    r"|^galaxystore\.samsung\.com$"
)
AD_HOSTS = re.compile(
    r"(?:^|\.)(?:doubleclick\.net|googleadservices\.com|liveintent\.com|liadm\.com|powerinbox\.com|adnxs\.com"
    r"|googlesyndication\.com|outbrain\.com|taboola\.com|adform\.net|amazon-adsystem\.com)$|^(?:ads?|adclick|adserver)\."
)
#: Files that are no pages.
FILE_ENDING = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|bmp|pdf|docx?|xlsx?|pptx?|zip|mp3|m4a|mp4|ics|vcf|csv|css|js|xml|rss|atom)$",
    re.IGNORECASE,
)
#: Front pages of languages and regions: `/es/`, `/en-us`, `/index.html`, `/home`.
HOME_PATH = re.compile(
    r"^/?(?:[a-z]{2}(?:[-_][a-z]{2,4})?/?)?(?:(?:index|default|home|homepage|start|portada|inicio)(?:\.\w{2,5})?/?)?$",
    re.IGNORECASE,
)
#: Lists to which people write, and their archives (Mailman's addresses).
MAILING_LIST = re.compile(
    r"^/(?:mailman\d?/)?(?:listinfo|pipermail|hyperkitty)(?:/|$)"
)
MAILING_LIST_HOST = re.compile(r"^lists?\.")
SERVICE_HOST = re.compile(
    r"^(?:veranstaltungen|termine|event[io]s?|evenements?|evenementen|agenda|meet|zoom|us\d+web|teams|webinars?|events?|calendar|wetter|weather|crosswords?|games|puzzles|ads?)\."
)
#: Pages that list articles, by the first part of their path and what follows it.
LISTING_PATH = re.compile(
    r"^/(?:[a-z]{2}/)?(?:sections?|categor(?:y|ies|ia|ias|ie)|tags?|topics?|temas?|thema|themen|authors?|autor(?:es)?|auteurs?|autore"
    r"|by|journalists?|contributors?|influencers?|search|buscar|suche|sources?|outlets?|publications?)(?:/[^/]+){0,2}/?$",
    re.IGNORECASE,
)
#: The same, unless their link says otherwise: /people may be gossip.
PERHAPS_LISTING_PATH = re.compile(
    r"^/(?:[a-z]{2}/)?(?:dossiers?|people|staff|profiles?|writers?|columnists?|series|collections?|hub|archives?|channels?|rubrik|rubrique"
    r"|secciones|seccion|live-tv|tv|podcasts?|videos?|newsletters?|latest)(?:/[^/]+){0,2}/?$",
    re.IGNORECASE,
)
#: What names a page rather than a folder of pages.
PAGE_ENDING = re.compile(r"\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
#: A day's edition or front page, which is no article: /frontpage/2026-11-26.
EDITION_PATH = re.compile(
    r"/(?:front-?pages?|e-?paper|editions?|issues?|print|todays-paper|archives?|newsletters?|briefings?|calendar|schedule|portadas?)"
    r"/(?:19|20)\d\d(?:[/-]?\d\d?){0,2}/?$",
    re.IGNORECASE,
)
DATE_IN_PATH = re.compile(
    r"/(?:19|20)\d\d[/_-]?\d\d?(?:[/_-]?\d\d?)?(?:[/_-]|$)"
)
#: A part of a path with a number as articles have them, or a slug of several words.
NUMBER_IN_PATH = re.compile(
    r"(?:^|[/_.,!-])[a-z]{0,3}\d{4,}(?:[/_.,-]|$)", re.IGNORECASE
)
CODE_IN_PATH = re.compile(
    r"/(?=[^/]*\d)(?=[^/]*[a-z])[a-z0-9]{8,}(?:[/.]|$)|/[0-9a-f]{8}-[0-9a-f]{4}-",
    re.IGNORECASE,
)
MIN_SLUG_WORDS = 4
MIN_WORDS_OF_TITLE = 3
MAX_SECTION_DEPTH = 3
MIN_ECHOED_WORDS = 4
MIN_SLUG_LENGTH = 25
NUMBER_IN_QUERY = re.compile(
    r"(?:^|&)(?:id|p|article(?:_?id)?|story(?:_?id)?|news(?:_?id)?|nid|aid|sid|item|post|artid|art"
    r"|idnoticia)=[\w-]*\d{2,}(?:&|$)",
    re.IGNORECASE,
)


def is_share_form(url: str) -> bool:
    """Return whether an address is a share button's."""
    parts = split_address(url)
    place = parts.path
    if parts.query:
        place += f"?{parts.query}"
    return SHARE_FORM.search(place) is not None and parts.query != ""


def is_network(url: str) -> bool:
    """Return whether an address is on a social network, or of an account on one (`/@name`)."""
    if site_of(url) in NETWORKS:
        return True
    path = split_address(url).path
    return bool(ACCOUNT_PATH.match(path) or ACCOUNT_POST.match(path))


def is_network_post(url: str) -> bool:
    """Return whether an address on a network is of a post rather than of an account."""
    parts = split_address(url)
    if ACCOUNT_POST.match(parts.path):
        return True
    return POST_PATH.search(f"{parts.path}?{parts.query}") is not None


def is_app_store(url: str) -> bool:
    """Return whether an address is of an app store, or opens an app."""
    return APP_STORES.match(host_of(url)) is not None


def is_advertisement(url: str) -> bool:
    """Return whether an address is on a host that serves advertisements, or says that it is one."""
    host = host_of(url)
    if AD_HOSTS.search(host) or AD_LINK_HOST.match(host):
        return True
    return AD_PATH.search(split_address(url).path) is not None


def names_sponsor(url: str) -> bool:
    """Return whether the campaign's parameters of an address name a sponsor."""
    return AD_QUERY.search(split_address(url).query) is not None


def is_forum(url: str) -> bool:
    """Return whether an address is of a forum, or of a thread in one."""
    if FORUM_HOST.match(host_of(url)):
        return True
    return FORUM.match(split_address(url).path) is not None


def must_not_be_followed(url: str) -> bool:
    """Return whether the address of a link that hides its target says that it changes something."""
    parts = split_address(url)
    return LEAVING.search(f"{parts.path}?{parts.query}") is not None


def is_file(url: str) -> bool:
    """Return whether an address is of an image, a document or another file that is no page."""
    path = split_address(url).path
    if SHARED_DOCUMENT.match(path):
        return True
    return FILE_ENDING.search(path) is not None


def is_press_release(url: str) -> bool:
    """Return whether an address is below what a body calls its press releases."""
    return PRESS_RELEASE_PATH.search(split_address(url).path) is not None


def is_video(url: str) -> bool:
    """Return whether an address is of a video on a platform."""
    parts = split_address(url)
    return VIDEO_FORM.match(f"{parts.path}?{parts.query}") is not None


def is_service(url: str) -> bool:
    """Return whether an address is of a page that serves or amuses: a quiz, events, jobs, a shop."""
    if SERVICE_HOST.match(host_of(url)):
        return True
    path = split_address(url).path
    return bool(SERVICE_PATH.match(path) or TICKETS_SLUG.search(path))


def is_mailing_list(url: str) -> bool:
    """Return whether an address is of a list to which people write, or of its archive."""
    if MAILING_LIST_HOST.match(host_of(url)):
        return True
    return MAILING_LIST.match(split_address(url).path) is not None


def is_managing_address(url: str) -> bool:
    """Return whether an address is of a page to manage something: an account, a subscription."""
    if MANAGING_HOST.match(bare_host_of(url)):
        return True
    parts = split_address(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    # a long slug is an article's, though it ends in such a word
    short = [one for one in segments if one.count("-") < MIN_SLUG_WORDS]
    return any(
        MANAGING_PATH.search(f"/{one}") for one in short[:2] + short[-1:]
    )


def has_secret(url: str) -> bool:
    """Return whether an address has a secret of one reader in it, and not an article's form."""
    if has_article_form(url):
        return False
    return SECRET_PARAMETER.search(split_address(url).query) is not None


def is_home(url: str) -> bool:
    """Return whether an address is of a home page."""
    parts = split_address(url)
    if NUMBER_IN_QUERY.search(parts.query):
        return False
    return HOME_PATH.match(parts.path) is not None


def is_listing(url: str, title: str) -> bool:
    """Return whether an address says that its page lists articles: /tag/water, /people/jane-doe."""
    path = split_address(url).path
    if EDITION_PATH.search(path):
        return True
    if LISTING_PATH.match(path):
        return not DATE_IN_PATH.search(path)
    if has_article_form(url):
        return False
    is_headline = len(title.split()) >= MIN_SLUG_WORDS
    return not is_headline and PERHAPS_LISTING_PATH.match(path) is not None


def is_like_section(url: str, title: str) -> bool:
    """Return whether an address may be of a section: plain words, and its link says no more.

    `/opinion/boats-and-borders` is an article's, and so is `/city/council` if its link is a headline.
    """
    segments = _segments_of(url)
    if not _are_like_section(segments) or split_address(url).query:
        return False
    words = len(title.split())
    if words < MIN_WORDS_OF_TITLE:
        return True
    if len(segments) == 1:
        return words < MIN_SLUG_WORDS
    return "-" not in segments[-1] and _says_no_more(title, segments)


def _are_like_section(segments: list[str]) -> bool:
    """Return whether parts of a path are a few plain words, and name no page."""
    if not 0 < len(segments) <= MAX_SECTION_DEPTH:
        return False
    if PAGE_ENDING.search(segments[-1]):
        return False
    return all(_is_plain_word(segment) for segment in segments)


def _says_no_more(title: str, segments: list[str]) -> bool:
    """Return whether the words of a title are all in a path."""
    in_path = set(re.split(r"\W+", " ".join(segments).casefold()))
    return set(re.findall(r"\w{3,}", title.casefold())) <= in_path


def _segments_of(url: str) -> list[str]:
    return [one for one in split_address(url).path.split("/") if one]


@lru_cache(maxsize=2048)
def has_article_form(url: str) -> bool:
    """Return whether an address is formed as only articles' are: with a date or a slug."""
    parts = split_address(url)
    path = unquote(parts.path)
    if DATE_IN_PATH.search(path) and path.rstrip("/").count("/") > 2:
        return True
    return any(_is_slug(segment) for segment in path.split("/")[1:])


def echoes(url: str, title: str) -> bool:
    """Return whether an address is made of a headline's words: then it is that article's.

    A page to manage something has words of few, and a page that serves or lists none of them.
    """
    if is_service(url) or LISTING_PATH.match(split_address(url).path):
        return False
    name = "".join(_segments_of(url)[-1:])
    in_name = set(re.findall(r"\w+", name.casefold().replace("_", "-")))
    in_title = set(re.findall(r"\w+", title.casefold()))
    shared = in_name & in_title
    is_most = len(shared) * 2 > len(in_title)
    return len(shared) >= MIN_ECHOED_WORDS and is_most


def has_page_name(url: str) -> bool:
    """Return whether an address has a name of several words below a section: /world/grain-deal."""
    segments = _segments_of(url)
    return len(segments) > 1 and "-" in segments[-1]


def has_number(url: str) -> bool:
    """Return whether an address has a number or a code, as articles' have, and other pages', too."""
    parts = split_address(url)
    path = unquote(parts.path)
    if NUMBER_IN_PATH.search(path) or NUMBER_IN_QUERY.search(parts.query):
        return True
    return CODE_IN_PATH.search(path) is not None


def _is_slug(segment: str) -> bool:
    name = re.sub(r"\.\w{2,5}$", "", segment)
    words = [word for word in re.split(r"[-_]", name) if word]
    if len(words) >= MIN_SLUG_WORDS:
        return True
    return len(words) >= 3 and len(name) >= MIN_SLUG_LENGTH


def _is_plain_word(segment: str) -> bool:
    """Return whether a part of a path is a word or two without figures, as sections are called."""
    words = re.split(r"[-_]", segment)
    return len(words) <= 3 and not any(sign.isdigit() for sign in segment)
