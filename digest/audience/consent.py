"""Consent dates: which columns of a sheet say when somebody agreed, the best one first.

A heading is judged by its words, and by whether its cells hold dates: "Subscribed" may hold a yes
or a date. Where several columns say it, the first that is filled in a row counts.
"""

from collections.abc import Sequence

from digest.audience import vocabulary
from digest.audience.status_headings import (
    ASIDE,
    TIMES,
    begins_with,
    is_refusal_heading,
)
from digest.audience.status_words import plain, words_of

#: Beginnings of words of headings, by how good a proof of consent the date is (GDPR, Art. 7(1)).
AGREED = (
    "consent|opt in|optin|opted in|double opt|doi|permission|gdpr|dsgvo|rgpd|confirm|verified"
    "|activated|einwillig|zustimm|einverst|bestatig|aktiviert|consentimiento|consentement"
    "|confirmaci|confirme|consenso|conferm|consentimento|confirma|consentiment|toestemming"
    "|bevestig|akkoord|samtyck|samtykke|bekraft|bekræft|bekreft|suostum|vahvist|zgod|potwierdz"
    "|souhlas|potvrz|suhlas|potvrd|hozzajarul|megeros|acord|consimt|privola|suglasnost|pristanak"
    "|soglasje|potrj|onay|izin|rıza|συγκατάθεσ|συναίνεσ|επιβεβαί|соглас|подтвержд|згод|підтвердж"
    "|съгласие|同意|承諾|承認|確認|确认|동의|확인"
)
SUBSCRIBED = (
    "subscri|signup|sign up|signed up|joined|join date|join |registered|registration|member since"
    "|since|anmeld|angemeldet|eingetragen|eintrag|registrier|mitglied seit|abonniert|seit|alta"
    "|suscri|suscripci|inscri|inscrip|registro|abonne|adhesion|date d entree|iscri|abbonat"
    "|registraz|assinatura|assinad|adesao|cadastr|subscricao|registo|aanmeld|aangemeld|inschrijf"
    "|ingeschreven|abonn|registrat|prenumer|anmal|tilmeld|pameld|påmeld|innmeld|tilaus|tilattu"
    "|liittym|rekister|zapis|subskryb|subskrypc|rejestrac|dolacz|dołącz|prihlas|registrac|odber"
    "|feliratkoz|regisztr|inscrier|inregistr|prijav|pretplat|naroč|narocil|abone|kayıt|katilma"
    "|uyelik|εγγραφ|συνδρομ|подпис|регистр|вступлен|підпис|реєстр|абонам|записв|登録|購読開始"
    "|申込|入会|订阅|注册|訂閱|註冊|구독|가입|등록"
)
CREATED = (
    "created|create date|creation|added|date added|entered|entry date|imported|erstellt|angelegt"
    "|hinzugefugt|erfasst|aufgenommen|creado|creacion|anadido|agregado|cree|ajoute|ajout|creato"
    "|creazione|aggiunt|inserit|criad|criacao|adicionad|aangemaakt|toegevoegd|skapad|tillagd"
    "|oprettet|opprettet|tilføjet|luotu|lisatty|utworz|dodan|vytvor|pridan|letrehoz|hozzaad|creat"
    "|adaugat|kreiran|ustvarjen|olustur|eklen|δημιουργ|προσθήκ|создан|добавл|створен|додан"
    "|създаден|добавен|作成|追加|创建|添加|생성|추가"
)
#: Words after which a date is none of consent.
OTHERWISE = (
    "birth|born|geburt|geboren|nacimiento|naissance|nascita|nascimento|geboorte|fodsel|fødsel"
    "|syntym|urodz|naroz|naroden|szulet|nasterii|rođen|rojstv|dogum|γέννησ|рожден|народж|誕生"
    "|生年|出生|생년|last|latest|letzt|ultim|dernier|laatst|senast|sidst|sist|viimei|ostatni"
    "|posledn|utols|τελευτ|послед|остан|最終|最后|마지막|update|updated|modif|changed|geandert"
    "|aktualis|open|click|donat|spend|payment|paid|zahlung|expir|ablauf|valid until|end|bis|until"
    "|renew|event|first|contacted|sent|versand|due|order|bestell|death"
)
TABLE = tuple(
    (rank, "|".join(plain(stem) for stem in stems.split("|")))
    for rank, stems in ((1, AGREED), (2, SUBSCRIBED), (3, CREATED))
)
_OTHERWISE = "|".join(plain(stem) for stem in OTHERWISE.split("|"))
CONFIRMED = 0.5  #: a confirmation comes before the opt-in that it confirms
PLAIN_DATE = 4  #: a heading that says "date" and no more
PLAIN_DATES = words_of(
    "date|datum|fecha|data|dato|dátum|päivämäärä|pvm|tarih|ημερομηνία|дата|日付|日時|日期|날짜"
)


def consent_rank(heading: str) -> float:
    """Return how well a column's dates prove consent, the least number best; 0 if they do not."""
    text = plain(heading)
    words = set(text.split())
    if text in PLAIN_DATES:
        return PLAIN_DATE
    if not text or is_refusal_heading(text) or begins_with(text, _OTHERWISE):
        return 0
    if words & (ASIDE - NOT_ASIDE):
        return 0
    if text == "confirm time" or ("confirm" in text and "opt" not in text):
        return CONFIRMED
    return next((rank for rank, stems in TABLE if begins_with(text, stems)), 0)


#: Words that do not make a column one about something else where it is about a time.
NOT_ASIDE = frozenset("form by list lists type".split())


def is_of_another_time(heading: str) -> bool:
    """Say whether a heading is about a time that is none of consent: a birthday, a last visit."""
    return begins_with(plain(heading), _OTHERWISE)


def is_about_time(heading: str) -> bool:
    """Say whether a heading has a word of time: "Consent date", "Einwilligung vom"."""
    text = plain(heading)
    within = words_of(vocabulary.TIMES_WITHIN)
    return bool(set(text.split()) & TIMES) or any(stem in text for stem in within)


def by_rank(headings: Sequence[str]) -> list[tuple[int, float]]:
    """Return the columns (from 0) that may hold consent dates and their ranks, the best first."""
    ranked = ((place, consent_rank(heading)) for place, heading in enumerate(headings))
    return sorted(
        ((p, rank) for p, rank in ranked if rank), key=lambda item: (item[1], item[0])
    )
