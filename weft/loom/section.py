"""A section's card: what a section says to the pages that gather from all of them.

Every section's AppConfig is a `Section`. What gathers (the frame of a page, today, a circle's page, the download of
one's own things, erasure) asks each card in the order of the house, so that no section imports upward.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import AppConfig, apps


@dataclass(frozen=True)
class Door:
    """A link in the frame of every page: the name of a view, and the words on it. Lower *order* comes first."""

    view: str
    words: Any
    place: str = "nav"  # nav, foot, or top
    css: str = ""
    duty: str = ""  # only for those who hold this duty
    order: int = 50
    news: Callable[[Any], bool] | None = None  # whether there is something new behind it for this person
    newly: Any = ""  # the words on it then


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
    wanted: Callable[[Any, int], bool] | None = None  # whether this one wants this thing told; asked when it is told


@dataclass(frozen=True)
class Slip:
    """A piece of a gathering page: a template, which reads its context as `slip.…`. Lower *order* comes first."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50
    waits: bool = False  # somebody waits for this person: then no page says that nothing needs an answer


@dataclass(frozen=True)
class Reportable:
    """A thing that a member may show to the safety team: what it says now, whose it is, and what it is (“A story”)."""

    kind: str
    pk: int
    excerpt: str
    author: Any = None
    what: Any = ""


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

    def for_persona(self, persona: Any, other: Any) -> Iterable[Slip]:
        """What this persona may do about another one of the same circle, on the list of people."""
        return ()

    def for_settings(self, person: Any) -> Iterable[Slip]:
        """What this person may set."""
        return ()

    def hidden_from(self, *personas: Any) -> Iterable[int]:
        """Ids of personas whom these must not see in their circles, and who must not see them."""
        return ()

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

    def wrote(self, persona: Any) -> bool:
        """Whether words of this persona stand in its circle: then it is asked what shall become of them."""
        return False

    def leave(self, persona: Any, *, words: str) -> None:
        """Let a persona go from its circle. *words*: "take" or "erase" its words, or "keep" them without a name."""

    def forget(self, person: Any) -> None:
        """Erase what this section keeps of a person."""

    def erasures(self) -> dict[str, Callable[[int], None]]:
        """How this section erases again, by kind and id, what an older backup brings back (`loom/ledger.py`)."""
        return {}


def sections() -> list[Section]:
    """All cards, in the order of the house."""
    return [config for config in apps.get_app_configs() if isinstance(config, Section)]
