"""Erasure: a person goes, and everything that was theirs. In one piece, or not at all."""

from weft.circles import veil
from weft.circles.models import Circle, House, Persona
from weft.loom import ledger, time
from weft.loom.section import sections
from weft.people.models import Duty, Person
from weft.safety.models import Concern, Unveiling


def erase(person: Person, *, words: str) -> None:
    """Leave every circle, let every section forget, and end the account. Replies by others stand.

    *words*: "erase" what this person wrote, or "keep" it where it stands, without a name.
    """
    with ledger.erasing(f"home.person_{words}", person.pk):
        # From here on this person enters no other circle. The tags are the truth; the keyring is only quick.
        Person.objects.select_for_update().get(pk=person.pk)
        mine = Persona.objects.filter(pk__in=veil.rebuild(person).values()).select_related("circle")
        rooms = []
        for persona in mine:
            rooms.append(persona.circle)
            persona.leave(by=person, words=words)
        for section in reversed(sections()):
            section.forget(person)
        Person.objects.filter(pk=person.pk).delete()
        for room in rooms:
            _close_if_empty(room)


def _close_if_empty(room: Circle) -> None:
    """A room that its last person has left: nobody shall walk into it and find nobody there, or wait at its door. One
    that could not even be found is gone with all that was said in it."""
    if room.personas.inside().exists() or House.objects.filter(commons=room).exists():
        return
    at_the_door = list(room.personas.all())
    kept = Concern.objects.open().filter(circle=room).exists() or Unveiling.objects.filter(circle=room).exists()
    if not (at_the_door or room.listed or kept):
        for section in reversed(sections()):
            section.gone("circle", room.pk)
        room.delete()
        return
    for asking in at_the_door:
        if asking.standing == Persona.Standing.VISITING:
            asking.go(words="erase")
            continue
        asking.standing, asking.answers = Persona.Standing.DECLINED, []
        asking.save()
    room.change({"closed_on": room.closed_on or time.today()})


def left_alone(person: Person) -> list[Circle]:
    """Circles that nobody else guides."""
    guided = {mine.circle: mine.pk for mine in Persona.all_of(person) if mine.facilitates}
    others = Persona.objects.guiding().filter(circle__in=guided).exclude(pk__in=guided.values())
    shared = set(others.values_list("circle_id", flat=True))
    return [circle for circle in guided if circle.pk not in shared]


def last_duties(person: Person) -> list[str]:
    """Duties that nobody else holds, in words."""
    others = set(Duty.objects.exclude(person=person).values_list("kind", flat=True))
    return [duty.kind for duty in person.duties.all() if duty.kind not in others]
