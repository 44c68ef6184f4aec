"""Joining a circle: by the open door, by asking, by invitation; in line when no seat is free."""

import pytest
from django.urls import reverse

from weft.circles.models import Circle, Invitation, NameTaken, Persona
from weft.conftest import enter, make_circle


def yes(**more):
    return {"name": "Finch", "yes": "on"} | more


def test_an_open_circle_takes_whoever_says_yes_to_its_agreement(circle, mallory, sign_in):
    browser = sign_in(mallory)
    page = browser.get(reverse("circles:join", kwargs={"key": circle.pk}))
    assert "What is said here stays here." in page.content.decode()
    answer = browser.post(reverse("circles:join", kwargs={"key": circle.pk}), yes())
    assert answer.status_code == 302
    persona = Persona.objects.owned(mallory, circle.pk).get()
    assert persona.is_inside
    assert persona.has_accepted(circle.agreement)


def test_nobody_comes_in_without_a_yes(circle, mallory, sign_in):
    page = sign_in(mallory).post(reverse("circles:join", kwargs={"key": circle.pk}), {"name": "Finch"})
    assert "please say yes to the agreement" in page.content.decode()
    assert 'value="Finch"' in page.content.decode()
    assert not Persona.objects.owned(mallory, circle.pk).exists()


def test_a_clause_may_be_declined(circle, mallory, sign_in):
    sign_in(mallory).post(reverse("circles:join", kwargs={"key": circle.pk}), yes())
    assert Persona.objects.owned(mallory, circle.pk).get().acceptances.get().declined == [0]


def test_a_double_click_joins_once(circle, mallory, sign_in):
    browser = sign_in(mallory)
    for _ in range(2):
        assert browser.post(reverse("circles:join", kwargs={"key": circle.pk}), yes()).status_code == 302
    assert circle.personas.count() == 1


def test_a_taken_name_keeps_what_was_written(circle, ada, mallory, sign_in):
    page = sign_in(mallory).post(reverse("circles:join", kwargs={"key": circle.pk}), yes(name="  rIVER "))
    assert "Somebody here has this name" in page.content.decode()
    with pytest.raises(NameTaken):
        Persona.enter(mallory, circle, "river")


def test_asking_shows_the_answers_only_to_those_who_guide(house, mallory, sign_in):
    circle = make_circle(door=Circle.Door.REQUEST, questions=["What brings you?"])
    from weft.people.models import Person

    guide = enter(Person.objects.join("guide", None), circle, "Guide", role=Persona.Role.FACILITATOR)
    member = enter(Person.objects.join("member", None), circle, "Member")
    sign_in(mallory).post(reverse("circles:join", kwargs={"key": circle.pk}), yes(answer_0="My neighbour sent me."))
    asking = Persona.objects.owned(mallory, circle.pk).get()
    assert asking.standing == Persona.Standing.ASKING
    desk = reverse("circles:desk", kwargs={"key": circle.pk})
    assert "My neighbour sent me." in sign_in(guide).get(desk).content.decode()
    assert sign_in(member).get(desk).status_code == 404
    assert sign_in(mallory).get(reverse("circles:people", kwargs={"key": circle.pk})).status_code == 404
    answer = reverse("circles:answer", kwargs={"key": circle.pk, "persona_key": asking.pk})
    assert sign_in(member).post(answer, {"answer": "yes"}).status_code == 404
    sign_in(guide).post(answer, {"answer": "yes"})
    asking.refresh_from_db()
    assert asking.is_inside
    assert list(asking.answers) == []


def test_a_full_circle_makes_a_line_and_a_free_seat_goes_to_the_first(house, sign_in):
    from weft.people.models import Person

    circle = make_circle(seats=2)
    people = [Person.objects.join(f"p{n}", None) for n in range(5)]
    personas = [enter(person, circle, f"P{n}") for n, person in enumerate(people)]
    assert [p.standing for p in personas] == ["inside", "inside", "waiting", "waiting", "waiting"]
    personas[0].leave(by=people[0], words="take")
    assert [p.name for p in circle.personas.inside().order_by("place_in_line", "since")][-1] in ("P1", "P2")
    assert {p.name for p in circle.personas.inside()} == {"P1", "P2"}
    assert "You are in line" in sign_in(people[3]).get(circle.get_absolute_url()).content.decode()


def test_an_invitation_lets_in_as_many_as_it_says_and_names_the_inviter(cleo, mallory, ben, sign_in, client):
    _, token = Invitation.write(cleo, uses=1, note="See you there.")
    address = reverse("circles:invitation", kwargs={"token": token})
    outside = client.get(address).content.decode()
    assert "Cleo invites you" in outside
    assert "See you there." in outside
    assert sign_in(mallory).post(address, yes()).status_code == 302
    assert Persona.objects.inside().owned(mallory, cleo.circle_id).exists()
    assert sign_in(ben).get(address).status_code == 404
    assert client.get(reverse("circles:invitation", kwargs={"token": "aaaa-bbbb-cccc-dddd"})).status_code == 404


def test_an_unlisted_circle_is_not_there_for_a_stranger(circle, ada, mallory, sign_in, client):
    assert client.get(circle.get_absolute_url()).status_code == 200
    circle.listed = False
    circle.save()
    assert client.get(circle.get_absolute_url()).status_code == 404
    assert sign_in(mallory).get(circle.get_absolute_url()).status_code == 404
    assert sign_in(ada).get(circle.get_absolute_url()).status_code == 200


def test_whoever_was_removed_cannot_come_back(cleo, ada, circle, sign_in):
    remove = reverse("circles:remove", kwargs={"key": circle.pk, "persona_key": ada.pk})
    assert sign_in(ada).post(remove).status_code == 404
    sign_in(cleo).post(remove)
    page = sign_in(ada.person).post(reverse("circles:join", kwargs={"key": circle.pk}), yes(name="Another"))
    assert page.status_code == 404
    assert not circle.personas.filter(name_tag=ada.name_tag).exists()
