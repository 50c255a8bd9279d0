"""Section looks: how each list of an edition is shown, by the settings; and accounts elsewhere."""

from digest.model import Section
from digest.render.image_addresses import EditionImages
from digest.settings import Settings
from digest.settings.theme import ListStyle, Theme


class SectionLooks:
    """Finds what the settings say of a section, by its key.

    An edition may have a section that the settings do not: it looks as the theme says.
    """

    def __init__(self, settings: Settings, language: str) -> None:
        self._rules = {rule.key: rule for rule in settings.sections}
        self._theme = settings.newsletter.theme
        self._is_translated = language != settings.newsletter.language

    def style_of(self, section: Section) -> ListStyle:
        """Return the style of a section's list."""
        rule = self._rules.get(section.key)
        if rule is None or rule.style is None:
            return self._theme.stories
        return rule.style

    def intro_of(self, section: Section) -> str:
        """Return what stands between title and stories; "" in an edition of another language."""
        rule = self._rules.get(section.key)
        if rule is None or self._is_translated:
            return ""
        return rule.intro


def show_accounts(theme: Theme, images: EditionImages) -> list[dict[str, str]]:
    """Return the newsletter's accounts elsewhere, each with a picture from our own server."""
    return [
        {
            "name": link.name,
            "url": link.url,
            "picture": images.locate_shape(link.shape),
        }
        for link in theme.social
    ]
