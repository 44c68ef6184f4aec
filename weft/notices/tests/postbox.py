"""A real mail server on this machine, which can be slow, refuse, hang up and lie still, at any moment of a mail.

It keeps what it took over. Like mail systems, it can tell a second one of the same Message-ID by that. It may speak
TLS, and know whom it takes mail from; what was said to it before TLS is what anybody on the way could read.
"""

import base64
import contextlib
import socketserver
import ssl
import threading
import time
from email import message_from_bytes
from email.message import Message
from typing import Any

FAULTS = ("busy", "refuses the house", "hangs up early", "hangs up before the end", "takes it and hangs up", "loses it",
          "slow")  # fmt: skip
KILLS = ("killed at EHLO", "killed at MAIL", "killed at RCPT", "killed at DATA", "killed at the words",
         "killed at the end", "killed when lost", "killed at the answer")  # fmt: skip


class Postbox(socketserver.ThreadingTCPServer):
    """Give it a mood, or a function that gives one for each mail. *tls* is what it turns to TLS with, when asked
    (*whole*: from the first byte on); *knows* is the name and the passphrase that it wants to hear."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self,
        mood: Any = "well",
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        whole: bool = False,
        knows: tuple[str, str] | None = None,
    ) -> None:
        super().__init__((host, 0), _Line)
        self.mood = mood
        self.tls, self.whole, self.knows = tls, whole, knows
        self.overheard: list[str] = []
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.unanswered: list[str] = []  # Message-IDs of mails whose sender may not know what became of them
        self.spoken = 0
        self.kill: Any = None  # what ends the process that speaks, at the step that the mood names
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"smtp{'s' if self.whole else ''}://{self.server_address[0]}:{self.server_address[1]}"

    @property
    def mails(self) -> list[Message]:
        return [message_from_bytes(content) for _sender, _to, content in self.taken]

    def next_mood(self) -> str:
        return self.mood() if callable(self.mood) else self.mood

    def close(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed."""


class _Line(socketserver.StreamRequestHandler):
    server: Postbox

    def say(self, words: str) -> None:
        self.connection.sendall(words.encode() + b"\r\n")

    def turn_to_tls(self) -> None:
        assert self.server.tls
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")

    @property
    def is_safe(self) -> bool:
        return isinstance(self.connection, ssl.SSLSocket)

    def handle(self) -> None:
        self.server.spoken += 1
        self.mood, self.last = self.server.next_mood(), ""
        with contextlib.suppress(OSError, _Gone):
            self.speak()

    def passes(self, step: str) -> None:
        """Where a mood of this line ends it."""
        if self.mood == f"killed at {step}":
            self.server.kill()
            raise _Gone
        if self.mood == "slow":
            time.sleep(0.03)

    def speak(self) -> None:
        if self.mood == "hangs up early":
            return
        if self.mood == "lies still":
            self.server.closing.wait(60)
            return
        if self.server.whole:
            self.turn_to_tls()
        self.say("220 here")
        known = self.server.knows is None
        to: list[str] = []
        while line := self.rfile.readline():
            said = line.decode(errors="replace").strip()
            verb = said[:4].upper()
            if not self.is_safe:
                self.server.overheard.append(said)
            self.passes(verb)
            if verb == "EHLO":
                offers = ["STARTTLS"] * bool(self.server.tls and not self.is_safe) + ["AUTH PLAIN"] * (not known)
                self.say("\r\n".join(["250-here", *(f"250-{one}" for one in offers), "250 8BITMIME"]))
            elif verb == "STAR" and self.server.tls and not self.is_safe:
                self.say("220 turn to it")
                self.turn_to_tls()
            elif verb == "AUTH":
                given = base64.b64decode(said.split()[-1]).decode().split("\0")[1:]
                known = tuple(given) == self.server.knows
                self.say("235 2.7.0 well" if known else "535 5.7.8 that is not it")
            elif not known and verb in ("MAIL", "RCPT", "DATA"):
                self.say("530 5.7.0 who are you?")
            elif verb == "RCPT" and self.mood == "busy":
                self.say("451 4.7.1 later")
            elif verb == "RCPT" and self.mood == "refuses the house":
                self.say("550 5.7.1 we take nothing from you")
            elif verb == "RCPT" and self.mood == "no such":
                self.say("550 5.1.1 no such person")
            elif verb == "RCPT":
                to.append(said)
                self.say("250 well")
            elif verb == "DATA":
                self.say("354 go on")
                self.take(to)
            elif verb == "QUIT":
                if self.last:  # whoever sent it knows now, for good, that it was taken over
                    self.server.unanswered.remove(self.last)
                self.say("221 goodbye")
                return
            else:
                self.say("250 well")

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def take(self, to: list[str]) -> None:
        content = self.whole()
        unanswered = self.mood in ("takes it and hangs up", "loses it", "killed at the end", "killed when lost")
        self.last = str(message_from_bytes(content)["Message-ID"])
        self.server.unanswered.append(self.last)
        if self.mood not in ("loses it", "killed when lost"):
            with self.server.lock:
                self.server.taken.append(("", to, content))
        if self.mood in ("killed at the end", "killed when lost"):
            self.server.kill()
        if unanswered:
            raise _Gone
        self.say("250 taken over")
        self.passes("the answer")

    def whole(self) -> bytes:
        lines = []
        while line := self.rfile.readline():
            if not self.is_safe:
                self.server.overheard.append(line.decode(errors="replace").strip())
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
            self.passes("the words")
            if self.mood == "hangs up before the end":
                break
        raise _Gone


class _Gone(Exception):
    """The line ends."""
