"""Notes of an hour: nobody stands in another's record, each member knows of theirs, guides alone read them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter
from weft.gatherings.models import HourNote
from weft.gatherings.models.note import KEPT, Names
from weft.gatherings.names import named_in
from weft.gatherings.tests.conftest import sit
from weft.loom import time
from weft.people.models import Person

pytestmark = pytest.mark.django_db

WORDS = "Slept better this week. Would like to go to the shop alone."


@pytest.fixture
def kept(gathering, lead, river, benno):
    """An hour of a group that keeps notes, guided by Cleo; Ada and Ben came."""
    gathering.series.keeps_notes = True
    gathering.series.save()
    return gathering


def at(name, gathering, **more):
    return reverse(f"gatherings:{name}", kwargs={"key": gathering.circle_id, "gathering_key": gathering.pk, **more})


@pytest.mark.parametrize(
    "words",
    [
        "Benno cried.",
        "She heard BENNO.",
        "Bénno's word",
        "b e n n o",
        "B.e.n.n.o.",
        "Ben\u200bno",
        "\uff22enno",
        "Bennos",
    ],
)
def test_no_members_name_appears_in_anothers_record_however_it_is_spelled(kept, cleo, ada, ben, words):
    with pytest.raises(Names):
        HourNote.write(kept, f"After that, {words} was there.", by=cleo, about=ada)
    assert not HourNote.objects.exists()
    assert HourNote.write(kept, f"After that, {words} was there.", by=cleo, about=ben).words  # a control: their own


@pytest.mark.parametrize("words", ["بكت سلمى", "وسلمى", "لسلمى", "سَلْمَى", "وبسلمى"])
def test_a_name_in_arabic_is_found_with_vowel_signs_and_what_is_written_onto_it(words):
    assert named_in(words, ["سلمى"]) == ["سلمى"]
    assert named_in("سلمية", ["سلمى"]) == []


def test_a_first_name_is_found_and_a_word_that_only_holds_a_name_is_not():
    assert named_in("then Ada said", ["Ada L."]) == ["Ada L."]
    assert named_in("the adamant one, the season", ["Ada L.", "The Sea"]) == []


def test_the_note_about_the_group_names_no_member_and_the_words_are_kept(sign_in, kept, cleo, ada):
    page = sign_in(cleo).post(at("notes", kept), {"words": f"Quiet. {ada.name} led us.", "seen": 0}).content.decode()
    assert f"<mark>{ada.name}</mark>" in page
    assert "led us." in page
    assert not HourNote.objects.exists()
    sign_in(cleo).post(at("notes", kept), {"words": f"Quiet. {cleo.name} led us.", "seen": 0})  # whoever guides may be
    assert HourNote.objects.get().about is None


def test_a_member_sees_that_a_record_exists_and_of_which_kind_and_never_what_it_says(sign_in, kept, cleo, ada, ben):
    HourNote.write(kept, WORDS, by=cleo, about=ada)
    address = reverse("gatherings:records", kwargs={"key": kept.circle_id})
    page = sign_in(ada).get(address).content.decode()
    assert "A private note about you" in page
    assert cleo.name in page
    assert "Slept better" not in page
    assert "A private note about you" not in sign_in(ben).get(address).content.decode()
    kind = sign_in(cleo).get(at("note", kept, persona_key=ada.pk)).content.decode()
    assert "Slept better" in kind  # a control: it is there to be read


def test_nobody_outside_the_guides_reads_a_note(sign_in, kept, cleo, imke, ada, ben):
    HourNote.write(kept, WORDS, by=cleo, about=ada)
    safety = Person.objects.join("noor", None)
    for one in (ada, ben, imke, safety):  # she whom it is about, a member, one who guides other hours, a stranger
        for address in (at("notes", kept), at("note", kept, persona_key=ada.pk)):
            assert sign_in(one).get(address).status_code == 404
            assert sign_in(one).post(address, {"words": "Mine."}).status_code == 404
    with pytest.raises(PermissionError):
        HourNote.write(kept, "Mine.", by=imke, about=ada)
    assert HourNote.objects.get().words == WORDS
    sit(kept, imke, "helps")  # a control: now she guides this hour
    assert sign_in(imke).get(at("note", kept, persona_key=ada.pk)).status_code == 200


def test_a_group_that_keeps_no_notes_has_no_page_for_them(sign_in, gathering, lead, river, cleo, ada):
    assert sign_in(cleo).get(at("notes", gathering)).status_code == 404
    assert sign_in(cleo).get(at("note", gathering, persona_key=ada.pk)).status_code == 404


def test_a_correction_keeps_who_wrote_before_and_a_second_press_writes_nothing(sign_in, kept, cleo, ada):
    address = at("note", kept, persona_key=ada.pk)
    for words, seen in ((WORDS, 0), (WORDS, 0), ("Slept well.", 1)):
        sign_in(cleo).post(address, {"words": words, "seen": seen})
    note = HourNote.objects.get()
    assert [(step["words"], step["by"]) for step in note.steps] == [(WORDS, cleo.pk), ("Slept well.", cleo.pk)]
    page = sign_in(cleo).post(address, {"words": "From an old tab.", "seen": 1}).content.decode()
    assert "From an old tab." in page
    assert HourNote.objects.get().words == "Slept well."


def test_who_opened_a_note_is_kept_once_a_day(sign_in, kept, cleo, ada):
    HourNote.write(kept, WORDS, by=cleo, about=ada)
    assert HourNote.objects.get().looks == []
    for _again in range(2):
        sign_in(cleo).get(at("note", kept, persona_key=ada.pk))
    assert [look["by"] for look in HourNote.objects.get().looks] == [cleo.pk]


def test_notes_go_with_whoever_leaves_and_when_their_time_is_over(kept, cleo, ada, ben):
    HourNote.write(kept, WORDS, by=cleo, about=ada)
    HourNote.write(kept, WORDS, by=cleo, about=ben)
    ada.leave(by=ada.person, words="keep")
    assert [note.about_id for note in HourNote.objects.all()] == [ben.pk]
    kept.day = time.today() - KEPT
    kept.save()
    HourNote.let_go()
    assert HourNote.objects.exists()
    kept.day -= timedelta(days=1)
    kept.save()
    HourNote.let_go()
    assert not HourNote.objects.exists()


def test_the_list_of_members_costs_the_same_with_one_and_with_three(sign_in, kept, cleo, django_assert_max_num_queries):
    for name in ("Dee", "Otto", "Wren"):
        sit(kept, enter(Person.objects.join(name, None), kept.circle, name))
    browser = sign_in(cleo)
    browser.get(at("notes", kept))
    with django_assert_max_num_queries(10):
        page = browser.get(at("notes", kept)).content.decode()
    assert all(name in page for name in ("Dee", "Otto", "Wren"))
    assert Persona.objects.inside().count() == 6
