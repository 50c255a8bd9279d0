"""Letters: compare texts whatever their capitals, accents and signs."""

import re
import unicodedata


def fold_letters(text: str) -> str:
    """Return a text in small letters without accents, signs as spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(
        sign for sign in decomposed if not unicodedata.combining(sign)
    )
    return " ".join(re.findall(r"\w+", letters))
