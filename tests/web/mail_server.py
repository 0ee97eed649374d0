"""A mail server of a test: it takes letters over SMTP, and refuses them or hangs up where it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

HANG_UP = ""


class MailServer(socketserver.ThreadingTCPServer):
    """Attributes:
    answer: What it says to a command (`RCPT`, or `.` at the end of a letter), given how many letters were begun before: None as usual.
    taken: The letters that it has taken.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer: Callable[[str, int], str | None]) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.answer = answer
        self.begun = 0
        self.taken: list[str] = []


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 here")
        for line in self.rfile:
            verb = line[:4].decode().strip().upper()
            usual = {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 fine")
            if not self.say(self.told(verb, usual)) or verb == "QUIT":
                return
            if verb == "DATA":
                letter = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
                said = self.told(".", "250 taken")
                if said.startswith("250"):
                    self.server.taken.append(letter)
                if not self.say(said):
                    return
            self.server.begun += verb == "MAIL"

    def told(self, verb: str, usual: str) -> str:
        """What the test wants it to say."""
        said = self.server.answer(verb, self.server.begun)
        return usual if said is None else said

    def say(self, words: str) -> bool:
        """Whether it goes on afterwards."""
        self.wfile.write(words.encode() + b"\r\n" if words else b"")
        return words != HANG_UP and not words.startswith("421")


@contextmanager
def mail_server(answer: Callable[[str, int], str | None]) -> Iterator[MailServer]:
    """The server, as long as the block lasts."""
    with MailServer(answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
