"""Answering within the wish."""

import pytest
from django.urls import reverse

from weft.stories.models import Echo, Reply


def at(view, story, **more):
    return reverse(f"stories:{view}", kwargs={"key": story.circle_id, "story_key": story.pk} | more)


def test_the_wish_stands_above_the_box(told, cleo, sign_in):
    page = sign_in(cleo).get(told.get_absolute_url()).content.decode()
    assert "River is not asking for advice." in page
    assert page.index("River is not asking for advice.") < page.index("<textarea")


def test_an_answer_is_read_by_the_circle_and_by_no_stranger(told, cleo, ada, ben, sign_in):
    sign_in(cleo).post(at("replies", told), {"text": "I remember mine.", "once": "a"})
    assert "I remember mine." in sign_in(ada).get(told.get_absolute_url()).content.decode()
    assert sign_in(ben).get(told.get_absolute_url()).status_code == 404
    assert sign_in(ben).get(at("replies", told)).status_code == 404
    assert sign_in(ben).post(at("replies", told), {"text": "Hello"}).status_code == 404


def test_a_double_click_answers_once(told, cleo, sign_in):
    browser = sign_in(cleo)
    for _ in range(2):
        assert browser.post(at("replies", told), {"text": "I remember mine.", "once": "abc"}).status_code == 302
    assert Reply.objects.count() == 1
    browser.post(at("replies", told), {"text": "And another thing.", "once": "def"})
    assert [reply.number for reply in Reply.objects.order_by("number")] == [1, 2]


def test_advice_under_just_listen_is_a_private_note_that_may_be_declined(told, ada, cleo, mallory, circle, sign_in):
    from weft.conftest import enter

    other = enter(mallory, circle, "Finch")
    sign_in(cleo).post(at("replies", told), {"text": "Try the river walk.", "note": "on", "once": "n"})
    note = Reply.objects.get()
    assert note.is_note
    assert "Try the river walk." in sign_in(cleo).get(told.get_absolute_url()).content.decode()
    assert "Try the river walk." not in sign_in(other).get(told.get_absolute_url()).content.decode()
    offered = sign_in(ada).get(told.get_absolute_url()).content.decode()
    assert "Cleo offers you some advice" in offered
    assert "Try the river walk." not in offered
    assert sign_in(other).post(at("note", told, reply_key=note.pk), {"wanted": "yes"}).status_code == 404
    sign_in(ada).post(at("note", told, reply_key=note.pk), {"wanted": "no"})
    assert "Try the river walk." not in sign_in(ada).get(told.get_absolute_url()).content.decode()
    sign_in(ada).post(at("note", told, reply_key=note.pk), {"wanted": "yes"})
    assert "Try the river walk." in sign_in(ada).get(told.get_absolute_url()).content.decode()


def test_replies_since_a_number_are_the_same_partial(told, cleo, ada, sign_in):
    for words in ("One.", "Two.", "Three."):
        Reply.say(told, words, by=cleo)
    partial = sign_in(ada).get(at("replies", told), {"since": "1"}).content.decode()
    assert "One." not in partial
    assert "Two." in partial
    assert 'id="reply-3"' in partial
    assert "<html" not in partial


def test_echoes_are_wordless_uncounted_and_seen_by_the_teller_alone(told, cleo, ada, mallory, circle, sign_in):
    from weft.conftest import enter

    other = enter(mallory, circle, "Finch")
    browser = sign_in(cleo)
    for _ in range(2):
        browser.post(at("echo", told), {"kind": "with"})
    assert Echo.objects.count() == 1
    assert "I am sitting with you</strong>: Cleo" in sign_in(ada).get(told.get_absolute_url()).content.decode()
    assert "Cleo" not in sign_in(other).get(told.get_absolute_url()).content.decode()
    browser.post(at("echo", told), {"kind": "with", "back": "1"})
    assert Echo.objects.count() == 0
    assert sign_in(ada).post(at("echo", told), {"kind": "with"}).status_code == 404


def test_an_empty_answer_says_so_and_loses_nothing(told, cleo, sign_in):
    page = sign_in(cleo).post(at("replies", told), {"text": "   ", "once": "x"}).content.decode()
    assert "The box is empty" in page


def test_words_are_kept_when_the_agreement_changed_while_writing(told, cleo, circle, sign_in):
    circle.agree_on("- New rules.")
    page = sign_in(cleo).post(at("replies", told), {"text": "Long and dear.", "once": "x"}).content.decode()
    assert "Long and dear." in page
    assert Reply.objects.count() == 0


@pytest.mark.parametrize("act", ["change", "erase"])
def test_one_changes_only_ones_own_reply(told, cleo, ada, sign_in, act):
    reply = Reply.say(told, "Mine.", by=cleo)
    view = {"change": "reply", "erase": "erase_reply"}[act]
    assert sign_in(ada).post(at(view, told, reply_key=reply.pk), {"text": "Hers."}).status_code == 404
    sign_in(cleo).post(at(view, told, reply_key=reply.pk), {"text": "Better."})
    reply.refresh_from_db()
    assert reply.text == ("Better." if act == "change" else "")


def test_hard_words_bring_a_card_to_their_writer_and_are_never_stopped(told, cleo, sign_in):
    browser, hard = sign_in(cleo), {"text": "I want to die. I cannot do this any more.", "once": "h"}
    page = browser.post(at("replies", told), hard).content.decode()
    assert "It sounds like things may be very hard right now" in page
    assert "I want to die." in page
    assert Reply.objects.count() == 0
    browser.post(at("replies", told), hard | {"share": "1"})
    assert Reply.objects.get().text == hard["text"]


def test_a_flood_is_slowed_and_its_words_are_given_back(told, cleo, sign_in):
    browser = sign_in(cleo)
    statuses = [browser.post(at("replies", told), {"text": f"{n}", "once": f"{n}"}).status_code for n in range(40)]
    assert set(statuses) == {302}
    late = browser.post(
        at("replies", told),
        {"text": "One too many, and dear to me.", "once": "late"},
        headers={"origin": "http://testserver"},
    )
    assert late.status_code == 429
    assert "One too many, and dear to me." in late.content.decode()
    assert Reply.objects.count() == 40
