"""The public app under wrk (github.com/wg/wrk): how long leaving takes, and is anybody's no lost?

    python benchmarks/leaving.py [seconds]

`digest serve` as a process of its own, 20,000 readers; wrk on the same machine. First 200 people a
second leave with one click, then as many as can; then the form's page, as fast as it comes.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.send import serving, stocked
from digest.app import App
from digest.settings import load_workspace

READERS = 20_000
LEAVE = """\
local tokens, n = {}, 0
for line in io.lines("TOKENS") do tokens[#tokens + 1] = line end
wrk.method = "POST"
wrk.body = "List-Unsubscribe=One-Click"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
function request()
  n = n + 1
  return wrk.format(nil, "/u/" .. tokens[(n - 1) % #tokens + 1])
end
"""
PACE = "function delay() return math.random(60, 130) end\n"
DONE = """\
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %d %.1f %.1f %.1f\\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
"""


def pressed(
    name: str, url: str, script: str, connections: int, seconds: int
) -> int:
    """Let wrk press; print a row, return how many requests were answered."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script + DONE)
        file.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "-s",
            file.name,
            url,
        ]
        said = subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout
    figures = re.search(r"FIGURES (.*)", said)
    assert figures, said
    number, spent, errors, *late = figures[1].split()
    rate = int(number) / int(spent) * 1e6
    print(
        f"| {name} | {rate:,.0f} | {' | '.join(late)} | {errors} |", flush=True
    )
    return int(number)


def main(seconds: int) -> int:
    """Print the table; return how many who left are still in the audience."""
    print("| what | a second | p50 ms | p95 ms | p99 ms | errors |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with stocked(folder, {}, READERS) as app:
            tokens = [
                app.tokens.sign_subscriber(person.id)
                for person in app.store.subscribers.iterate_subscribers()
            ]
        (folder / "tokens").write_text("\n".join(tokens))
        leave = LEAVE.replace("TOKENS", str(folder / "tokens"))
        command = [
            sys.executable,
            "-m",
            "digest",
            "-C",
            name,
            "serve",
            "--port",
        ]
        with serving(lambda port: [*command, str(port)]) as port:
            url = f"http://127.0.0.1:{port}"
            answered = pressed(
                "leaving, 200 a second", url, leave + PACE, 20, seconds
            )
            with App(load_workspace(folder, {})) as app:
                left = READERS - app.store.subscribers.count_active()
            pressed("leaving, as many as can", url, leave, 20, seconds)
            pressed(
                "the form's page, as many as can",
                f"{url}/subscribe",
                "",
                20,
                seconds,
            )
    lost = max(0, min(answered, READERS) - left)
    print(f"\n{answered} answered, {left} have left: {lost} lost")
    return lost


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30) > 0)
