"""Consent dates: rank the columns of a sheet that may say when somebody agreed.

Input is headings; output is ranks, the least number best. Whether the cells of such a column hold
dates is checked later, by the first pass over the sheet: "Subscribed" may hold a yes or a date.
Where several columns qualify, the first that is filled in a row counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.audience import vocabulary
from digest.audience.status_headings import (
    TIMES,
    UNRELATED_WORDS,
    begins_with,
    is_refusal_heading,
)
from digest.infra.sheets.words import normalize_words, words_of

#: Beginnings of words of headings, by how good a proof of consent the date is (GDPR, Art. 7(1)):
#: dates of agreement, of subscription, and of the creation of a record.
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
OTHER_TIMES = (
    "birth|born|geburt|geboren|nacimiento|naissance|nascita|nascimento|geboorte|fodsel|fødsel"
    "|syntym|urodz|naroz|naroden|szulet|nasterii|rođen|rojstv|dogum|γέννησ|рожден|народж|誕生"
    "|生年|出生|생년|last|latest|letzt|ultim|dernier|laatst|senast|sidst|sist|viimei|ostatni"
    "|posledn|utols|τελευτ|послед|остан|最終|最后|마지막|update|updated|modif|changed|geandert"
    "|aktualis|open|click|donat|spend|payment|paid|zahlung|expir|ablauf|valid until|end|bis|until"
    "|renew|event|first|contacted|sent|versand|due|order|bestell|death"
)


def _normalize_stems(stems: str) -> str:
    return "|".join(normalize_words(stem) for stem in stems.split("|"))


CONFIRMED_RANK = 0.5  #: a confirmation comes before the opt-in that it confirms
AGREED_RANK = 1
SUBSCRIBED_RANK = 2
CREATED_RANK = 3
PLAIN_DATE_RANK = 4  #: a heading that says "date" and no more
STEMS_BY_RANK = (
    (AGREED_RANK, _normalize_stems(AGREED)),
    (SUBSCRIBED_RANK, _normalize_stems(SUBSCRIBED)),
    (CREATED_RANK, _normalize_stems(CREATED)),
)
OTHER_TIME_STEMS = _normalize_stems(OTHER_TIMES)
PLAIN_DATES = words_of(
    "date|datum|fecha|data|dato|dátum|päivämäärä|pvm|tarih|ημερομηνία|дата|日付|日時|日期|날짜"
)
#: Words that do not make a column one about something else where it is about a time.
NOT_UNRELATED = frozenset("form by list lists type".split())
TIME_STEMS = words_of(vocabulary.TIMES_WITHIN)


@dataclass(frozen=True, slots=True)
class ConsentColumn:
    """A column that may say when somebody agreed."""

    index: int  #: from 0
    rank: float  #: how well its dates prove consent, the least number best


def consent_rank(heading: str) -> float:
    """Return how well a column's dates prove consent, the least number best; 0 if they do not."""
    text = normalize_words(heading)
    if text in PLAIN_DATES:
        return PLAIN_DATE_RANK
    if not text or _is_about_something_else(text):
        return 0
    if _is_about_confirmation(text):
        return CONFIRMED_RANK
    for rank, stems in STEMS_BY_RANK:
        if begins_with(text, stems):
            return rank
    return 0


def _is_about_confirmation(text: str) -> bool:
    """Return whether a heading (`normalize_words`) is about a confirmation, and not the opt-in itself."""
    return text == "confirm time" or ("confirm" in text and "opt" not in text)


def _is_about_something_else(text: str) -> bool:
    """Return whether a heading is about a refusal, another time, or no time of consent.

    `text` is the heading after `normalize_words`.
    """
    if is_refusal_heading(text) or begins_with(text, OTHER_TIME_STEMS):
        return True
    return bool(set(text.split()) & (UNRELATED_WORDS - NOT_UNRELATED))


def is_of_another_time(heading: str) -> bool:
    """Return whether a heading is about a time that is none of consent: a birthday, a last visit."""
    return begins_with(normalize_words(heading), OTHER_TIME_STEMS)


def is_about_time(heading: str) -> bool:
    """Return whether a heading has a word of time: "Consent date", "Einwilligung vom"."""
    text = normalize_words(heading)
    has_word_of_time = bool(set(text.split()) & TIMES)
    return has_word_of_time or any(stem in text for stem in TIME_STEMS)


def rank_consent_columns(headings: Sequence[str]) -> list[ConsentColumn]:
    """Return the columns that may hold consent dates, the best one first."""
    candidates = []
    for index, heading in enumerate(headings):
        rank = consent_rank(heading)
        if rank:
            candidates.append(ConsentColumn(index, rank))
    return sorted(candidates, key=lambda column: (column.rank, column.index))
