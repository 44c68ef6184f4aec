"""What the readers of a plan ask for. Django is not here: the load comes from a process of its own, and is light."""

import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from weft.loom.ids import KeyConverter, random_id

SECRET = "benchbenchbenchbenchbenchbenchbe"  # noqa: S105  # what ties a browser's forms to it; each draws its own
WORDS = """I remember the second plate. For me it was the toothbrush, I bought two for a whole year, and I never told
a soul until now.

I am sitting with you, on the floor, as long as you like. It is now {} years."""

Ask = tuple[str, str, str, bytes, int]  # method, address, cookie, body, and the status of the answer


class Asks:
    """Each page is asked by another reader than the one before."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan, self.readers = plan, plan["readers"]
        self.draw, self.turn = random.Random(11), 0  # noqa: S311

    def reader(self) -> dict[str, Any]:
        self.turn += 1
        found: dict[str, Any] = self.readers[self.turn * 7919 % len(self.readers)]
        return found

    def next(self, page: str) -> list[Ask]:
        """What one reader sends for this page, one after the other."""
        return PAGES[page](self, self.reader())

    def story(self, reader: dict[str, Any]) -> list[Ask]:
        return [_get(self.draw.choice(reader["full"]), reader)]

    def today(self, reader: dict[str, Any]) -> list[Ask]:
        return [_get("/", reader)]

    def circle(self, reader: dict[str, Any]) -> list[Ask]:
        return [_get(reader["circle"], reader)]

    def find(self, reader: dict[str, Any]) -> list[Ask]:
        return [_get(f"/circles/?asked={self.plan['asked']}", reader)]

    def search(self, reader: dict[str, Any]) -> list[Ask]:
        return [_get(f"/search/?asked={reader['search']}", reader)]

    def reply(self, reader: dict[str, Any]) -> list[Ask]:
        """Each is sent for the first time, in words of its own: one that comes again is known, and costs less."""
        said = {"text": WORDS.format(random.SystemRandom().randrange(1000, 9999)), "once": f"{random_id():x}"}
        return [_post(self.draw.choice(reader["open"]) + "replies/", reader, **said)]

    def telling(self, reader: dict[str, Any]) -> list[Ask]:
        """The sheet, and the page on which it is read once more and shared."""
        sheet = f"{reader['circle']}stories/{KeyConverter().to_url(random_id())}/"
        said = {"text": WORDS.format(self.turn), "wish": "listen", "audience": "circle", "topics": "loss", "read": "1"}
        return [_post(f"{sheet}draft/", reader, **said), _post(f"{sheet}reading/", reader)]

    def sign_in(self, reader: dict[str, Any]) -> list[Ask]:
        return [_post("/door/", None, name=reader["name"], passphrase=self.plan["passphrase"])]


PAGES: dict[str, Callable[[Asks, dict[str, Any]], list[Ask]]] = {
    "a story with 20 replies": Asks.story,
    "today": Asks.today,
    "a circle's list": Asks.circle,
    "find a circle": Asks.find,
    "search": Asks.search,
    "a reply": Asks.reply,
    "telling (two forms)": Asks.telling,
    "sign-in": Asks.sign_in,
}
RARE = {"sign-in": 60}  # the door takes 200 tries at once, and two a second


def _get(address: str, reader: dict[str, Any]) -> Ask:
    return "GET", address, f"place={reader['cookie']}", b"", 200


def _post(address: str, reader: dict[str, Any] | None, **said: str) -> Ask:
    cookie = f"form={SECRET}" + (f"; place={reader['cookie']}" if reader else "")
    return "POST", address, cookie, urlencode({"csrfmiddlewaretoken": SECRET, **said}).encode(), 302
