"""A real push service on this machine, which can be slow, refuse, hang up and lie still, at any moment of a push.

It looks at each push as the real ones do: whether it is empty, says how long it is kept, and is signed for this very
service by the key to which its device is bound. Like them it keeps the newest of a topic for a device.
"""

import base64
import contextlib
import json
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

FAULTS = ("busy", "busy for a while", "broken", "refuses the house", "elsewhere", "hangs up early",
          "hangs up before the end", "takes it and hangs up", "loses it", "slow")  # fmt: skip
KILLS = ("killed at the door", "killed at the head", "killed at the end", "killed when lost", "killed at the answer")
ANSWERS = {"busy": "429 Too Many", "busy for a while": "429 Too Many", "broken": "503 Away",
           "refuses the house": "403 Forbidden", "elsewhere": "307 Elsewhere", "gone": "410 Gone",
           "unknown": "404 Unknown"}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """A push that was taken over."""

    path: str
    head: dict[str, str]
    body: bytes
    claims: dict[str, Any]


class Pushbox(socketserver.ThreadingTCPServer):
    """Give it a mood, or a function that gives one for each push."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mood: Any = "well", context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.mood, self.context = mood, context
        self.taken: list[Taken] = []
        self.wrong: list[str] = []  # what a real service would refuse
        self.unanswered: list[str] = []  # paths of devices whose push may have been taken over, as its sender sees it
        self.spoken = 0
        self.elsewhere = 0  # how often somebody followed it to where it pointed
        self.kill: Any = None
        self.lock = threading.Lock()
        self.closing = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.server_address[1]}"

    def next_mood(self) -> str:
        return self.mood() if callable(self.mood) else self.mood

    def close(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed."""


def signed(words: str) -> tuple[dict[str, Any], str]:
    """What VAPID says (RFC 8292), and by which key. Whatever is wrong with it raises."""
    scheme, _space, rest = words.partition(" ")
    said = dict(part.strip().split("=", 1) for part in rest.split(","))
    if scheme != "vapid":
        raise ValueError(scheme)
    head, claims, signature = said["t"].split(".")
    raw = _bytes(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(said["k"]))
    mark = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.verify(mark, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    if json.loads(_bytes(head)) != {"typ": "JWT", "alg": "ES256"} or len(raw) != 64:
        raise ValueError(head)
    return json.loads(_bytes(claims)), said["k"]


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class _Line(socketserver.StreamRequestHandler):
    server: Pushbox

    def setup(self) -> None:
        if self.server.context:
            self.request.settimeout(5)
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self.server.spoken += 1
        self.mood = self.server.next_mood()
        with contextlib.suppress(OSError, _Gone):
            self.hear()

    def passes(self, step: str) -> None:
        if self.mood == f"killed at {step}":
            self.server.kill()
            raise _Gone
        if self.mood == "slow":
            time.sleep(0.03)

    def hear(self) -> None:
        self.passes("the door")
        if self.mood == "hangs up early":
            return
        if self.mood == "lies still":
            self.server.closing.wait(60)
            return
        verb, path, _version = self.rfile.readline().decode().split()
        head: dict[str, str] = {}
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            name, _colon, value = line.decode().partition(":")
            head[name.strip().lower()] = value.strip()
            self.passes("the head")
            if self.mood == "hangs up before the end" and len(head) > 3:
                return
        if line == b"":  # it did not end
            return
        if path == "/elsewhere":
            self.server.elsewhere += 1
        body = self.rfile.read(int(head.get("content-length", "0")))
        self.take(verb, path, head, body)

    def take(self, verb: str, path: str, head: dict[str, str], body: bytes) -> None:
        if self.mood in ANSWERS:
            self.say(ANSWERS[self.mood])
            return
        try:
            claims, _key = signed(head["authorization"])
            if verb != "POST" or body or int(head["ttl"]) < 1 or claims["aud"] != self.server.origin:
                raise ValueError(verb)
        except Exception as error:  # whatever it was, a real one takes it not
            self.server.wrong.append(repr(error))
            self.say("400 Bad")
            return
        self.server.unanswered.append(path)
        if self.mood not in ("loses it", "killed when lost"):
            with self.server.lock:
                self.server.taken.append(Taken(path, head, body, claims))
        if self.mood in ("killed at the end", "killed when lost"):
            self.server.kill()
        if self.mood in ("takes it and hangs up", "loses it", "killed at the end", "killed when lost"):
            raise _Gone
        self.say("201 Created")
        if self.mood == "killed at the answer":
            time.sleep(0.05)  # it may have read the answer, and kept that it did; or not
            self.server.kill()
        else:
            self.server.unanswered.remove(path)

    def say(self, answer: str) -> None:
        more = {
            "busy for a while": "Retry-After: 5400\r\n",
            "elsewhere": f"Location: {self.server.origin}/elsewhere\r\n",
        }
        self.wfile.write(f"HTTP/1.1 {answer}\r\n{more.get(self.mood, '')}Content-Length: 0\r\n\r\n".encode())


class _Gone(Exception):
    """The line ends."""
