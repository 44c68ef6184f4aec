"""A section's card: what a section says to the pages that gather from all of them.

Every section's AppConfig is a `Section`. What gathers (the frame of a page, today, a circle's page, the download of
one's own things, erasure) asks each card in the order of the house, so that no section imports upward.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.apps import AppConfig, apps


@dataclass(frozen=True)
class Door:
    """A link in the frame of every page: the name of a view, and the words on it. Lower *order* comes first."""

    view: str
    words: Any
    place: str = "nav"  # nav, foot, top; new: where one opens a circle; circle: in each one's head, whose key it takes
    css: str = ""
    duty: str = ""  # only for those who hold this duty
    order: int = 50
    news: Callable[[Any], bool] | None = None  # whether there is something new behind it for this person
    newly: Any = ""  # the words on it then
    stands: Callable[[Any], bool] | None = None  # of a circle: whether it stands in the head for this persona


@dataclass(frozen=True)
class Notable:
    """A kind of thing of which somebody is told: on the bell, and in the way that they choose.

    The sentence says neither what anybody wrote nor what anybody is called: it may be read over a shoulder.
    """

    what: str  # "stories.reply": the section, and what happened in it
    words: Any  # the line in the settings
    say: Callable[[Any], tuple[str, str]]  # of a notice: a sentence, and an address in the house; without a query
    usual: str = "bell"  # how it goes unless somebody chose otherwise: bell, mail or weekly
    duty: str = ""  # for those who hold this duty
    own: bool = False  # to the person, not to one of their personas: what joins to no circle
    to_guides: bool = False  # only for those who guide a circle
    urgent: bool = False  # may come in quiet hours, where the person said so
    when_over: bool = False  # also in a circle that has ended
    wanted: Callable[[Any, int], bool] | None = None  # whether this one wants this thing told; asked when it is told


@dataclass(frozen=True)
class Slip:
    """A piece of a gathering page: a template, which reads its context as `slip.…`. Lower *order* comes first."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50
    waits: bool = False  # somebody waits for this person: then no page says that nothing needs an answer


@dataclass(frozen=True)
class Find:
    """One thing that fits somebody's few words, with what of them it shares: that is the reason why it is shown."""

    words: str  # the line that leads to it
    link: str
    shares: int  # how many of their words, topics and meanings: the order, and never shown
    said: tuple[str, ...] = ()  # the words that it shares, as they typed them
    touched: tuple[str, ...] = ()  # the topics that it shares, in words
    reason: str = ""  # why it stands there, where the usual sentence would not be true
    beneath: tuple[str, ...] = ()  # what is said of it in a quiet line
    thread: str = ""
    at: float = 0  # the newer, the larger
    text: str = ""  # all that it says, and all its topics: whoever tucked such things away does not see it
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finds:
    """What a section has for somebody's few words; and what it leads to where nothing fits."""

    heading: Any
    found: list[Find]
    order: int = 50
    instead: Find | None = None


class Fitting(Protocol):
    """A section that looks for what fits somebody's few words. All sections look first with one look-up together."""

    def lying(self) -> Iterable[Any]:
        """Where that lies which it must see (`Where` in `loom/glance.py`)."""

    def finds(self) -> Finds:
        """What it found, within what this person may see."""


@dataclass(frozen=True)
class Reportable:
    """A thing that a member may show to the safety team: what it says now, whose it is, and what it is (“A story”)."""

    kind: str
    pk: int
    excerpt: str
    author: Any = None
    what: Any = ""


@dataclass(frozen=True)
class Outsider:
    """Somebody without an account, who gave an address so that a mail can tell them of one thing."""

    email: str
    link: str  # where the mail leads: an address in the house
    off: str  # where one button ends it: takes a POST from a mail program (RFC 8058)
    refused: Callable[[], None]  # what becomes of an address that takes no mail
    language: str = ""


class Section(AppConfig):
    """What a section may say of itself. Each answer is empty unless the section overrides it."""

    def doors(self) -> Iterable[Door]:
        """Links in the frame of every page."""
        return ()

    def modules(self) -> Iterable[str]:
        """Scripts that every page loads: ES modules, by the path of their static file."""
        return ()

    def frame(self, request: Any) -> dict[str, Any]:
        """Values that the frame of every page needs."""
        return {}

    def for_landing(self, request: Any) -> Iterable[Slip]:
        """What a signed-out visitor sees on the front page."""
        return ()

    def for_today(self, person: Any) -> Iterable[Slip]:
        """What this person sees on their page of today."""
        return ()

    def promised(self, person: Any) -> Iterable[Slip]:
        """What this person has said that they would do, for their page of today."""
        return ()

    def for_circle(self, persona: Any) -> Iterable[Slip]:
        """What this persona sees on the circle's page."""
        return ()

    def for_ended(self, persona: Any) -> Iterable[Slip]:
        """What this persona finds at its circle when that has ended, until nothing of it is left."""
        return ()

    def for_story(self, persona: Any, story: Any) -> Iterable[Slip]:
        """What this persona may do with a story that it reads, its own or another's, on the story's page."""
        return ()

    def with_story(self) -> Mapping[str, Any]:
        """What comes along with a story when somebody opens it: annotations of its one query, by name."""
        return {}

    def after_story(self, persona: Any, story: Any) -> Iterable[Slip]:
        """What this persona finds right below the words of a story that it reads, which came `with_story`."""
        return ()

    def for_reply(self, persona: Any, story: Any, reply: Any) -> Iterable[Slip]:
        """What this persona may do about somebody who answered a story, below their answer."""
        return ()

    def for_persona(self, persona: Any, other: Any) -> Iterable[Slip]:
        """What this persona may do about another one of the same circle, on the list of people."""
        return ()

    def for_desk(self, persona: Any, around: Any) -> Iterable[Slip]:
        """What whoever guides a circle sees at its desk. *around*: who is there (`circles/around.py`)."""
        return ()

    def beside(self) -> Mapping[str, Any]:
        """What comes along with each persona when a desk asks who is there: annotations of one query, by name."""
        return {}

    def last_heard(self, persona: Any, members: list[Any]) -> Mapping[int, date]:
        """The day on which each of these members was last heard of in their circle, as far as this one who guides it
        may know. They come with what is `beside` them; of whom nothing is known, nothing is said."""
        return {}

    def for_team(self, person: Any) -> Iterable[Slip]:
        """What waits for this person of the safety team besides what was told to it, at the safety desk."""
        return ()

    def for_settings(self, person: Any) -> Iterable[Slip]:
        """What this person may set."""
        return ()

    def for_devices(self, person: Any) -> Iterable[Slip]:
        """What this person sees below the list of places where they are signed in."""
        return ()

    def worker(self) -> str:
        """A piece of the service worker: what a browser does for this section while no page is open."""
        return ""

    def shut_off(self, *personas: Any) -> Iterable[bytes]:
        """Owner tags of those whom these must not see in their circles, and who must not see them."""
        return ()

    def lying(self, person: Any) -> Iterable[Any]:
        """Where that lies which this section's part of a page asks for (`Where` in `loom/glance.py`)."""
        return ()

    def along(self) -> Mapping[str, Any]:
        """What comes along with each of one's own personas when one looks for something: annotations, by name."""
        return {}

    def fitting(self, person: Any, sought: Any) -> Fitting | None:
        """How this section looks for what fits a few words (`circles/sought.py`)."""
        return None

    def reportable(self, kind: str, pk: int, persona: Any) -> Reportable | None:
        """The thing of this kind and id, if it is this section's and this persona may see it."""
        return None

    def carried_away(self, person: Any, persona: Any) -> None:
        """Somebody reads in a circle as if to carry it away, and has been stopped for a while."""

    def may_hear(self, persona_id: int, subject: str) -> bool | None:
        """Whether this persona may hear this live subject (`loom/streams.py`); None for those of other sections."""
        return None

    def kept_of(self, person: Any) -> dict[str, Any]:
        """All that this section keeps of a person, as plain data, for their own download."""
        return {}

    def jobs(self) -> Mapping[str, Callable[..., None]]:
        """What does this section's jobs (`jobs.py`), by the last part of their names."""
        return {}

    def spoken(self, request: Any, language: str) -> None:
        """Somebody chose this language at the foot of a page."""

    def new_address(self, person: Any) -> None:
        """This person gave another e-mail address, or none."""

    def outsiders(self) -> Mapping[str, Callable[[int], Outsider | None]]:
        """Who without an account gets a mail of this kind, by the id of what it is about; None: it is not wanted."""
        return {}

    def notables(self) -> Iterable[Notable]:
        """The kinds of things of which this section tells somebody."""
        return ()

    def begin(self) -> None:
        """What this section sees to whenever the house is started, once its tables are up to date."""

    def checks(self) -> Mapping[str, Callable[[], str | None]]:
        """What `weft check` looks at here, by name. Each says what it saw, or raises `ailing.Mend`."""
        return {}

    def tidy(self) -> None:
        """What this section does by itself once a night: let go of what has run out."""

    def holds(self, persona: Any) -> bool:
        """Whether somebody who visits a circle still has something here: then they are not let go of yet."""
        return False

    def came_in(self, persona: Any) -> None:
        """A persona takes a seat in its circle. The circle is locked, and the persona is saved only afterwards."""

    def wrote(self, persona: Any) -> bool:
        """Whether words of this persona stand in its circle: then it is asked what shall become of them."""
        return False

    def stays(self, person: Any) -> Iterable[str]:
        """What stays with this person when they leave a circle, since it is not the circle's: a sentence for each."""
        return ()

    def leave(self, persona: Any, *, words: str) -> None:
        """Let a persona go from its circle. *words*: "take" or "erase" its words, or "keep" them without a name."""

    def gone(self, kind: str, pk: int) -> None:
        """A thing of a section above was taken back or erased: what was made of it here goes too."""

    def closes(self, circle_id: int) -> None:
        """A circle ends: what was still to come in it stops. Everything that stands there is kept as it is."""

    def keeps_row(self, circle_id: int) -> bool:
        """Whether something that is kept here for safety needs the row of a circle of which all else is erased."""
        return False

    def forget(self, person: Any) -> None:
        """Erase what this section keeps of a person."""

    def erasures(self) -> dict[str, Callable[[int], None]]:
        """How this section erases again, by kind and id, what an older backup brings back (`loom/ledger.py`)."""
        return {}


def sections() -> list[Section]:
    """All cards, in the order of the house."""
    return [config for config in apps.get_app_configs() if isinstance(config, Section)]
