"""A comment: left by somebody without an account, read by a person, answered, and erased by a link of its own."""

import re
import time as clock
from datetime import timedelta
from html import unescape

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from weft.loom import caps, time
from weft.loom.jobs import run_due
from weft.loom.text import day
from weft.notices.models import Mail
from weft.tests.racing import at_once
from weft.voices import commenting
from weft.voices.models import Comment, Use
from weft.voices.models import comment as model

pytestmark = pytest.mark.django_db
WORDS = "I read this on the bus and missed my stop."
SAID = {"name": "Bea", "email": "bea@example.org", "text": WORDS}


@pytest.fixture(autouse=True)
def _caps():
    caps.forget()


def at(name, **keys):
    return reverse(f"voices:{name}", kwargs=keys)


def token_of(page: str) -> str:
    return unescape(re.search(r'name="token" value="([^"]+)"', page)[1])


def age(token: str, seconds: float) -> str:
    """The same token, as if its first step lay longer ago."""
    key = commenting._signer().unsign(token)
    value = f"{key}:{signing.b62_encode(int(clock.time() - seconds))}"
    return f"{value}:{commenting._signer().signature(value)}"


def proof(token: str) -> str:
    return next(str(number) for number in range(10**7) if commenting.is_proof(token, str(number)))


def send(client, where, proven=False, **said):
    """Both steps, as somebody does them who reads in between."""
    look = client.post(where, SAID | said)
    token = age(token_of(look.content.decode()), 20)
    more = {"proof": proof(token)} if proven else {}
    return client.post(where, SAID | said | {"token": token, "how": "send"} | more)


def leave(voice, **said):
    """A comment that waits."""
    answer = send(Client(), at("comment", key=voice.pk), **said)
    return Comment.opened(answer["Location"].split("/")[-2])


def let_stand(comment, reader):
    comment.refresh_from_db()
    assert comment.publish(comment.digest, by=reader)
    comment.refresh_from_db()


def test_the_page_ends_as_the_promise_says(voice):
    page = Client().get(voice.get_absolute_url()).content.decode()
    end = page[page.index("Leave a comment") :]
    for said in (
        "Your email address will not be published. Required fields are marked *",
        "Name *",
        "Email *",
        "Comment *",
    ):
        assert said in end
    assert "Leave the comment" in end


def test_from_a_strangers_words_to_the_page_and_an_answer(sign_in, ada, reader, voice):
    world, noor = Client(), sign_in(reader)
    where = at("comment", key=voice.pk)
    look = world.post(where, SAID)
    assert WORDS in look.content.decode()
    assert "Read it once more" in look.content.decode()
    assert not Comment.objects.exists(), "nothing is kept before it is sent"
    kept = send(world, where)
    own = world.get(kept["Location"])
    assert "A person here reads it" in own.content.decode()
    assert WORDS not in world.get(voice.get_absolute_url()).content.decode()
    comment = Comment.objects.get()
    page = noor.get(reverse("voices:comments_to_read")).content.decode()
    assert WORDS in page
    assert "bea@example.org" not in page
    noor.post(reverse("voices:comments_to_read"), {"publish": comment.pk, f"digest-{comment.pk}": comment.digest})
    assert WORDS in world.get(voice.get_absolute_url()).content.decode()
    answer = send(world, at("answer_comment", key=voice.pk, comment_key=comment.pk), name="Cal", text="Me too, bus 4.")
    other = Comment.opened(answer["Location"].split("/")[-2])
    assert other.answers_id == comment.pk
    let_stand(other, reader)
    page = world.get(voice.get_absolute_url()).content.decode()
    assert page.index(WORDS) < page.index("Me too, bus 4.")
    below = at("answer_comment", key=voice.pk, comment_key=other.pk)
    assert world.get(below).status_code == 410, "there is no third level"
    assert not any(c.cookies for c in (world.get(voice.get_absolute_url()), own, look))


def test_it_is_changed_and_erased_by_its_own_link(reader, voice):
    comment, world = leave(voice), Client()
    let_stand(comment, reader)
    own = at("own_comment", code=comment.code)
    world.post(own, {"name": "Bea", "text": "I missed two stops."})
    page = world.get(voice.get_absolute_url()).content.decode()
    assert WORDS not in page
    assert "two stops" not in page, "changed words are read again"
    let_stand(comment, reader)
    assert "two stops" in world.get(voice.get_absolute_url()).content.decode()
    world.post(own, {"how": "erase"})
    assert "two stops" not in world.get(voice.get_absolute_url()).content.decode()
    assert world.get(own).status_code == 410
    assert not Comment.objects.exists()


def test_an_answered_comment_leaves_an_empty_place(reader, voice):
    comment = leave(voice)
    let_stand(comment, reader)
    answer = Comment.leave(5, voice, "Cal", "Me too.", answers=comment)
    let_stand(answer, reader)
    Client().post(at("own_comment", code=comment.code), {"how": "erase"})
    page = Client().get(voice.get_absolute_url()).content.decode()
    assert "taken it back" in page
    assert "Me too." in page
    row = Comment.objects.get(pk=comment.pk)
    assert (row.name, row.text, row.html, row.email) == ("", "", "", "")
    answer.erase()
    assert not Comment.objects.exists(), "an empty place that nobody answers goes too"


def test_a_wrong_link_opens_nothing(voice):
    comment = leave(voice)
    other = Comment.leave(5, voice, "Cal", "Me too.")
    mixed = comment.code[:13] + other.code[13:]
    assert Client().get(at("own_comment", code=mixed)).status_code == 410
    assert Client().post(at("own_comment", code=mixed), {"how": "erase"}).status_code == 410
    assert Comment.objects.count() == 2


def test_sent_twice_it_is_there_once(voice):
    where, world = at("comment", key=voice.pk), Client()
    token = age(token_of(world.post(where, SAID).content.decode()), 20)
    first, second = (world.post(where, SAID | {"token": token, "how": "send"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Comment.objects.count() == 1


def test_too_quick_or_by_a_machine_it_is_asked_again_with_its_words(voice):
    where, world = at("comment", key=voice.pk), Client()
    look = world.post(where, SAID).content.decode()
    quick = world.post(where, SAID | {"token": token_of(look), "how": "send"})
    assert "very quick" in quick.content.decode()
    assert WORDS in quick.content.decode()
    filled = world.post(where, SAID | {"website": "http://x.example", "token": age(token_of(look), 20), "how": "send"})
    assert "This box is for machines" in filled.content.decode()
    assert WORDS in filled.content.decode()
    forged = world.post(where, SAID | {"token": "77:1:x", "how": "send"})
    assert forged.status_code == 200
    assert not Comment.objects.exists()


def test_a_flood_waits_at_the_door_and_whoever_did_the_work_still_comes_in(voice):
    where = at("comment", key=voice.pk)
    answers = [send(Client(), where, text=f"Buy number {n}") for n in range(commenting.UNPROVEN.at_once + 3)]
    assert [answer.status_code for answer in answers[-3:]] == [429] * 3
    assert "Buy number" in answers[-1].content.decode()
    assert send(Client(), where, proven=True).status_code == 302


def test_the_disk_is_not_filled(voice, monkeypatch):
    monkeypatch.setattr(model, "MOST_WAITING", 2)
    for key in (1, 2):
        assert Comment.leave(key, voice, "Bea", WORDS)
    full = send(Client(), at("comment", key=voice.pk))
    assert full.status_code == 429
    assert WORDS in full.content.decode()
    assert Comment.objects.count() == 2


def test_nobody_takes_the_name_of_whoever_wrote_the_voice(voice):
    page = Client().post(at("comment", key=voice.pk), SAID | {"name": " marigold "})
    assert "has this name" in page.content.decode()
    comment = leave(voice)
    page = Client().post(at("own_comment", code=comment.code), {"name": "Marigold", "text": "Other words."})
    assert "has this name" in page.content.decode()
    assert "Other words." in page.content.decode()
    assert Comment.objects.get().name == "Bea"


@pytest.mark.django_db(transaction=True)
def test_sent_twice_in_one_moment_it_is_there_once(voice):
    came = at_once(*[lambda: Comment.leave(5, voice, "Bea", WORDS)] * 6)
    assert [one.pk for one in came] == [5] * 6
    assert Comment.objects.count() == 1


def test_the_teller_answers_under_the_name_of_the_voice_and_a_second_person_reads_it(sign_in, ada, reader, voice):
    comment = leave(voice)
    let_stand(comment, reader)
    me = sign_in(ada)
    assert WORDS in me.get(at("own", key=voice.pk)).content.decode()
    where = at("answer", key=voice.pk, comment_key=comment.pk)
    me.post(where, {"text": "I hope the walk back was short.", "once": "9"})
    said = Comment.objects.get(by_teller=True)
    assert said.is_waiting
    let_stand(said, reader)
    page = Client().get(voice.get_absolute_url()).content.decode()
    assert "who wrote the words above" in page
    assert "River" not in page
    me.post(where, {"how": "remove"})
    assert WORDS not in Client().get(voice.get_absolute_url()).content.decode()


def test_a_reader_does_not_let_their_own_answer_stand(reader, ada):
    from weft.voices.tests.ways import make_voice

    mine = make_voice(reader)
    said = Comment.leave(5, mine, mine.name, "Thank you.", by_teller=True)
    assert not said.publish(said.digest, by=reader)
    other = Comment.leave(6, mine, "Bea", "Thank you.")
    assert other.publish(other.digest, by=reader), "the control: what others wrote there they may read"


def test_only_a_reader_reads_and_decides(sign_in, cleo, voice):
    comment = leave(voice)
    assert sign_in(cleo).get(reverse("voices:comments_to_read")).status_code == 404
    assert sign_in(cleo).post(reverse("voices:comments_to_read"), {"refuse": "1"}).status_code == 404
    assert not comment.publish(comment.digest, by=cleo.person)


@pytest.mark.parametrize("how", ["comments", "site", "take_back", "erase"])
def test_what_its_teller_takes_back_takes_the_comments_along(sign_in, ada, reader, voice, how):
    comment = leave(voice)
    let_stand(comment, reader)
    pages = [voice.get_absolute_url(), at("answer_comment", key=voice.pk, comment_key=comment.pk)]
    assert all(WORDS in Client().get(page).content.decode() for page in pages)
    me = sign_in(ada)
    if how in Use.values:
        me.post(at("consent", key=voice.pk), {"use": how})
    else:
        me.post(at("step", key=voice.pk), {"how": how})
    assert not any(WORDS in Client().get(page).content.decode() for page in pages)
    assert Client().post(at("comment", key=voice.pk), SAID).status_code == 410


def test_whoever_asked_hears_of_an_answer_by_one_mail_and_ends_it_by_one_button(reader, voice, postbox, settings):
    comment = leave(voice, tell="on")
    let_stand(comment, reader)
    answer = Comment.leave(5, voice, "Cal", "Me too.", answers=comment)
    let_stand(answer, reader)
    run_due()
    (mail,) = postbox.mails
    assert mail["To"] == "bea@example.org"
    said = mail.as_string()
    assert comment.link in said.replace("=\n", "")
    for word in ("Bea", "Cal", WORDS, "Me too", "Marigold"):
        assert word not in said
    off = mail["List-Unsubscribe"].strip("<>")
    assert off.startswith(settings.ADDRESS + "/voices/")
    assert said.count(settings.ADDRESS + settings.ADDRESS) == 0, "the link opens"
    Client().post(off[off.index("/voices/") :], {"List-Unsubscribe": "One-Click"})
    comment.refresh_from_db()
    assert comment.email == ""
    let_stand(Comment.leave(6, voice, "Dan", "And me.", answers=comment), reader)
    run_due()
    assert len(postbox.taken) == 1
    assert all(found.facts.get("address") is None for found in Mail.objects.all()), "no address lies with the mail"


def test_whoever_did_not_ask_gets_none(reader, voice, postbox):
    comment = leave(voice)
    let_stand(comment, reader)
    let_stand(Comment.leave(5, voice, "Cal", "Me too.", answers=comment), reader)
    run_due()
    assert postbox.taken == []


def test_an_address_is_deleted_on_the_day_that_the_page_states(voice, monkeypatch):
    comment = leave(voice)
    page = Client().get(at("own_comment", code=comment.code)).content.decode()
    assert comment.email_until.day == 1
    assert f"Your address is deleted on {day(comment.email_until)}" in page
    until = comment.email_until
    monkeypatch.setattr(time, "today", lambda: until - timedelta(days=1))
    Comment.tidy()
    assert Comment.objects.get().email == "bea@example.org"
    monkeypatch.setattr(time, "today", lambda: until)
    Comment.tidy()
    assert Comment.objects.get().email == ""
    assert "No address of yours is kept" in Client().get(at("own_comment", code=comment.code)).content.decode()
