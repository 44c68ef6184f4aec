"""Telling: a draft that only its teller sees, read through, shared once."""

import pytest
from django.urls import reverse

from weft.loom.ids import random_id
from weft.stories.finding import Asked, find
from weft.stories.models import Newer, Story
from weft.tests.racing import at_once, failures

FORM = {"text": "The first Sunday without him.", "wish": "listen", "audience": "circle", "topics": ["loss"]}


def at(view, story_key, persona):
    return reverse(f"stories:{view}", kwargs={"key": persona.circle_id, "story_key": story_key})


@pytest.fixture
def draft(ada, sign_in):
    key = random_id()
    sign_in(ada).post(at("draft", key, ada), FORM | {"read": "1"})
    return Story.objects.get(pk=key)


def test_a_fresh_sheet_has_an_address_of_its_own(ada, sign_in):
    browser = sign_in(ada)
    answer = browser.get(reverse("stories:begin", kwargs={"key": ada.circle_id}))
    assert answer.status_code == 302
    assert "What would you like to say?" in browser.get(answer["Location"]).content.decode()
    assert Story.objects.count() == 0


def test_a_draft_is_seen_by_its_teller_alone(draft, ada, cleo, sign_in):
    assert "The first Sunday" in sign_in(ada).get(at("draft", draft.pk, ada)).content.decode()
    for view in ("draft", "read_through", "revise", "story", "take_back"):
        assert sign_in(cleo).get(at(view, draft.pk, ada)).status_code == 404
    assert "The first Sunday" not in sign_in(cleo).get(ada.circle.get_absolute_url()).content.decode()


def test_a_draft_is_read_through_then_shared_once(draft, ada, cleo, sign_in):
    browser = sign_in(ada)
    page = browser.get(at("read_through", draft.pk, ada)).content.decode()
    assert "The 2 people in Evening Circle can read this. Nobody else." in page
    for _ in range(2):
        assert browser.post(at("read_through", draft.pk, ada)).status_code == 302
    told = Story.objects.get()
    assert told.number == 1
    assert "The first Sunday" in sign_in(cleo).get(told.get_absolute_url()).content.decode()


def test_the_script_keeps_a_draft_and_another_window_overwrites_nothing(draft, ada, sign_in):
    browser, here = sign_in(ada), at("draft", draft.pk, ada)
    kept = browser.post(here, FORM | {"text": "One", "quietly": "1", "digest": draft.digest}).json()
    assert "Only you can see it" in kept["saved"]
    assert kept["digest"] == Story.objects.get(pk=draft.pk).digest != draft.digest
    late = browser.post(here, FORM | {"text": "Two", "quietly": "1", "digest": draft.digest})
    assert late.status_code == 409
    assert Story.objects.get(pk=draft.pk).text == "One"
    page = browser.post(here, FORM | {"text": "Two", "read": "1", "digest": draft.digest}).content.decode()
    assert "changed in another window" in page
    assert "Two</textarea>" in page
    assert f'name="digest" value="{kept["digest"]}"' in page
    assert browser.post(here, FORM | {"text": "Two", "later": "1", "digest": kept["digest"]}).status_code == 302
    assert Story.objects.get(pk=draft.pk).text == "Two"


def test_a_box_that_is_refused_still_knows_what_it_began_from(draft, ada, sign_in):
    browser, here = sign_in(ada), at("draft", draft.pk, ada)
    draft.write("One", wish="listen", audience="circle", topics=[])
    too_long = FORM | {"text": "x" * 20_001, "later": "1", "digest": "what it began from"}
    assert 'name="digest" value="what it began from"' in browser.post(here, too_long).content.decode()


def test_what_was_told_is_not_overwritten_by_another_window_either(told, ada, sign_in):
    browser, here, began = sign_in(ada), at("revise", told.pk, ada), told.digest
    assert browser.post(here, FORM | {"text": "One", "digest": began}).status_code == 302
    page = browser.post(here, FORM | {"text": "Two", "digest": began}).content.decode()
    assert "changed in another window" in page
    assert "Two</textarea>" in page
    assert Story.objects.get(pk=told.pk).text == "One"


@pytest.mark.django_db(transaction=True)
def test_of_words_kept_in_one_moment_one_stands_and_the_others_hear_of_it(told):
    def keep(words):
        said = {"wish": "listen", "audience": "circle", "topics": []}
        return lambda: Story.objects.get(pk=told.pk).write(words, **said, over=told.digest)

    came = at_once(*[keep(f"Words of window {n}.") for n in range(4)])
    stands = Story.objects.get(pk=told.pk).text
    assert [type(one) for one in failures(came)] == [Newer] * 3
    assert {one.kept.text for one in failures(came)} == {stands}
    assert stands == f"Words of window {came.index(None)}."


def test_what_another_window_told_is_not_changed_by_a_draft_and_its_words_stay_in_the_box(draft, ada, sign_in):
    browser, here, began = sign_in(ada), at("draft", draft.pk, ada), draft.digest
    late = Story.objects.get(pk=draft.pk)
    draft.share(by=ada)
    with pytest.raises(Newer):
        late.write("A lighthouse.", wish="listen", audience="circle", topics=[], over=began)
    said = FORM | {"text": "A lighthouse.", "digest": began}
    assert browser.post(here, said | {"quietly": "1"}).status_code == 409
    page = browser.post(here, said | {"later": "1"}).content.decode()
    assert "A lighthouse.</textarea>" in page
    assert "changed in another window" in page
    assert f'action="{at("revise", draft.pk, ada)}"' in page
    assert Story.objects.get(pk=draft.pk).text == "The first Sunday without him.", "nobody read it through"
    browser.post(at("revise", draft.pk, ada), said | {"digest": Story.objects.get(pk=draft.pk).digest})
    now = Story.objects.get(pk=draft.pk)
    assert (now.number, now.text) == (1, "A lighthouse.")
    assert [hit.story for hit in find([ada], Asked("lighthouses")).hits] == [now]


def test_markdown_is_little_and_clean(ada, circle):
    story = Story.begin(ada)
    story.write(
        "*soft* <script>alert(1)</script> [x](javascript:alert(1)) ![i](http://e.x/i.png)\n\n- one\n\n# no heading",
        wish="listen",
        audience="circle",
        topics=[],
    )
    assert "<em>soft</em>" in story.html
    assert "<li>one</li>" in story.html
    for bad in ("<script", 'href="javascript:', "<img", "<h1"):
        assert bad not in story.html


def test_an_empty_sheet_is_not_told(ada, sign_in):
    key = random_id()
    page = sign_in(ada).post(at("draft", key, ada), FORM | {"text": "  ", "read": "1"})
    assert "The sheet is empty" in page.content.decode()
    assert Story.objects.count() == 0


def test_a_new_agreement_is_read_before_the_next_story(draft, ada, circle, sign_in):
    circle.agree_on("- Be kind.")
    browser = sign_in(ada)
    page = browser.post(at("read_through", draft.pk, ada))
    assert "The agreement of this circle has changed" in page.content.decode()
    assert Story.objects.get().number is None
    browser.post(reverse("circles:agreement", kwargs={"key": circle.pk}), {"yes": "on"})
    browser.post(at("read_through", draft.pk, ada))
    assert Story.objects.get().number == 1


def test_a_story_for_those_who_guide_is_read_by_them_alone(draft, ada, cleo, mallory, circle, sign_in):
    from weft.conftest import enter

    other = enter(mallory, circle, "Finch")
    draft.write("For the guide.", wish="listen", audience="facilitators", topics=[])
    draft.share(by=ada)
    assert sign_in(cleo).get(draft.get_absolute_url()).status_code == 200
    assert sign_in(ada).get(draft.get_absolute_url()).status_code == 200
    assert sign_in(other).get(draft.get_absolute_url()).status_code == 404
    assert "For the guide" not in sign_in(other).get(circle.get_absolute_url()).content.decode()
