"""What the calendar of a person keeps of them, and how it goes."""

from typing import Any

from weft.gatherings.models.feed import Feed
from weft.people.models import Person


def kept_of(person: Person) -> dict[str, Any]:
    """For a person's own download."""
    found = Feed.of(person)
    return {"calendar": {name: found.facts[name] for name in ("which", "title", "words", "details")}} if found else {}


def forget(person: Person) -> None:
    Feed.objects.filter(person=person).delete()


def again(key: int) -> None:
    """A calendar that was renewed or ended, and came back with an older backup, goes once more."""
    Feed.objects.filter(pk=key).delete()
