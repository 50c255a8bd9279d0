"""The physical limit of collecting: fetch every address in a file and parse what is XML.

python benchmarks/limit.py FILE [warm]
"""

import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

AT_ONCE = 64


async def fetch(url: str, gate: asyncio.Semaphore, *, warm: bool) -> None:
    """Get one address with as little as Python can do."""
    parts = urlsplit(url)
    async with gate:
        source, sink = await asyncio.open_connection(parts.hostname, parts.port)
        known = f'If-None-Match: "{parts.path[1:]}"\r\n' if warm else ""
        sink.write(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{known}\r\n".encode()
        )
        head = await source.readuntil(b"\r\n\r\n")
        size = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
        body = await source.readexactly(int(size or 0))
        sink.close()
    if body:
        etree.fromstring(body, etree.XMLParser(recover=True))


async def main() -> None:
    """Get them all."""
    gate = asyncio.Semaphore(AT_ONCE)
    warm = "warm" in sys.argv
    urls = Path(sys.argv[1]).read_text().split()
    await asyncio.gather(*(fetch(url, gate, warm=warm) for url in urls))


if __name__ == "__main__":
    asyncio.run(main())
