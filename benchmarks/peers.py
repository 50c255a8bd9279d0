"""digest beside museletter and django-newsletter, to a provider that does nothing.

    python benchmarks/peers.py PYTHON [recipients]

PYTHON is an interpreter of an environment with `pip install museletter django-newsletter`. Each is
run as itself, by its own send loop on its own SQLite ledger, with an issue of twenty stories; its
provider says yes at once. The peers' own limits on rate are lifted.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.send import stocked
from digest.delivery import Pace, Sender
from digest.infra.clock import utc_now
from digest.model import DeliveryState, Email, Outcome, Recipient, SendSpec
from tests.desk_client import DAY

STORIES = [
    f"[Story number {n} of the week](https://press.example/{n}) The Courier"
    for n in range(20)
]

MUSELETTER = """
import asyncio, sys, time, types
from museletter import db as store, sender
from museletter.config import Settings
from museletter.mailer import SendResult
N, folder, body = int(sys.argv[1]), sys.argv[2], sys.argv[3]

class Null:
    async def send_email(self, *a, **k): return SendResult("id")

async def main():
    db = await store.open_db(folder + "/m.db")
    await store.ensure_default_list(db)
    async with db.execute("select id from lists") as c: (list_id,) = await c.fetchone()
    t = store.utcnow()
    await db.executemany("insert into subscribers (id, list_id, email, status, created_at)"
        " values (?, ?, ?, 'active', ?)",
        [(f"s{n}", list_id, f"r{n}@e.example", t) for n in range(N)])
    await db.execute("insert into campaigns (id, list_id, subject, body_markdown, track_opens,"
        " status, recipient_count, created_at, started_at)"
        " values ('c', ?, 'S', ?, 0, 'sending', ?, ?, ?)",
        (list_id, body, N, t, t))
    await db.execute("insert into campaign_recipients"
        " (campaign_id, subscriber_id, email, updated_at)"
        " select 'c', id, email, ? from subscribers", (t,))
    await db.commit()
    settings = Settings(base_url="https://e.example", from_email="a@e.example", send_rate=1e9)
    state = types.SimpleNamespace(db=db, settings=settings, mailer=Null(), secret="s" * 64)
    loop = sender.SenderLoop(types.SimpleNamespace(state=state))
    start = time.perf_counter()
    while await loop.tick(): pass
    print(N / (time.perf_counter() - start))
    await db.close()
asyncio.run(main())
"""

DJANGO = """
import sys, time
from datetime import timedelta
N, folder, body = int(sys.argv[1]), sys.argv[2], sys.argv[3]
import django
from django.conf import settings
settings.configure(SECRET_KEY="s", SITE_ID=1, USE_TZ=True, MEDIA_ROOT=folder,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder + "/d.db"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.sites", "django.contrib.auth",
        "newsletter"], ROOT_URLCONF="newsletter.urls",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    NEWSLETTER_RICHTEXT_WIDGET=None, NEWSLETTER_THUMBNAIL="sorl-thumbnail",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend")
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils.timezone import now
from newsletter.models import Article, Message, Newsletter, Submission, Subscription
letter = Newsletter.objects.create(title="T", slug="t", email="a@e.example", sender="A")
Subscription.objects.bulk_create([Subscription(newsletter=letter, email_field=f"r{n}@e.example",
    activation_code=f"{n:040}", subscribed=True) for n in range(N)])
message = Message.objects.create(title="S", slug="s", newsletter=letter)
for n, line in enumerate(body.splitlines()):
    Article.objects.create(post=message, sortorder=n * 10, title=line[:100], text=line)
submission = Submission.from_message(message)
submission.subscriptions.set(letter.subscription_set.all())
submission.publish_date = now() - timedelta(minutes=1)
submission.prepared = True
submission.save()
start = time.perf_counter()
submission.submit()
print(N / (time.perf_counter() - start))
"""


class Null:
    """A transport whose provider says yes at once, one message at a time or a thousand."""

    name = "null"

    def __init__(self, unit: int) -> None:
        self.unit = unit

    def send(
        self, _letter: Email, recipients: Sequence[Recipient]
    ) -> list[Outcome]:
        """Say yes."""
        return [Outcome(DeliveryState.ACCEPTED)] * len(recipients)


def ours(recipients: int, unit: int) -> float:
    """Return the recipients a second that digest hands over, the freeze and the ledger included."""
    with (
        tempfile.TemporaryDirectory() as name,
        stocked(Path(name), {}, recipients) as app,
    ):
        start = time.perf_counter()
        frozen = SendSpec("x", "null")
        app.store.deliveries.freeze_audience(
            DAY, frozen, utc_now(), 1000 if unit > 1 else 100
        )
        pace = Pace(1e12)
        sender = Sender(
            app.editions.render_stored(DAY).letter,
            app.store.deliveries,
            Null(unit),
            app.tokens,
            pace,
            utc_now,
        )
        for _count in sender.send_queued():
            pass
        return recipients / (time.perf_counter() - start)


def theirs(python: str, script: str, recipients: int) -> float:
    """Return the recipients a second that a peer hands over."""
    with tempfile.TemporaryDirectory() as name:
        command = [
            python,
            "-W",
            "ignore",
            "-c",
            script,
            str(recipients),
            name,
            "\n".join(STORIES),
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False
        )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return float(done.stdout.split()[-1])


def main(python: str, recipients: int) -> None:
    """Print the table."""
    rates = {
        "digest, a thousand a call": ours(recipients, 1000),
        "digest, one a call": ours(recipients, 1),
        "museletter": theirs(python, MUSELETTER, recipients),
        "django-newsletter": theirs(python, DJANGO, recipients // 4),
    }
    print("| sender | recipients/s | times museletter |\n| --- | --- | --- |")
    for name, rate in rates.items():
        print(f"| {name} | {rate:,.0f} | {rate / rates['museletter']:.1f} |")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20_000)
