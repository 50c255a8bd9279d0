"""Rows of clips: what came out where, as a row of a sheet says it, or why the row is no clip.

Input is a row, what its columns hold, how its dates are read, and the outlets of feeds.yaml. Output
is a `SheetClip`; DigestError with the reason if the row has too little. An address is taken from its
column, from behind a cell, or from the text of one; of a link that only leads elsewhere, the address
that it carries. Nothing is asked of the network.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from digest.collect.feeds.clean import (
    absolute_url,
    clean_paragraphs,
    plain_text,
    strip_trackers,
    unwrapped_address,
)
from digest.collect.pages.headline import clean_headline, outlet_names
from digest.collect.sheets.clip_columns import (
    TELLING,
    ClipColumns,
    is_address,
)
from digest.collect.sheets.clip_dates import (
    ClipDay,
    DateRules,
    may_be_date,
    read_day,
)
from digest.collect.sheets.clip_grid import GridRow
from digest.collect.sheets.outlet_names import OutletNames
from digest.errors import DigestError
from digest.infra.sheets.words import normalize_words, words_of

ADDRESS_IN_TEXT = re.compile(r"https?://[^\s<>\"'|)\]]+")
AUTHOR_SEPARATOR = re.compile(r"\s*(?:;|,|/|&|\band\b)\s*")
MAX_OUTLET_LENGTH = 200  #: characters, as the database has them
MAX_PLACE_LENGTH = 80
#: Where nothing is said.
NOTHING = words_of("n a|none|null|nil|na|keine|ninguno|aucun|nessuno|tbd|tbc")
#: Headings of a column of page numbers, which are written before the number.
PAGE_WORDS = words_of(
    "page|pages|seite|seiten|página|pagina|pàgina|pág|strona|strana|sida|side|sivu|oldal|sayfa"
    "|страница|сторінка|σελίδα|الصفحة|صفحة|minute|minutes|minuto|minut|minuta"
)
#: First words of rows that sum up others.
TOTALS = words_of(
    "total|totals|totales|totaux|subtotal|sub total|grand total|sum|summe|gesamt|insgesamt|suma"
    "|somme|totale|totaal|razem|summa|yhteensä|celkem|összesen|toplam|итого|всего|усього|разом"
    "|σύνολο|المجموع|الإجمالي|مجموع|סהכ|合計|总计|합계|count|average|media total"
)
YEAR = re.compile(r"(?:19|20)\d\d")
MIN_TABLE_WIDTH = 3  #: columns; in fewer, a lone cell says nothing of its row


@dataclass(frozen=True, slots=True)
class SheetClip:
    """What came out, as a row of a sheet says."""

    sheet: str
    line: int
    outlet: str
    title: str
    day: ClipDay
    url: str = ""  #: "" if it has no address
    place: str = ""  #: page or minute
    note: str = ""  #: the press office's own words
    text: str = ""  #: words of the article: a sentence, or how it begins
    authors: tuple[str, ...] = ()
    label: str = ""  #: "Opinion" and the like, if the headline had it
    section_words: tuple[str, ...] = ()  #: that may name a section
    doubts: tuple[str, ...] = ()  #: what a person should check

    @property
    def date(self) -> date:
        """The day on which it came out, as far as that is known."""
        return self.day.day


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one sheet."""

    sheet: str
    columns: ClipColumns
    dates: DateRules
    outlets: OutletNames
    #: whether a page will be read, which may give a headline
    reads_pages: bool = False

    def reason_to_pass_over(self, row: GridRow) -> str:
        """Return what a row is that cannot be a clip; "" if it may be one."""
        if row.problem or row.links:
            return ""
        if row.is_date_title:
            return "the date of the rows below it"
        checks = (
            (self._repeats_headings, "the headings again"),
            (self._is_total, "a total"),
            (self._is_heading_within, "a heading within the sheet"),
        )
        for is_such, reason in checks:
            if is_such(row):
                return reason
        return ""

    def read_clip(self, row: GridRow) -> SheetClip:
        """Return the clip of a row. Raises DigestError with the reason if it is none."""
        if row.problem:
            raise DigestError(row.problem)
        url, doubts = self._find_address(row)
        day = self._find_day(row)
        if day.doubt:
            doubts.append(day.doubt)
        outlet = self.outlets.find_name(self._cell(row, "outlet"), url)
        if not outlet:
            raise DigestError(
                "neither an outlet nor an address (--column outlet=NAME)"
            )
        if len(outlet) > MAX_OUTLET_LENGTH:
            raise DigestError(
                f"the outlet's name is longer than {MAX_OUTLET_LENGTH} characters"
            )
        text = clean_paragraphs("\n\n".join(self._texts_of(row)))
        title = self._find_title(row, text, url)
        headline = clean_headline(title, outlet_names(outlet))
        return SheetClip(
            sheet=self.sheet,
            line=row.line,
            outlet=outlet,
            title=headline.title,
            day=day,
            url=url,
            place=self._find_place(row),
            note=clean_paragraphs(self._cell(row, "note")),
            text=text,
            authors=tuple(_split_names(self._cell(row, "author"))),
            label=headline.label,
            section_words=tuple(_split_words(self._cell(row, "section"))),
            doubts=tuple(doubts),
        )

    # Inside

    def _repeats_headings(self, row: GridRow) -> bool:
        filled = row.filled
        if not filled:
            return False
        headings = self.columns.headings
        return all(
            index < len(headings)
            and _fold_cell(row.cells[index]) == _fold_cell(headings[index])
            for index in filled
        )

    def _is_total(self, row: GridRow) -> bool:
        """Return whether a row sums up others: it begins with such a word, and has no date or address."""
        words = filter(None, map(normalize_words, row.cells))
        first = next(words, "")
        if first not in TOTALS and first.partition(" ")[0] not in TOTALS:
            return False
        is_dated = may_be_date(self._cell(row, "date"))
        return not is_dated and not is_address(self._cell(row, "address"))

    def _is_heading_within(self, row: GridRow) -> bool:
        """Return whether a lone cell of a row is the title of those below it."""
        if len(row.filled) != 1:
            return False
        if len(self.columns.headings) < MIN_TABLE_WIDTH:
            return False
        return row.filled[0] not in self.columns.indexes_of(TELLING)

    def _cell(self, row: GridRow, part: str) -> str:
        """Return what a row says of a part; "" if nothing."""
        index = self.columns.index_by_part.get(part)
        if index is None or index >= len(row.cells):
            return ""
        return row.cells[index].strip()

    def _link(self, row: GridRow, part: str) -> str:
        """Return the link behind the cell of a part; "" if there is none."""
        return row.links.get(self.columns.index_by_part.get(part, -1), "")

    def _find_day(self, row: GridRow) -> ClipDay:
        """Return the day of a row. Raises DigestError if it says none."""
        year = self._cell(row, "year")
        dates = self.dates
        if YEAR.fullmatch(year):
            dates = dates.with_year(int(year))
        day = read_day(self._cell(row, "date"), dates)
        if day is None:
            day = read_day(self._join_parts(row), dates)
        if day is None:
            raise DigestError("no date")
        return day

    def _join_parts(self, row: GridRow) -> str:
        """Return a date from the columns of its day, month and year; "" if it has none."""
        parts = [self._cell(row, part) for part in ("year", "month", "day")]
        parts = list(filter(None, parts))
        if all(map(str.isdecimal, parts)):
            return "-".join(part.zfill(2) for part in parts)
        return " ".join(reversed(parts))

    def _find_title(self, row: GridRow, text: str, url: str) -> str:
        """Return the headline of a row, else its sentence. Raises DigestError if it has none."""
        words = ADDRESS_IN_TEXT.sub("", self._cell(row, "headline"))
        title = plain_text(words).strip(" |-–:")
        if title and not is_address(title):
            return title
        sentence = text.partition("\n")[0]
        if sentence:
            return sentence
        if not url:
            raise DigestError("no headline")
        if not self.reads_pages:
            raise DigestError("no headline (--read takes it from its page)")
        return ""

    def _texts_of(self, row: GridRow) -> Iterator[str]:
        """Yield the words of the article that a row has: the sentence first."""
        texts = [self._cell(row, "quote"), self._cell(row, "lead")]
        for text in dict.fromkeys(texts):
            if text and not is_address(text):
                yield text

    def _find_place(self, row: GridRow) -> str:
        """Return page or minute; before a bare number stands what the column is called."""
        place = plain_text(self._cell(row, "place"))
        if normalize_words(place) in NOTHING:
            return ""
        heading = self.columns.heading_of("place")
        is_number = place.replace("-", "").replace(",", "").isalnum()
        if (
            is_number
            and place[:1].isdigit()
            and (normalize_words(heading) in PAGE_WORDS)
        ):
            place = f"{_word_before_number(heading)} {place}"
        return place[:MAX_PLACE_LENGTH]

    def _find_address(self, row: GridRow) -> tuple[str, list[str]]:
        """Return the address of a row, "" if it has none, and what is doubtful about it."""
        cell = self._cell(row, "address")
        raw = next(self._addresses_of(row), "")
        if not raw:
            if cell and normalize_words(cell) not in NOTHING | {""}:
                shown = plain_text(cell)[:MAX_PLACE_LENGTH]
                return "", [f"“{shown}” is no web address"]
            return "", []
        url = clean_address(raw)
        if not url:
            return "", [f"its address cannot be used: {raw[:MAX_PLACE_LENGTH]}"]
        if _is_front_page(url):
            return "", [f"its address is only a front page: {url}"]
        return url, []

    def _addresses_of(self, row: GridRow) -> Iterator[str]:
        """Yield what may be the address of a row, the surest first."""
        cell = self._cell(row, "address")
        if is_address(cell):
            yield cell
        yield from ADDRESS_IN_TEXT.findall(cell)
        for part in ("address", "headline"):
            link = self._link(row, part)
            if link:
                yield link
        if len(set(row.links.values())) == 1:
            yield from row.links.values()
        if cell:
            return
        for part in ("headline", "quote", "note", "lead", "outlet"):
            text = self._cell(row, part)
            if is_address(text):
                yield text
            yield from ADDRESS_IN_TEXT.findall(text)


def _fold_cell(cell: str) -> str:
    return " ".join(cell.split()).casefold()


def clean_address(raw: str) -> str:
    """Return an address as it is stored: its own where a link carries it; "" if it is none."""
    text = raw.strip()
    if "://" not in text:
        text = f"https://{text}"
    address = absolute_url(text, "")
    return unwrapped_address(address) or strip_trackers(address)


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query and not parts.fragment


def _word_before_number(heading: str) -> str:
    """Return what a column is called, as it stands before a number: "page" of “Page”."""
    word = plain_text(heading)
    if word.startswith("Seite"):
        return "Seite"  # German nouns keep their capital
    return word.lower()


def _split_names(cell: str) -> Iterator[str]:
    """Yield the names of authors: “By A and B”, “A; B”, “A, B”."""
    text = plain_text(cell)
    if len(text) > MAX_OUTLET_LENGTH:
        return
    for part in AUTHOR_SEPARATOR.split(text):
        name = part.removeprefix("By ")
        if normalize_words(name) not in NOTHING | {""}:
            yield name


def _split_words(cell: str) -> Iterator[str]:
    for word in re.split(r"[;,|\n]", cell):
        text = plain_text(word)
        if text:
            yield text
