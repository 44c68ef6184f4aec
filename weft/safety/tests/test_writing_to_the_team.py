"""A few words to the safety team about oneself, with the words of a draft: it reaches the queue at once."""

from datetime import timedelta

import pytest

from weft.loom import time
from weft.loom.pages import url
from weft.loom.section import Reportable, sections
from weft.safety.models import Concern


@pytest.fixture
def draft(ada, monkeypatch):
    """A draft of River's, as a section below would offer it: to its own author and to nobody else."""
    card = sections()[-1]

    def reportable(kind, pk, persona):
        return Reportable("draft", 7, "I want to die.", ada) if (kind, pk, persona) == ("draft", 7, ada) else None

    monkeypatch.setattr(card, "reportable", reportable)
    return f"{url('safety:write')}?circle={ada.circle_id}&about=draft.7"


def test_the_words_go_with_it_as_their_author_leaves_them(draft, ada, desk, noor, sign_in):
    browser = sign_in(ada)
    page = browser.get(draft).content.decode()
    assert "I want to die." in page
    assert "Noor and Sam. A person answers by" in page
    answer = browser.post(draft, {"words": "Can somebody call me?", "excerpt": "I want to die."}, follow=True)
    assert "We have it." in answer.content.decode()
    concern = Concern.objects.seen_by(noor).get()
    assert concern.is_own
    assert (concern.reports.get().words, concern.reports.get().excerpt) == ("Can somebody call me?", "I want to die.")
    assert "themself" in sign_in(noor).get("/safety/").content.decode()


def test_the_words_can_be_cleared(draft, ada, desk, sign_in):
    sign_in(ada).post(draft, {"words": "Just me.", "excerpt": ""})
    assert Concern.objects.get().reports.get().excerpt == ""


def test_an_empty_sheet_is_not_sent(draft, ada, desk, sign_in):
    assert sign_in(ada).post(draft, {"words": "", "excerpt": ""}).status_code == 200
    assert not Concern.objects.exists()


def test_somebody_else_s_draft_cannot_go_along(draft, dee, sign_in):
    assert sign_in(dee).get(draft).status_code == 404


def test_writing_again_goes_to_the_same_concern(ada, desk, noor, sign_in):
    browser, address = sign_in(ada), f"{url('safety:write')}?circle={ada.circle_id}"
    for words in ("Hello?", "Hello?", "Anybody?"):
        browser.post(address, {"words": words})
    concern = Concern.objects.get()
    browser.post(url("safety:concern", concern.pk), {"words": "I am at my sister's now."})
    assert sorted(report.words for report in concern.reports.all()) == [
        "Anybody?",
        "Hello?",
        "I am at my sister's now.",
    ]


class TestWritingAgainAfterAnAnswer:
    """What comes in after an answer waits again, with a promise of its own, and cannot be closed unread."""

    @pytest.fixture
    def concern(self, ada, desk, noor) -> Concern:
        concern = Concern.write("Hello?", by=ada).concern
        concern.due_at = time.now().replace(year=2020)
        concern.save()
        assert concern.is_late
        concern.answer("I am here.", by=noor)
        assert not Concern.objects.get().is_late
        return Concern.objects.get()

    def test_it_waits_again(self, concern, ada, noor, sign_in):
        assert "Answered. Not closed yet." in sign_in(noor).get("/safety/").content.decode()
        sign_in(ada).post(url("safety:concern", concern.pk), {"words": "It is worse."})
        again = Concern.objects.get()
        assert again.waits
        assert again.due_at > time.now()
        assert "Promised by" in sign_in(noor).get("/safety/").content.decode()

    def test_the_same_words_on_another_day_are_new_words(self, concern, ada):
        Concern.write("Hello?", by=ada)
        assert not Concern.objects.get().waits  # sent twice
        told = concern.reports.get()
        told.at -= timedelta(days=1)
        told.save()
        Concern.write("Hello?", by=ada)
        assert Concern.objects.get().waits

    def test_an_answer_to_the_first_does_not_answer_the_second(self, concern, ada, noor, sign_in):
        Concern.write("It is worse.", by=ada)
        sign_in(noor).post(url("safety:answers", concern.pk), {"answer": "Good to hear.", "seen": 1})
        assert Concern.objects.get().waits
        sign_in(noor).post(url("safety:answers", concern.pk), {"answer": "I ring you now.", "seen": 2})
        assert not Concern.objects.get().waits

    def test_it_cannot_be_closed_unread(self, concern, ada, noor, sign_in):
        Concern.write("It is worse.", by=ada)
        answer = sign_in(noor).post(url("safety:closed", concern.pk), {"reason": "Fine.", "seen": 1}, follow=True)
        assert "Please read it before you close this" in answer.content.decode()
        assert Concern.objects.get().is_open


def test_from_the_page_of_numbers_one_chooses_the_name(ada, circle, sign_in):
    page = sign_in(ada).get(url("safety:write")).content.decode()
    assert "River, from Evening Circle" in page


def test_whoever_is_in_no_circle_is_told_how_else(mallory, desk, sign_in):
    assert "You are not in a circle yet" in sign_in(mallory).get(url("safety:write")).content.decode()


def test_without_a_desk_no_time_is_promised(ada, house, sign_in):
    page = sign_in(ada).get(f"{url('safety:write')}?circle={ada.circle_id}").content.decode()
    assert "Nobody in this house has promised a time" in page
    assert "A person answers" not in page


def test_signed_out_it_asks_to_sign_in(client, house):
    assert client.get(url("safety:write")).status_code == 302
