"""What safety keeps of a person, and how it lets go of it."""

import pytest

from weft.loom.section import Reportable
from weft.safety import keeping
from weft.safety.models import Block, Concern, Report


@pytest.fixture
def told(ada, dee, desk) -> Concern:
    thing = Reportable("story", 5, "Buy my crystals.", dee)
    return Concern.report(thing, by=ada, reason="approach", words="Dee sells things.").concern


def test_one_s_own_download_holds_what_one_told_and_what_came_back(told, ada, dee, noor):
    told.answer("Thank you.", by=noor)
    Block.begin(dee, by=ada)
    kept = keeping.kept_of(ada.person)
    assert kept["told_the_safety_team"][0]["words"] == "Dee sells things."
    assert kept["told_the_safety_team"][0]["answers"][0]["words"] == "Thank you."
    assert kept["blocked"] == [{"circle": "Evening Circle", "name": "Dee"}]
    assert "Buy my crystals." not in str(kept)  # somebody else's words


def test_whoever_was_reported_or_blocked_does_not_find_it_in_theirs(told, ada, dee):
    Block.begin(dee, by=ada)
    assert keeping.kept_of(dee.person) == {"told_the_safety_team": [], "blocked": []}


def test_words_that_were_taken_along_are_kept_while_the_concern_is_open(told, dee, noor):
    dee.leave(by=dee.person, words="erase")
    assert Report.objects.get().excerpt == "Buy my crystals."
    told.close("They left.", by=noor)
    assert Report.objects.get().excerpt == ""


def test_of_a_closed_concern_they_go_at_once(told, dee, noor):
    told.close("Spoke with them.", by=noor)
    assert Report.objects.get().excerpt == "Buy my crystals."
    dee.leave(by=dee.person, words="take")
    assert Report.objects.get().excerpt == ""


def test_words_that_stay_in_the_circle_stay_here_too(told, dee, noor):
    told.close("Spoke with them.", by=noor)
    dee.leave(by=dee.person, words="keep")
    assert Report.objects.get().excerpt == "Buy my crystals."


def test_a_person_who_is_erased_leaves_no_words_and_no_way_back(told, ada, dee):
    own = Concern.write("I cannot sleep.", by=ada, excerpt="I want to die.")
    Block.begin(dee, by=ada)
    keeping.forget(ada.person)
    assert Block.objects.count() == 0
    assert not Report.objects.by(ada.person).exists()
    assert {report.words for report in Report.objects.all()} == {""}
    assert Report.objects.get(pk=own.pk).excerpt == ""
    assert Concern.objects.get(pk=told.pk).reports.get().excerpt == "Buy my crystals."  # what was reported stays open


def test_erasing_reaches_blocks_by_others_too(ada, dee):
    Block.begin(dee, by=ada)
    keeping.forget(dee.person)
    assert Block.objects.count() == 0
