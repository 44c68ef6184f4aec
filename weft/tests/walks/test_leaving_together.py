"""T10, and the end of section 6. A circle ends: who guides it says when, two say what may be kept, all leave together.

The day comes, the archive is taken along, its own day passes, and nothing is left in the house.
"""

import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.utils import timezone

from weft.circles.models import Circle
from weft.conftest import enter
from weft.loom import jobs, time
from weft.people.models import Person
from weft.stories.models import Reply, Story
from weft.wisdom.models import Ending
from weft.wisdom.models.ending import night_after
from weft.wisdom.tests.ways import tell

WHY = "We have been ten evenings. The room next door is glad of whoever comes."


@pytest.fixture
def comes_to(monkeypatch):
    """The clock of the house is a little after this moment, and what was due is done."""

    def moves(moment) -> None:
        at = moment + timedelta(minutes=6)
        monkeypatch.setattr(timezone, "now", lambda: at)
        jobs.run_due()

    return moves


def test_from_the_last_day_that_is_said_to_nothing_at_all(walk, come, comes_to, ada, cleo, circle, script):
    walk.expect("404 (Not Found)")  # what is gone is asked for, too
    dee = enter(Person.objects.join("dee", None), circle, "Dee")
    story, quiet = tell(ada, "I walked as far as the mill."), tell(ada, "I did not sleep, and I was cross.")
    Reply.say(story, "I saw you there.", by=dee)

    day = time.today() + timedelta(days=21)
    guide = come(cleo, script=script).opens(circle.get_absolute_url()).taps("Desk", within="main")
    guide.taps("Let this circle end").reads("Talk about it in the circle first, if you can.")
    guide.page.get_by_label("The last day").fill((time.today() + timedelta(days=2)).isoformat())
    guide.writes(WHY, "Why, and what comes next?").taps("Tell the circle").reads("That is too soon.")
    guide.page.get_by_label("The last day").fill(day.isoformat())
    guide.taps("Tell the circle").reads("It is said.", WHY, "Nobody has said anything yet.")
    jobs.run_due(at=time.now() + jobs.GRAIN)

    me = come(ada, script=script).opens("/bell/").taps("Something that you are part of will end.")
    me.reads(WHY, "What becomes of everything").taps("Say what of your words may be kept")
    me.reads("You need not keep anything.").taps("Yes to all of it").reads("All of it may be kept.")
    me.page.get_by_label("I did not sleep").uncheck()
    me.taps("Keep what is ticked").reads("Kept as you said.")
    me.chooses("another name").writes("Marigold", "The other name").taps("Use this name").reads("Saved.")
    me.taps("How it ends, and thanks").writes("For every kettle.", "Your word").taps("Say it")
    me.reads("Thank you. It is said.", "For every kettle.")

    other = come(dee, script=script).opens(circle.get_absolute_url()).reads("This circle ends on")
    other.taps("Say what may be kept").reads("I saw you there.").taps("No to all of it")
    other.reads("Nothing of yours is kept.")

    comes_to(night_after(day))
    other = come(dee, script=script).opens("/").reads("The archive is there until").taps("Take it along")
    other.reads("This circle has ended.", WHY).reads_nothing_of("I walked as far", "I did not sleep", "River")
    with other.page.expect_download() as taken:
        other.find("Take the archive along").click()
    assert taken.value.suggested_filename == "archive.zip"
    archive = ZipFile(taken.value.path())
    said = json.loads(archive.read("archive.json"))
    assert [(one["by"], one["words"], one["answers"]) for one in said["stories"]] == [("Marigold", story.text, [])]
    assert said["thanks"] == [{"by": "Marigold", "words": "For every kettle."}]
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert not [word for word in (quiet.text, "I saw you there.", "River", "Dee") if word in whole]
    assert other.page.goto(story.get_absolute_url()).status == 404

    comes_to(night_after(Ending.objects.get().gone_on))
    me = come(ada, script=script).opens("/").reads_nothing_of("archive", circle.name)
    assert me.page.goto(circle.get_absolute_url()).status == 404
    assert not Circle.objects.filter(pk=circle.pk).exists()
    assert not Story.objects.exists()
