"""Editions of daily clips that the mail audit looks at: one clip, many, German, Arabic, hostile."""

from datetime import date

from digest.model import Edition, OtherOutlet, Pick, Section
from digest.settings import InternalContent, Settings
from tests.cases.audit_editions import HOSTILE, Letter

DAY = date(2026, 12, 4)
OUTLETS = (
    "Politico|NPR|The Hill|The New Republic|Government Executive|Law & Crime|The Hallam Courier|"
    "Northgate Post|Valley Wire|Radio Teal|Lowland Herald|Capital Ledger|The Courier-Journal"
).split("|")
HEADLINES = (
    "County knew of lead in school taps for {n} months, emails show",
    "Judge orders release of {n} inspection reports",
    "“We were told it was safe”: what parents of {n} schools heard from the utility that tested the water, "
    "the county that paid for the tests and the regulator that never asked to see them",
    "Why {n} water boards answer no letters",
)
PROOF = (
    "The emails, obtained by {org} under the state’s records law, show that managers discussed the "
    "figures {n} times before anybody told the schools."
)
SAID = "“A parent should not need a lawyer to find out what is in the tap,” said {person}, its director."
EXCERPT = (
    "Managers at the utility learned in spring that taps in eleven schools carried lead above the "
    "legal limit. They did not tell the county, which runs the schools, until the autumn."
)


def clips_settings(settings: Settings) -> Settings:
    """Return settings for an internal newsletter of daily clips that prints all it may."""
    newsletter = settings.newsletter.model_copy(
        update={
            "key": "clips",
            "title": "Morning clips",
            "layout": "clips",
            "audience": ("staff",),
            "internal": InternalContent(reasons=True, excerpt=300),
        }
    )
    return settings.with_newsletter(newsletter)


def clips_letters(settings: Settings) -> list[Letter]:
    """Return the audited editions of daily clips."""
    return [
        Letter("clips-1", clips_edition(settings, 1)),
        Letter("clips-14", clips_edition(settings, 14)),
        Letter("clips-60", clips_edition(settings, 60)),
        Letter("clips-german", _german(settings)),
        Letter("clips-right-to-left", _from_right_to_left(settings)),
        Letter("clips-hostile", _hostile()),
    ]


def clips_edition(settings: Settings, number: int) -> Edition:
    """Return an edition with so many clips in three sections."""
    picks = [_pick(settings, n) for n in range(number)]
    first, second = -(-number // 2), -(-number * 3 // 4)
    sections = (
        Section("in_the_news", "{org} in the news", tuple(picks[:first])),
        Section("courts", "Courts and records", tuple(picks[first:second])),
        Section("following", "Also of interest", tuple(picks[second:])),
    )
    subject = HEADLINES[0].format(n=12)
    return Edition(DAY, subject, "What the press wrote", (), sections)


def _pick(settings: Settings, n: int) -> Pick:
    organisation = settings.organisation
    person = next(iter(organisation.people), organisation.name)
    also: tuple[OtherOutlet, ...] = ()
    if n % 4 == 1:
        also = (
            OtherOutlet("Lowland Herald", f"https://example.com/{n}"),
            OtherOutlet("Valley Wire"),
        )
    quotes: tuple[str, ...] = ()
    if n % 3 == 0:
        quotes = (SAID.format(person=person),)
    return Pick(
        HEADLINES[n % len(HEADLINES)].format(n=n + 12),
        f"https://example.org/2026/12/0{n % 4 + 1}/what-the-county-knew-of-the-lead-in-school-taps-{n}",
        OUTLETS[n % len(OUTLETS)],
        opinion=n % 7 == 2,
        paywall=n % 5 == 3,
        also_in=also,
        note="Their third piece on this since March." if n % 6 == 4 else "",
        proof=PROOF.format(org=organisation.name, n=n + 2),
        our_quotes=quotes,
        reasons=f"names {organisation.name}, source of the documents, in the body; public records: emails",
        excerpt=EXCERPT,
    )


def _german(settings: Settings) -> Edition:
    name = settings.organisation.name
    picks = (
        Pick(
            "Wasserversorgungsunternehmen verschwiegen Grenzwertüberschreitungen in Grundschulen über achtzehn Monate",
            "https://example.org/1",
            "Süddeutsche Zeitung",
            paywall=True,
            proof=f"Die Unterlagen, die {name} nach dem Informationsfreiheitsgesetz erhielt, umfassen 400 Seiten.",
            our_quotes=(
                "„Das hätte niemand einklagen müssen“, sagte die Direktorin.",
            ),
            reasons=f"names {name}, source of the documents, in the body",
            excerpt=EXCERPT,
        ),
        Pick(
            "Court hears case on tank inspections",
            "https://example.org/2",
            "NPR",
            language="en",
            proof=f"The case was brought by {name}.",
        ),
    )
    section = Section("in_the_news", "{org} in der Presse", picks)
    return Edition(
        DAY,
        "Was die Akten zeigen",
        "Zwei Berichte",
        sections=(section,),
        language="de",
    )


def _from_right_to_left(settings: Settings) -> Edition:
    name = settings.organisation.name
    picks = (
        Pick(
            "المحكمة تنظر في القضية (اليوم)",
            "https://example.org/1",
            "الجزيرة",
            opinion=True,
            proof=f"تظهر الرسائل التي حصلت عليها {name} ما عرفته الشركة.",
            our_quotes=("قالت المديرة: «لا ينبغي أن يحتاج أحد إلى محامٍ».",),
            reasons=f"names {name}, quoted, in the body",
            excerpt="علم المديرون في الربيع أن الصنابير تحوي الرصاص.",
        ),
        Pick(
            "School taps carried lead",
            "https://example.org/2",
            "NPR",
            language="en",
            note="ملاحظة",
            proof=f"The emails were obtained by {name}.",
        ),
    )
    section = Section("in_the_news", "{org} في الأخبار", picks)
    return Edition(
        DAY, "ما تكشفه السجلات", "رسائل", sections=(section,), language="ar"
    )


def _hostile() -> Edition:
    picks = tuple(
        Pick(
            text,
            f"https://example.org/{n}?a=1&copy=2",
            text[:60],
            note=text[:200],
            quote=text[:200],
            proof=text[:200],
            our_quotes=(text[:200],),
            reasons=text[:200],
            excerpt=text[:200],
        )
        for n, text in enumerate(HOSTILE)
    )
    section = Section("in_the_news", "{org} in the news", picks)
    return Edition(DAY, HOSTILE[3], HOSTILE[5], sections=(section,))
