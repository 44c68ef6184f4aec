"""A real house, served in processes of its own, and people who answer a story in it over HTTP."""

import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[3]
PATIENCE = 60
FORM = "k" * 32  # the token of a form, and its cookie: any browser could have made it up

# A circle with a story, and people who are signed in. It prints the cookies, and where the story is.
HOUSE = """
import django
django.setup()
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from weft.loom import tables
tables.ready()
from weft.circles.models import House
from weft.conftest import enter, make_circle
from weft.loom import keys
from weft.people.devices import SessionStore
from weft.people.models import Person
from weft.stories.models import Reply, Story
keys.ready()
commons = make_circle("Mill House", kind="commons", seats=500)
House.objects.create(commons=commons, kind="charity", country="GB")
room, cookies, personas = make_circle(seats=100), [], []
for number in range(8):
    person = Person.objects.join(f"person {number}")
    enter(person, commons, f"Name {number}")
    personas.append(enter(person, room, f"Name {number}"))
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), "weft.people.door.Opened"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    cookies.append(session.session_key)
story = Story.begin(personas[0])
story.write("The first Sunday.", wish="ideas", audience="circle", topics=[])
story.share(by=personas[0])
Reply.say(story, "I was there.", by=personas[1])
print(json.dumps({"cookies": cookies, "story": story.get_absolute_url()}))
"""
THERE = """
import django
django.setup()
import json
from weft.stories.models import Reply
print(json.dumps([reply.text for reply in Reply.objects.all()]))
"""


class Served:
    """A house in a folder, and its process."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.folder.mkdir(mode=0o700, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WEFT_", "DJANGO_"))}
        self.environment = kept | {
            "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1", "WEFT_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "weft.settings", **more,
        }  # fmt: skip
        if not (folder / "house.key").exists():
            from weft.loom import keys

            keys.make(folder / "house.key")
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = str(door.getsockname()[1])
        self.process: subprocess.Popen[str] | None = None

    def ask(self, lines: str) -> str:
        """Run a few lines of Python in the house, and hear what they print."""
        done = subprocess.run(
            [sys.executable, "-c", lines], env=self.environment, text=True, stdout=subprocess.PIPE, check=True
        )
        return done.stdout

    def fill(self) -> None:
        """Make the circle, the story and the people."""
        made = json.loads(self.ask(HOUSE))
        self.cookies, self.story = made["cookies"], made["story"]

    def weft(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the house."""
        return subprocess.run(
            [sys.executable, "-m", "weft", *arguments],
            env=self.environment,
            text=True,
            capture_output=True,
            check=False,
        )

    def open(self, *arguments: str, program: str = "") -> None:
        """Serve it; *program* in place of `weft` (a careless one, for a control)."""
        run = ["-c", program] if program else ["-m", "weft"]
        self.process = subprocess.Popen(
            [sys.executable, *run, "serve", "--port", self.port, *arguments],
            env=self.environment, text=True, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self.process.stdout
        while "Stop with Ctrl+C." not in (line := self.process.stdout.readline()):
            assert line, f"it ended with {self.process.wait()}"

    def kill(self) -> None:
        """Kill it with everything that it started, without a word."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()
            self.process = None

    def get(self, path: str, cookie: str = "") -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=PATIENCE)) as line:
            line.request("GET", path, headers={"Cookie": f"place={cookie}"})
            answer = line.getresponse()
            return answer.status, answer.read().decode()


class People:
    """Some of the house's people, answering its story for as long as they are let."""

    def __init__(self, house: Served, pause: float = 0.05) -> None:
        self.house, self.pause = house, pause
        self.acknowledged: list[str] = []
        self.longest = 0.0  # seconds that one of them waited for an answer that came
        self.refused: list[int] = []  # answers that said no
        self.changed = threading.Condition()
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=[cookie], daemon=True) for cookie in house.cookies]
        for thread in self.threads:
            thread.start()

    def wait(self, more: int) -> float:
        """Until so many more were acknowledged: how long it took."""
        began = time.monotonic()
        with self.changed:
            enough = len(self.acknowledged) + more
            assert self.changed.wait_for(lambda: len(self.acknowledged) >= enough, PATIENCE), self.refused[-5:]
        return time.monotonic() - began

    def stop(self) -> list[str]:
        self.stopped.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        return self.acknowledged

    def _write(self, cookie: str) -> None:
        line = None
        for count in itertools.count():
            if self.stopped.is_set():
                break
            words = f"answer {count} by {cookie[:8]}"
            try:
                line = line or http.client.HTTPConnection("127.0.0.1", int(self.house.port), timeout=PATIENCE)
                began = time.monotonic()
                status = answer(line, self.house.story, cookie, words)
                took = time.monotonic() - began
            except (OSError, http.client.HTTPException):
                line = line and line.close()
                self.stopped.wait(0.1)
                continue
            with self.changed:
                if status == 302:
                    self.acknowledged.append(words)
                    self.longest = max(self.longest, took)
                    self.changed.notify_all()
                else:
                    self.refused.append(status)
            self.stopped.wait(self.pause if status == 302 else 0.2)
        if line:
            line.close()


def answer(line: http.client.HTTPConnection, story: str, cookie: str, words: str) -> int:
    """Send the form under a story."""
    form = urlencode({"text": words, "once": words, "csrfmiddlewaretoken": FORM})
    headers = {"Cookie": f"place={cookie}; form={FORM}", "Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", f"{story}replies/", form, headers)
    said = line.getresponse()
    said.read()
    return said.status
