"""How quickly the desk answers, with a week of 5,000 articles and with twenty editors at once.

    python benchmarks/desk.py [articles]

A working folder of invented articles, each naming the organisation or on a topic of its. First in
one process: what a page costs the server, and how heavy it is. Then the desk as `digest desk
--hosted` serves it, in a process of its own, and twenty people at it: each acts about once a
second, which is more than a person does; then each without a rest.
"""

import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import requests

from digest.app import App
from digest.collect import article_key
from digest.edition import next_date
from digest.infra.clock import utc_now
from digest.model import Article, StaffRights
from digest.settings import load_workspace
from digest.web.desk import create_desk_app

HOME, EDITORS, SECONDS = "http://127.0.0.1", 20, 20
PASSWORD = "not a secret at all"
FEEDS = """\
organisation: {name: Open Water}
topics:
  - {name: Drinking water, any: [drinking water, lead pipes]}
outlets:
  - {name: The Courier, homepage: "https://courier.example/", feeds: ["https://courier.example/feed"]}
newsletter:
  title: The Letter
  sender: {name: Open Water, address: letter@openwater.example}
  reply_to: hello@openwater.example
  postal_address: 12 Bicycle Lane, Northgate 40100
  public_url: https://letter.openwater.example
desk: {url: "http://127.0.0.1"}
"""


def coming_date(app: App) -> date:
    """Return the date of the edition being worked on, of a newsletter that has dates."""
    day = next_date(app.settings.newsletter, utc_now())
    assert day is not None
    return day


def articles(number: int) -> Iterator[Article]:
    """Yield a week of articles; every fourth is a copy of the one before."""
    rng, words = random.Random(1), [f"word{n}" for n in range(4000)]
    text = title = ""
    for n in range(number):
        if n % 4 != 1:
            title = " ".join(rng.choices(words, k=9)).capitalize()
            name = (
                "Open Water sued."
                if n % 2
                else "It found lead pipes in schools."
            )
            text = f"{name} {' '.join(rng.choices(words, k=250))}."
        url = f"https://courier.example/{n}"
        when = utc_now() - timedelta(minutes=rng.randrange(5 * 24 * 60))
        yield Article(
            article_key(url),
            url,
            f"Outlet {n % 60}",
            title,
            published=when,
            text=text,
        )


def stocked(folder: Path, number: int) -> App:
    """Fill a working folder, begin its edition, let twenty people join."""
    (folder / "feeds.yaml").write_text(FEEDS)
    app = App(load_workspace(folder, {}))
    for one in articles(number):
        app.store.articles.put_article(one, utc_now())
    app.drafts.create_draft()
    for n in range(EDITORS):
        app.staff.accept_invitation(
            app.staff.invite_member(
                f"Editor {n}", StaffRights.APPROVER, "bench"
            ),
            PASSWORD,
        )
    return app


def took(work: Callable[[], object], times: int) -> float:
    """Return the median time of some work, in milliseconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def csrf_of(page: str) -> str:
    """Return the token of a page's forms."""
    return str(re.findall(r'name="csrf" value="([^"]+)"', page)[0])


def alone(app: App) -> None:
    """Print what a page costs where nobody else asks."""
    client = create_desk_app(app, "t").test_client()
    client.get("/?token=t", base_url=HOME)
    day = coming_date(app)
    finds = f"/{day}/finds"
    cold = took(lambda: client.get(finds, base_url=HOME), 1)
    page = client.get(finds, base_url=HOME).text
    csrf, shown = (
        csrf_of(page),
        re.findall(r'<article class="find[^"]*" id="f(\d+)"', page),
    )
    count = iter(range(10_000))

    def pick() -> None:
        article = shown[next(count) % len(shown)]
        form = {
            "csrf": csrf,
            "article": article,
            "do": "following",
            "part": "1",
        }
        assert client.post(finds, data=form, base_url=HOME).status_code == 200

    def change() -> None:
        was = app.editing_as("").load_edition(day).subject
        form = {
            "csrf": csrf,
            "subject": f"Number {next(count)}",
            "was_subject": was,
            "part": "1",
        }
        assert (
            client.post(f"/{day}/head", data=form, base_url=HOME).status_code
            == 200
        )
        assert client.get(f"/{day}/view/mail", base_url=HOME).status_code == 200

    rows = [
        ("finds, the first time in an hour", cold, ""),
        (
            "finds",
            took(lambda: client.get(finds, base_url=HOME), 20),
            f"{len(page) / 1000:.0f} KB",
        ),
        (
            "finds, searched",
            took(lambda: client.get(f"{finds}?q=open", base_url=HOME), 20),
            "",
        ),
        ("a pick", took(pick, 20), ""),
        ("a change, and the mail with it", took(change, 20), ""),
        (
            "the edition's page",
            took(lambda: client.get(f"/{day}/edition", base_url=HOME), 20),
            "",
        ),
        (
            "findings",
            took(lambda: client.get(f"/{day}/findings", base_url=HOME), 20),
            "",
        ),
        (
            "send",
            took(lambda: client.get(f"/{day}/send", base_url=HOME), 20),
            "",
        ),
    ]
    for name, spent, more in rows:
        print(f"| {name} | {spent:.0f} ms | {more} |")


class Editor(threading.Thread):
    """Somebody who picks, looks and writes until time is up."""

    def __init__(self, home: str, number: int, day: str, rest: float) -> None:
        super().__init__()
        self.home, self.number, self.day, self.rest = home, number, day, rest
        self.dice, self.person = random.Random(number), requests.Session()
        self.spent: list[tuple[str, float]] = []
        self.csrf = ""

    def run(self) -> None:
        """Log in, then act."""
        self.csrf = csrf_of(self.person.get(f"{self.home}/login").text)
        form = {
            "name": f"Editor {self.number}",
            "password": PASSWORD,
            "csrf": self.csrf,
        }
        page = self.person.post(f"{self.home}/login", data=form).text
        self.csrf, shown = csrf_of(page), re.findall(r'id="f(\d+)"', page)
        acts = (self.pick(shown), self.write, self.look)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if self.rest:
                time.sleep(self.dice.uniform(0.5, 1.5) * self.rest)
            self.dice.choices(acts, (4, 2, 1))[0]()

    def timed(
        self, what: str, method: str, path: str, **form: str
    ) -> requests.Response:
        """Ask, and note how long the answer took."""
        start = time.perf_counter()
        data = form | {"csrf": self.csrf, "part": "1"} if form else None
        answer = self.person.request(
            method, f"{self.home}/{self.day}/{path}", data=data
        )
        self.spent.append((what, (time.perf_counter() - start) * 1000))
        assert answer.status_code in (200, 409), (what, answer.status_code)
        return answer

    def pick(self, shown: list[str]) -> Callable[[], None]:
        """Return what picks a story, or puts one back."""

        def act() -> None:
            do = self.dice.choice(("following", "in_the_news", "back"))
            self.timed(
                "pick", "POST", "finds", article=self.dice.choice(shown), do=do
            )

        return act

    def write(self) -> None:
        """Change the preview line and look at the mail, as the page does by itself."""
        line = f"By {self.number}, {self.dice.random():.6f}"
        was = {"preheader": line, "was_preheader": getattr(self, "line", "")}
        answer = self.timed("write", "POST", "head", **was)
        self.line = (
            answer.json()["stored"]["preheader"]
            if answer.status_code == 200
            else line
        )
        self.timed("mail", "GET", "view/mail")

    def look(self) -> None:
        """Open a page."""
        self.timed("page", "GET", self.dice.choice(("finds", "edition")))


def together(folder: Path, day: str, rest: float) -> None:
    """Print how long twenty people wait who work at once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(folder),
        "desk",
        "--hosted",
    ]
    desk = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL
    )
    home = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                requests.get(f"{home}/login", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.2)
        editors = [Editor(home, n, day, rest) for n in range(EDITORS)]
        for editor in editors:
            editor.start()
        for editor in editors:
            editor.join()
    finally:
        desk.terminate()
        desk.wait()
    every = sorted(ms for e in editors for _, ms in e.spent)
    middle, late = statistics.median(every), every[int(len(every) * 0.95)]
    how = "about one act a second each" if rest else "without a rest"
    rate = len(every) / SECONDS
    print(
        f"| {EDITORS} editors, {how} | {middle:.0f} ms | {late:.0f} ms | {rate:.0f} a second |"
    )


def main(number: int) -> None:
    """Print both tables."""
    with (
        tempfile.TemporaryDirectory() as name,
        stocked(Path(name), number) as app,
    ):
        print(f"{number} articles, {os.cpu_count()} processors\n")
        print("| one person | server time | weight |\n| --- | --- | --- |")
        alone(app)
        print(
            "\n| at once | median | p95 | answers |\n| --- | --- | --- | --- |"
        )
        day = coming_date(app).isoformat()
        for rest in (1.0, 0.0):
            together(Path(name), day, rest)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
