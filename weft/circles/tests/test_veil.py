"""The veil holds: a person finds their personas; without the key nobody else can."""

from weft.circles import veil
from weft.circles.models import Circle, Persona


def test_a_keyring_that_was_lost_is_rebuilt(ada: Persona, ben: Persona):
    person = ada.person
    person.keyring = None
    person.save()
    again = type(person).objects.get(pk=person.pk)
    assert veil.keyring(again) == {ada.circle_id: ada.pk}
    assert list(Circle.objects.entered_by(again)) == [ada.circle]


def test_a_persona_row_names_no_person(ada: Persona):
    row = Persona.objects.filter(pk=ada.pk).values().get()
    assert all(str(ada.person.pk) not in str(value) for value in row.values())
    assert veil.person_of(ada) == ada.person


def test_entering_twice_gives_the_same_persona(ada: Persona, circle: Circle):
    assert Persona.enter(ada.person, circle, "Another") == ada
