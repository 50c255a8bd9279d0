"""Bookmarklet: the script that people keep among their bookmarks and click on an article's page.

It opens the desk's page of adding in a window of its own and hands over what is selected, or the
article's paragraphs, in the fragment of the address. That works where the page's policy forbids
forms and requests to others (the policy binds neither windows nor what a person runs from their
bookmarks), needs no opener (the desk's pages are severed from theirs), carries no secret that the
page could read, and a browser sends a fragment to nobody. Nothing is stored until the person
presses the button of the desk's own form.
"""

import json
from pathlib import Path
from urllib.parse import quote

#: The script, with places for two values.
SOURCE = Path(__file__).with_name("bookmarklet.js")


def make_bookmarklet(form_url: str, max_length: int) -> str:
    """Return the address of a bookmark that opens a form with at most so many characters of text."""
    source = SOURCE.read_text(encoding="utf-8")
    script = source.replace("FORM_URL", json.dumps(form_url))
    script = script.replace("MAX_LENGTH", str(max_length))
    return f"javascript:{quote(script, safe='')}"
