"""Takes the pictures of the designs and of the styles of lists in docs/images, of an invented edition.

python docs/theme_pictures.py
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from screenshots import TARGET, chromium

from digest.edition import load_edition
from digest.render import render_edition
from digest.settings import Settings, load_workspace
from digest.settings.theme import Theme

ROOT = Path(__file__).parents[1]
NOWHERE = Path("/nonexistent")
WIDTH = 600  #: pixels of each mail
GAP = 24
SCALE = 0.5
SOURCE = """\
---
date: 2026-02-27
subject: What the records show
preheader: Emails, training files and a demand letter
---

# The county knew of the lead a year before it told parents

*Internal emails show that managers discussed the readings in March, and waited.*

For three years the county told parents that the taps in its schools were safe. We obtained emails that show
[the agency knew otherwise](https://example.org/a).

> ### “They knew, and they let our children drink it.”
> Maren Oduya, director

[Read what we learned from the records](https://example.org/b){.button}

## In the news {#in_the_news}

- [County officials knew of lead before parents did](https://example.org/c) (Northgate Courier)
- [Six schools in six weeks: what to know](https://example.org/d) (River Tribune) {.opinion}
  Also in The Hill Post
- [Officials ignored clear warning signs, report says](https://example.org/e) (New Harbour) {.paywall}
  The first account from inside the water office.

## Other stories we’re following {#following}

- [Inspectors testify on how to rebuild the water office](https://example.org/f) (Public Executive)
- [What the new budget leaves out](https://example.org/g) (Radio North)
"""


def main() -> None:
    """Write a picture of all designs in light and in dark, and one of the styles of lists."""
    designs = [Theme(name="letter"), Theme(name="clips"), Theme(name="report")]
    styles = [
        Theme(stories="lines"),
        Theme(stories="outlets"),
        Theme(stories="cards"),
    ]
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        shoot_beside(browser, designs, "light", "themes-light")
        shoot_beside(browser, designs, "dark", "themes-dark")
        shoot_beside(browser, styles, "light", "lists-light")
        browser.close()


def shoot_beside(
    browser: Browser, themes: Sequence[Theme], scheme: str, name: str
) -> None:
    """Write one picture of the edition in some themes, side by side."""
    mails = [shoot_mail(browser, theme, scheme) for theme in themes]
    height = max(mail.height for mail in mails)
    width = len(mails) * (WIDTH + GAP) - GAP
    sheet = Image.new("RGB", (width, height), "#8a8f96")
    for number, mail in enumerate(mails):
        sheet.paste(mail, (number * (WIDTH + GAP), 0))
    size = (round(width * SCALE), round(height * SCALE))
    small = sheet.resize(size, Image.Resampling.LANCZOS).quantize(64)
    small.save(TARGET / f"{name}.png", optimize=True)


def shoot_mail(browser: Browser, theme: Theme, scheme: str) -> Image.Image:
    """Return a picture of the edition's mail in a theme."""
    settings = with_theme(load_workspace(ROOT, {}).settings, theme)
    built = render_edition(load_edition(SOURCE), SOURCE, settings, NOWHERE)
    page = browser.new_page(
        viewport={"width": WIDTH, "height": 400}, color_scheme=scheme
    )
    page.set_content(built.html)
    picture = page.screenshot(full_page=True)
    page.close()
    return Image.open(BytesIO(picture)).convert("RGB")


def with_theme(settings: Settings, theme: Theme) -> Settings:
    """Return the settings of an invented newsletter in a theme."""
    organisation = settings.organisation.model_copy(
        update={"name": "Open Water"}
    )
    invented = settings.model_copy(update={"organisation": organisation})
    newsletter = settings.newsletter.model_copy(
        update={
            "theme": theme,
            "title": "Open Water Weekly",
            "postal_address": "12 Bicycle Lane, Northgate 40100",
            "public_url": "https://letter.openwater.example",
        }
    )
    return invented.with_newsletter(newsletter)


if __name__ == "__main__":
    main()
