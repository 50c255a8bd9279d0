"""Words beside a date that say which it is: that of publication, or of a change.

Input is a text with dates; output is the part that holds the day of publication. The languages
are those in which dates are read.
"""

import re

#: The beginnings of words for a change, which is no publication.
CHANGED = (
    r"updat|modif|edited|correct|aktualis|geändert|actualiz|mis(?:e)? à jour|aggiorn"
    r"|bijgewerkt|atualiz|opdater|oppdater|uppdater|päivit|обновл"
    r"|zaktualiz|zmien|оновл|ενημ|τροπ|güncel|frissít|更新|修正|수정|업데이트|تحديث"
)
CHANGE = re.compile(
    rf"(?:(?:last|zuletzt|dernière|última|ultima)\s+)?(?:{CHANGED})",
    re.IGNORECASE,
)
#: Words for publication, and the small word behind them: "Publié le".
PUBLICATION = re.compile(
    r"(?:first\s+|date\s+)?(?:(?:publish|posted|veröffentlich|erschienen|publié|publicad|publicat|pubblicat"
    r"|gepubliceerd|geplaatst|publicerad|publisert|udgivet|julkais|опублик|opublikowan|publikov|yayın"
    r"|közzé|δημοσ)\w*(?:\s+(?:am|on|at|le|el|em|il|op|den|dne)\b)?|发布|發布|公開|게시|입력)\W*",
    re.IGNORECASE,
)


def part_of_publication(text: str) -> str:
    """Return what stands behind a word for publication, up to a change; all if there is no such word.

    "Updated: 6 March 2025 | Published: 4 March 2025": the latter date.
    """
    label = PUBLICATION.search(text)
    if label is None:
        return text
    behind = text[label.end() :]
    change = CHANGE.search(behind)
    if change:
        behind = behind[: change.start()]
    return behind.strip(" |/·,;()[]–—-")
