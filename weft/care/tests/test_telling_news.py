"""News is said once for all rings; whoever decides reads it first; the outer ring has words of its own."""

import pytest
from django.test import Client
from django.urls import reverse

from weft.care.models import Call, Care, News
from weft.care.models.guest import new_token
from weft.care.tests.ways import stands
from weft.loom import jobs
from weft.notices.models import Notice

pytestmark = pytest.mark.django_db
INNER, OUTER = "The scan was clear. She cried in the car.", "Good news this week."


def at(name, care, **more):
    return reverse(f"care:{name}", kwargs={"key": care.circle_id, **more})


def tells(browser, care, once="1"):
    return browser.post(at("news", care), {"words": INNER, "outer": OUTER, "once": once}, follow=True).content.decode()


def reads(browser, care):
    """Which of the two somebody reads anywhere on the two pages."""
    said = "".join(browser.get(at(name, care)).content.decode() for name in ("care", "news", "journal"))
    return [words for words in (INNER, OUTER) if words in said]


def told(persona):
    return sorted(notice.what for notice in Notice.objects.filter(persona=persona))


def test_once_for_all_rings_and_each_reads_its_own_words(sign_in, care, tess, leo, bea):
    stands(bea, 2, tess)
    tells(sign_in(tess), care)
    assert reads(sign_in(bea), care) == [INNER]
    assert reads(sign_in(leo), care) == [OUTER]
    assert reads(sign_in(tess), care) == [INNER, OUTER], "the inner ring sees what the outer one reads"


def test_whoever_decides_reads_it_first_and_may_change_it(sign_in, care, tess, leo, rosa):
    assert "It waits until whoever decides has read it." in tells(sign_in(tess), care)
    jobs.run_due()
    assert reads(sign_in(leo), care) == []
    assert told(leo) == []
    assert told(rosa) == ["care.to_read"]
    assert "News waits for you to read it first" in sign_in(rosa).get(at("care", care)).content.decode()
    news = News.objects.get()
    answer = {"how": "yes", "words": INNER, "outer": "A better week."}
    assert sign_in(tess).post(at("answer_news", care, news_key=news.pk), answer).status_code == 404
    sign_in(rosa).post(at("answer_news", care, news_key=news.pk), answer)
    jobs.run_due()
    assert "A better week." in sign_in(leo).get(at("care", care)).content.decode()
    assert told(leo) == ["care.news"]


def test_what_they_do_not_want_told_is_gone_and_its_writer_hears_so(sign_in, care, tess, leo, rosa):
    tells(sign_in(tess), care)
    sign_in(rosa).post(at("answer_news", care, news_key=News.objects.get().pk), {"how": "no"})
    jobs.run_due()
    assert not News.objects.exists()
    assert "care.not_told" in told(tess)
    assert told(leo) == []


def test_they_may_let_it_be_told_at_once(sign_in, care, tess, leo, rosa):
    form = {"zone": "Europe/London"}
    sign_in(tess).post(at("about", care), form)
    assert Care.objects.get().approves, "only whoever decides says so"
    sign_in(rosa).post(at("about", care), form)
    assert not Care.objects.get().approves
    tells(sign_in(tess), care)
    assert reads(sign_in(leo), care) == [OUTER]


def test_without_words_for_the_outer_ring_it_hears_nothing(sign_in, care, tess, leo):
    sign_in(tess).post(at("news", care), {"words": INNER, "outer": "", "once": "3"})
    jobs.run_due()
    assert reads(sign_in(leo), care) == []
    assert told(leo) == []
    assert News.objects.count() == 1


def test_a_helper_without_an_account_reads_the_outer_words(sign_in, care, tess):
    tells(sign_in(tess), care)
    call, _token = Call.write(tess, uses=1, days=3)
    mine = new_token()
    call.let_in("Old Tom", mine)
    page = Client().get(reverse("care:helping", kwargs={"token": mine})).content.decode()
    assert OUTER in page
    assert INNER not in page


def test_only_the_inner_ring_tells(sign_in, care, tess, leo):
    assert sign_in(leo).post(at("news", care), {"words": INNER}).status_code == 404
    with pytest.raises(PermissionError):
        News.tell(5, INNER, "", by=leo)


def test_sent_twice_it_is_told_once(sign_in, care, tess):
    for _ in range(2):
        tells(sign_in(tess), care, once="42")
    assert News.objects.count() == 1


def test_the_journal_is_kept_when_it_has_ended_and_can_be_given(sign_in, care, tess, leo):
    tells(sign_in(tess), care)
    care.end("She died at home, on Sunday. Thank you.", by=tess)
    answer = sign_in(tess).get(at("journal", care))
    assert answer["Content-Disposition"] == 'attachment; filename="journal.txt"'
    assert INNER in answer.content.decode()
    assert "on Sunday. Thank you." in answer.content.decode()
    outer = sign_in(leo).get(at("journal", care)).content.decode()
    assert OUTER in outer
    assert INNER not in outer


def test_whoever_wrote_it_takes_it_back(sign_in, care, tess, leo):
    tells(sign_in(tess), care)
    news = News.objects.get()
    assert sign_in(leo).post(at("answer_news", care, news_key=news.pk), {"how": "take_back"}).status_code == 404
    sign_in(tess).post(at("answer_news", care, news_key=news.pk), {"how": "take_back"})
    assert not News.objects.exists()
