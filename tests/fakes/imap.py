"""A small IMAP server (RFC 3501) on loopback: one account, folders of messages, flags."""

import re
import socketserver
import threading
from dataclasses import dataclass, field

PASSWORD = "a secret of the mailbox"


@dataclass
class Kept:
    """A message in a folder."""

    uid: int
    content: bytes
    flags: set[str] = field(default_factory=set)


class FakeImap:
    """Keeps messages; hangs up after so many commands if it is told to."""

    def __init__(self, *capabilities: str) -> None:
        self.capabilities = capabilities or ("MOVE", "UIDPLUS")
        self.folders: dict[str, list[Kept]] = {"INBOX": []}
        #: messages fetched after which it hangs up; 0 for never
        self.hang_up_after = 0
        self.fetched = 0
        self.examined = 0  #: folders opened for reading only
        self.commands: list[str] = []
        self._next = 1

    def put(self, content: bytes, *flags: str) -> Kept:
        kept = Kept(
            self._next,
            content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
            set(flags),
        )
        self._next += 1
        self.folders["INBOX"].append(kept)
        return kept

    def flags(self) -> list[set[str]]:
        return [k.flags for k in self.folders["INBOX"]]

    def __enter__(self) -> "FakeImap":
        fake = self

        class Session(_Session):
            server_state = fake

        self._server = socketserver.ThreadingTCPServer(
            ("127.0.0.1", 0), Session
        )
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def env(self) -> dict[str, str]:
        return {
            "DIGEST_DELIVERY__BOUNCES__HOST": "127.0.0.1",
            "DIGEST_DELIVERY__BOUNCES__PORT": str(self.port),
            "DIGEST_DELIVERY__BOUNCES__SECURITY": "none",
            "DIGEST_DELIVERY__BOUNCES__USERNAME": "bounces@openwater.example",
            "IMAP_PASSWORD": PASSWORD,
        }


class _Session(socketserver.StreamRequestHandler):
    server_state: FakeImap

    def handle(self) -> None:
        self.folder: list[Kept] = []
        #: like Dovecot it tells all that it can only after that
        self.logged_in = False
        self._say("* OK ready")
        while (
            line := self.rfile.readline()
            .decode("utf-8", "replace")
            .rstrip("\r\n")
        ):
            tag, _, rest = line.partition(" ")
            verb, _, more = rest.partition(" ")
            self.server_state.commands.append(rest)
            if verb.upper() == "UID":
                verb, _, more = more.partition(" ")
                verb = f"uid_{verb}"
            answer = getattr(self, f"do_{verb.lower()}", self._unknown)(more)
            if answer is None:
                return
            self._say(f"{tag} {answer}")
            if verb.upper() == "LOGOUT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _unknown(self, _more: str) -> str:
        return "BAD what is that"

    def do_capability(self, _more: str) -> str:
        more = (
            " ".join(self.server_state.capabilities)
            if self.logged_in
            else "AUTH=PLAIN"
        )
        self._say(f"* CAPABILITY IMAP4rev1 {more}")
        return "OK done"

    def do_login(self, more: str) -> str:
        self.logged_in = f'"{PASSWORD}"' in more
        return (
            "OK welcome"
            if self.logged_in
            else "NO [AUTHENTICATIONFAILED] wrong password"
        )

    def do_logout(self, _more: str) -> str:
        self._say("* BYE")
        return "OK bye"

    def do_select(self, more: str) -> str:
        name = more.strip('"')
        if name not in self.server_state.folders:
            return "NO there is no such folder"
        self.folder = self.server_state.folders[name]
        self._say(f"* {len(self.folder)} EXISTS")
        self._say("* OK [UIDVALIDITY 1] valid")
        return "OK [READ-WRITE] selected"

    def do_examine(self, more: str) -> str:
        """Open a folder for reading only."""
        self.server_state.examined += 1
        answer = self.do_select(more)
        return answer.replace("READ-WRITE", "READ-ONLY")

    def do_list(self, more: str) -> str:
        asked = more.rpartition(" ")[2].strip('"')
        for name in self.server_state.folders:
            if asked in ("*", name):
                self._say(f'* LIST (\\HasNoChildren) "/" "{name}"')
        return "OK listed"

    def do_create(self, more: str) -> str:
        self.server_state.folders.setdefault(more.strip('"'), [])
        return "OK created"

    def do_uid_search(self, more: str) -> str:
        words = more.upper().split()
        found = [k for k in self.folder if _meets(k, words)]
        self._say("* SEARCH " + " ".join(str(k.uid) for k in found))
        return "OK searched"

    def do_uid_fetch(self, more: str) -> str | None:
        state = self.server_state
        uids, _, parts = more.partition(" ")
        for number, kept in enumerate(self.folder, 1):
            uid = str(kept.uid)
            if uid not in uids.split(","):
                continue
            state.fetched += 1
            if state.hang_up_after and state.fetched > state.hang_up_after:
                return None
            if "PEEK" not in parts:
                kept.flags.add("\\Seen")
            size = len(kept.content)
            content, section = kept.content, ""
            if "[HEADER]" in parts:
                content = kept.content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                section = "HEADER"
            head = f"* {number} FETCH (UID {uid} FLAGS ({' '.join(kept.flags)}) RFC822.SIZE {size} BODY[{section}] {{{len(content)}}}\r\n"
            self.wfile.write(head.encode() + content + b")\r\n")
        return "OK fetched"

    def do_uid_store(self, more: str) -> str:
        uid, _sign, flags = more.split(" ", 2)
        for kept in self.folder:
            if str(kept.uid) == uid:
                kept.flags |= set(re.findall(r"\\\w+", flags))
        return "OK stored"

    def do_uid_copy(self, more: str) -> str:
        uid, _, name = more.partition(" ")
        copied = [
            Kept(0, k.content, set(k.flags))
            for k in self.folder
            if str(k.uid) == uid
        ]
        self.server_state.folders[name.strip('"')] += copied
        return "OK copied"

    def do_uid_move(self, more: str) -> str:
        uid, _, name = more.partition(" ")
        state = self.server_state
        if name.strip('"') not in state.folders:
            return "NO [TRYCREATE] there is no such folder"
        for kept in [k for k in self.folder if str(k.uid) == uid]:
            self.folder.remove(kept)
            state.folders[name.strip('"')].append(kept)
        return "OK moved"

    def do_uid_expunge(self, more: str) -> str:
        gone = [
            k
            for k in self.folder
            if str(k.uid) == more and "\\Deleted" in k.flags
        ]
        for kept in gone:
            self.folder.remove(kept)
        return "OK expunged"

    def do_expunge(self, _more: str) -> str:
        for kept in [k for k in self.folder if "\\Deleted" in k.flags]:
            self.folder.remove(kept)
        return "OK expunged"


def _meets(kept: Kept, words: list[str]) -> bool:
    small = (
        int(words[words.index("SMALLER") + 1])
        if "SMALLER" in words
        else 1 << 40
    )
    if "UID" in words and words[words.index("UID") + 1] != str(kept.uid):
        return False
    tests = {
        "UNSEEN": "\\Seen" not in kept.flags,
        "FLAGGED": "\\Flagged" in kept.flags,
        "UNFLAGGED": "\\Flagged" not in kept.flags,
    }
    return len(kept.content) < small and all(tests.get(w, True) for w in words)
