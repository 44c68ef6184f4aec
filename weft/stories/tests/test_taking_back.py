"""Taking back, erasing, leaving: what others answered stands without the teller's words or name."""

from django.urls import reverse

from weft.people import door
from weft.stories.models import Reply, Story


def at(view, story):
    return reverse(f"stories:{view}", kwargs={"key": story.circle_id, "story_key": story.pk})


def seen(browser, story):
    return browser.get(story.get_absolute_url()).content.decode()


def test_a_story_taken_back_is_its_tellers_alone_and_can_be_told_again(told, ada, cleo, sign_in):
    Reply.say(told, "I remember mine.", by=cleo)
    assert "The first Sunday" in seen(sign_in(cleo), told)
    sign_in(ada).post(at("take_back", told), {"how": "back"})
    page = seen(sign_in(cleo), told)
    assert "The first Sunday" not in page
    assert "River" not in page
    assert "I remember mine." in page
    assert "The first Sunday" in sign_in(ada).get(at("draft", told)).content.decode()
    sign_in(ada).post(at("read_through", told))
    assert "The first Sunday" in seen(sign_in(cleo), told)
    assert Story.objects.get().number == 1


def test_an_erased_story_leaves_no_word(told, ada, cleo, sign_in):
    Reply.say(told, "I remember mine.", by=cleo)
    sign_in(ada).post(at("take_back", told), {"how": "erase"})
    row = Story.objects.get()
    assert (row.text, row.html, row.teller, row.told_at) == ("", "", None, None)
    assert "I remember mine." in seen(sign_in(cleo), told)
    assert sign_in(ada).get(at("draft", told)).status_code == 404


def test_a_story_taken_back_before_any_reply_is_gone_from_the_list(told, ada, cleo, sign_in):
    sign_in(ada).post(at("take_back", told), {"how": "back"})
    assert sign_in(cleo).get(told.get_absolute_url()).status_code == 404


def test_nobody_else_takes_it_back(told, cleo, sign_in):
    assert sign_in(cleo).post(at("take_back", told), {"how": "erase"}).status_code == 404
    assert Story.objects.get().text


def test_leaving_takes_the_words_along_or_leaves_them_without_a_name(told, ada, cleo, sign_in, circle):
    Reply.say(told, "I remember mine.", by=cleo)
    mine = Reply.say(told, "Thank you both.", by=ada)
    leave = reverse("circles:leave", kwargs={"key": circle.pk})
    sign_in(ada).post(leave, {"words": "keep"})
    page = seen(sign_in(cleo), told)
    assert "The first Sunday" in page
    assert "Thank you both." in page
    assert "River" not in page
    assert Reply.objects.get(pk=mine.pk).by is None


def test_leaving_with_ones_words_leaves_none_behind(told, ada, cleo, sign_in, circle):
    Reply.say(told, "I remember mine.", by=cleo)
    Reply.say(told, "Thank you both.", by=ada)
    browser, leave = sign_in(ada), reverse("circles:leave", kwargs={"key": circle.pk})
    page = browser.post(leave, {"words": "take"}).content.decode()
    assert "Please take your file first." in page
    assert ada.circle.personas.filter(pk=ada.pk).exists()
    session = browser.session
    session["took"] = door.now()  # what the download notes: see home/tests/test_taking_things_along.py
    session.save()
    browser.post(leave, {"words": "take"})
    page = seen(sign_in(cleo), told)
    for gone in ("The first Sunday", "Thank you both.", "River"):
        assert gone not in page
    assert "I remember mine." in page
    assert sign_in(ada).get(told.get_absolute_url()).status_code == 404
