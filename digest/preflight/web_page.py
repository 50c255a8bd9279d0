"""Links and images of a built mail."""

from html.parser import HTMLParser


class MailPage(HTMLParser):
    """Reads links and images out of a mail."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self.images: list[dict[str, str | None]] = []
        self._open_link: str | None = None
        self._words = ""
        self.feed(html)

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        """Remember an image, or that a link opens."""
        if tag == "img":
            self.images.append(dict(attrs))
            # a picture's words are those of the link around it
            self._words += dict(attrs).get("alt") or ""
        if tag == "a":
            self._open_link = dict(attrs).get("href") or ""
            self._words = ""

    def handle_data(self, data: str) -> None:
        """Gather a link's words."""
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        """Remember a link with its words."""
        if tag == "a" and self._open_link is not None:
            words = " ".join(self._words.split())
            self.links.append((self._open_link, words))
            self._open_link = None
