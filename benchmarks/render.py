"""How fast an edition is rendered, and a message made for each reader: ratios of one run.

python benchmarks/render.py [messages]
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from jinja2 import Environment

from digest.delivery import EncodedEmail
from digest.edition import dump_edition
from digest.model import (
    TOKEN_PLACEHOLDER,
    Edition,
    Lead,
    Pick,
    Recipient,
    RenderedEdition,
    Section,
)
from digest.render import render_edition
from digest.settings import DEFAULTS, load_workspace

DAY, NOW = date(2026, 2, 27), datetime(2026, 2, 27, 15, tzinfo=UTC)
TEXT = (
    "A paragraph with [a link](https://example.org/a), as long as such paragraphs are. "
    * 4
)
ROUNDS = 50


def edition() -> Edition:
    """Return three leads and twenty stories."""
    lead = Lead(
        "A headline as outlets write them",
        "Its dek.",
        f"{TEXT.strip()}\n\n{TEXT.strip()}",
    )
    picks = tuple(
        Pick(
            f"Story number {n} of the week and its headline",
            f"https://example.org/{n}",
            "NPR",
        )
        for n in range(20)
    )
    sections = (
        Section("in_the_news", "{org} in the news", picks[:10]),
        Section("following", "Other stories we’re following", picks[10:]),
    )
    return Edition(
        DAY,
        "What the records show",
        "Emails and a letter",
        (lead,) * 3,
        sections,
    )


def rate(work: Callable[[int], object], times: int) -> float:
    """Return how often a second some work is done, in processor time."""
    start = time.process_time()
    for number in range(times):
        work(number)
    return times / (time.process_time() - start)


def by_email_message(built: RenderedEdition, number: int) -> bytes:
    """Make a message as Python's library does, once for each reader."""
    letter, token = built.letter, f"token{number}"
    message = EmailMessage(SMTP)
    message["From"] = f"{letter.sender_name} <{letter.sender_address}>"
    message["To"] = f"reader{number}@example.org"
    message["Subject"] = letter.subject
    message["List-Unsubscribe"] = (
        f"<{letter.unsubscribe_url.replace(TOKEN_PLACEHOLDER, token)}>"
    )
    message.set_content(letter.text.replace(TOKEN_PLACEHOLDER, token))
    message.add_alternative(
        letter.html.replace(TOKEN_PLACEHOLDER, token), subtype="html"
    )
    return message.as_bytes()


def main() -> None:
    """Print milliseconds an edition, then messages a second for each way to make them."""
    settings, made = load_workspace(DEFAULTS, {}).settings, edition()
    markdown = dump_edition(made)
    built = render_edition(made, markdown, settings, Path("/nonexistent"))
    editions = rate(
        lambda _: render_edition(
            made, markdown, settings, Path("/nonexistent")
        ),
        ROUNDS,
    )
    size = len(built.html.encode()) / 1024
    print(
        f"an edition of 3 leads and 20 stories: {1000 / editions:.1f} ms, {size:.1f} KB of HTML\n"
    )
    message = EncodedEmail(built.letter, NOW)
    template = Environment(autoescape=True).from_string(
        built.html.replace(
            TOKEN_PLACEHOLDER, "{{ token }}"
        )  # every reader's mail through Jinja again
    )
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    ways: dict[str, tuple[Callable[[int], object], int]] = {
        "email.message": (
            lambda n: by_email_message(built, n),
            max(times // 200, 20),
        ),
        "Jinja for each reader, HTML alone": (
            lambda n: template.render(token=n),
            max(times // 20, 20),
        ),
        "digest: encoded once, tokens joined in": (
            lambda n: message.bytes_for(
                Recipient(n, f"reader{n}@example.org", f"token{n}")
            ),
            times,
        ),
    }
    rates = {name: rate(work, number) for name, (work, number) in ways.items()}
    slowest = rates["email.message"]
    print(
        "| way | messages a second and core | times email.message |\n| --- | --- | --- |"
    )
    for name, each in rates.items():
        print(f"| {name} | {each:,.0f} | {each / slowest:.0f} |")


if __name__ == "__main__":
    main()
