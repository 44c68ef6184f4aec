"""The veil between a person and their personas: the only module that holds the key to it.

Without the key nobody can tell from the database which personas belong to one person, or who is in which circle.
A persona is found from its person by a keyed hash of the two; the way back is sealed; the list of a person's personas
is sealed too, padded, and can be rebuilt at any time.
"""

import json
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from weft.loom import keys, seal
from weft.loom.ready import ready
from weft.people.models import Person

if TYPE_CHECKING:
    from weft.circles.models import Persona

SCOPE = "veil"
PAD = 512  # bytes: a sealed keyring tells its length only as coarsely as this


@ready
def _person(pk: int) -> "QuerySet[Person]":
    return Person.objects.filter(pk=pk)


def owner_tag(person: Person, circle_id: int) -> bytes:
    """By this a person's persona in a circle is found, and nothing else."""
    return keys.tag(keys.secret(SCOPE), "owner", person.pk, circle_id)


def own(persona: "Persona", person: Person) -> None:
    """Tie a new, unsaved persona to its person."""
    persona.owner_tag = owner_tag(person, persona.circle_id)
    persona.owner_sealed = seal.seal(str(person.pk), SCOPE, f"owner:{persona.pk}")


def person_of(persona: "Persona") -> Person:
    """The person behind a persona. Only for mail, erasure and break-glass: each call site is named in a test."""
    found = _person(int(seal.unseal(persona.owner_sealed, SCOPE, f"owner:{persona.pk}")))
    if not found:
        raise Person.DoesNotExist
    return found[0]


def address_of(persona: "Persona") -> str:
    """The e-mail address of the person behind a persona, or nothing. Only for an unveiling to which two have agreed."""
    return str(person_of(persona).email)


def keyring(person: Person) -> dict[int, int]:
    """The ids of this person's personas, by circle. Read once for each person object."""
    if "_keyring" not in person.__dict__:
        person._keyring = _read(person) if person.keyring else rebuild(person)  # type: ignore[attr-defined]
    found: dict[int, int] = person._keyring  # type: ignore[attr-defined]
    return found


def hang(person: Person, persona: "Persona") -> None:
    """Put a persona on its person's keyring."""
    _change(person, lambda ring: ring.update({persona.circle_id: persona.pk}))


def take_off(person: Person, circle_id: int) -> None:
    """Take a circle's persona off the keyring."""
    _change(person, lambda ring: ring.pop(circle_id, None))


def rebuild(person: Person) -> dict[int, int]:
    """The keyring anew, from the tags: it is a convenience, never the truth."""
    from weft.circles.models import Circle, Persona

    tags = {owner_tag(person, pk): pk for pk in Circle.objects.values_list("pk", flat=True)}
    found = Persona.objects.filter(owner_tag__in=list(tags)).values_list("owner_tag", "pk")
    return {tags[bytes(tag)]: pk for tag, pk in found}


def _read(person: Person) -> dict[int, int]:
    return {int(circle): persona for circle, persona in json.loads(person.keyring).items()}


def _change(person: Person, change: Any) -> None:
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        ring = dict(keyring(row))
        change(ring)
        row.keyring = seal.padded(json.dumps(ring), PAD)
        row.save(update_fields=["keyring"])
    person.keyring, person._keyring = row.keyring, ring  # type: ignore[attr-defined]
