"""Whoever is new is greeted by a person."""

from django.urls import reverse

from weft.companions.models import Greeting


def test_a_newcomer_is_greeted_in_words_that_were_changed(cleo, ada, circle, sign_in):
    circle.greeting = "Hello {name}, good that you came."
    circle.save()
    greet = reverse("companions:greet", kwargs={"key": circle.pk, "persona_key": ada.pk})
    assert "Hello River, good that you came." in sign_in(cleo).get(greet).content.decode()
    for _ in range(2):
        sign_in(cleo).post(greet, {"words": "Hello River. Tea is on."})
    assert Greeting.objects.count() == 1
    assert "Tea is on." in sign_in(ada).get(circle.get_absolute_url()).content.decode()


def test_only_who_guides_greets_and_only_these_two_read_it(cleo, ada, mallory, circle, sign_in):
    from weft.conftest import enter

    other = enter(mallory, circle, "Finch")
    greet = reverse("companions:greet", kwargs={"key": circle.pk, "persona_key": ada.pk})
    assert sign_in(other).post(greet, {"words": "psst"}).status_code == 404
    Greeting.write(ada, "Tea is on.", by=cleo)
    assert "Tea is on." in sign_in(ada).get(circle.get_absolute_url()).content.decode()
    assert "Tea is on." not in sign_in(other).get(circle.get_absolute_url()).content.decode()


def test_the_newcomer_may_write_a_line_back(cleo, ada, circle, sign_in):
    Greeting.write(ada, "Tea is on.", by=cleo)
    sign_in(ada).post(reverse("companions:mine", kwargs={"key": circle.pk}), {"words": "With milk."})
    assert "Tea is on." not in sign_in(ada).get(circle.get_absolute_url()).content.decode()
    assert "With milk." in sign_in(cleo).get(circle.get_absolute_url()).content.decode()
    read = reverse("companions:read_answer", kwargs={"key": circle.pk, "persona_key": ada.pk})
    sign_in(cleo).post(read)
    assert "With milk." not in sign_in(cleo).get(circle.get_absolute_url()).content.decode()


def test_a_circle_shows_the_people_who_are_new_only_to_who_guides(cleo, ada, circle, sign_in):
    assert "Greet them" in sign_in(cleo).get(circle.get_absolute_url()).content.decode()
    assert "Greet them" not in sign_in(ada).get(circle.get_absolute_url()).content.decode()
