"""One member who floods the house leaves everybody else's pages as quick as they were.

Against the real server, in a process of its own, beside a second house over the same database that nobody floods. The
control is the same house without turns.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from weft.circles.models import Persona
from weft.conftest import PASSPHRASE, enter
from weft.people.models import Person
from weft.stories.models import Reply, Story
from weft.tests import far

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MOST = 1.5  # times as long as in a calm house, at the 95th percentile
OTHERS = 24
AT_ONCE = 60  # requests of the one who floods
NO_TURNS = "from weft.loom import turns; turns.Turns._may_begin = lambda *_: 0"

FLOOD = """
import select, socket, sys
port, many, cookie, *paths = sys.argv[1:]
asked = [f"GET {path} HTTP/1.1\\r\\nHost: localhost\\r\\nCookie: {cookie}\\r\\n\\r\\n".encode() for path in paths]
number = 0
def begin():
    line = socket.create_connection(("127.0.0.1", int(port)))
    line.setblocking(False)
    ask(line)
    return line
def ask(line):
    global number
    number += 1
    line.send(asked[number % len(asked)])
lines = [begin() for _ in range(int(many))]
print("begun", flush=True)
while True:
    for line in select.select(lines, [], [])[0]:
        try:
            heard = line.recv(262144)
            if heard.rstrip().endswith(b"</html>"):
                ask(line)
        except OSError:
            heard = b""
        if not heard:
            lines[lines.index(line)] = begin()
            line.close()
"""


@pytest.fixture
def told(ada: Persona, cleo: Persona) -> Story:
    """A story with twenty replies."""
    story = Story(circle=ada.circle, teller=ada)
    story.write("The first Sunday. " * 30, wish="been", audience="circle", topics=[])
    story.share(by=ada)
    for number in range(20):
        Reply.say(story, f"{number} I was there too, and it was long. " * 8, by=cleo, once=str(number))
    return story


@pytest.fixture
def others(ada: Persona) -> list[Persona]:
    ada.circle.seats = 2 * OTHERS
    ada.circle.save()
    return [enter(Person.objects.join(f"other {n}", PASSPHRASE), ada.circle, f"Other {n}") for n in range(OTHERS)]


@contextmanager
def flood(house: far.Far, who: Persona, *paths: str) -> Iterator[None]:
    """One member who asks for pages, many at once, as fast as they come."""
    arguments = [str(house.port), str(AT_ONCE), far.cookie(who), *paths]
    process = subprocess.Popen([sys.executable, "-c", FLOOD, *arguments], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline()
        time.sleep(1)  # until it has used what anybody may use at once, or as good as
        yield
        assert process.poll() is None, "it went on to the last"
    finally:
        process.kill()
        process.communicate()


def slower_under_a_flood(who: Persona, others: list[Persona], story: Story, broken: str = "") -> float:
    """How many times as long the others' pages take under a flood."""
    path = story.get_absolute_url()
    with ExitStack() as stack:
        house, calm = stack.enter_context(far.far_house(broken)), stack.enter_context(far.far_house(broken))
        here, there = (far.at_home(one, stack, others, path) for one in (house, calm))
        stack.enter_context(flood(house, who, path, "/"))
        return far.how_much_slower(here, there, rounds=1 if broken else 5)


def test_one_abuser(ada, cleo, told, others):
    assert slower_under_a_flood(cleo, others, told) <= MOST


def test_without_turns_everybody_would_wait(ada, cleo, told, others):
    assert slower_under_a_flood(cleo, others[:4], told, NO_TURNS) > MOST


def test_whoever_floods_is_still_answered(cleo, told):
    """Slower, and in words; never a line that is cut."""
    with far.far_house() as house, flood(house, cleo, told.get_absolute_url()), closing(house.line()) as line:
        line.sendall(far.request("/help/", far.cookie(cleo)))
        assert far.answer(line)[0] in (200, 429)
