"""What was erased stays so when an older backup is put back: the ledger is replayed before the doors open."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from weft.circles.models import Bar, Persona
from weft.conftest import enter
from weft.home import erasing
from weft.loom import backup, keys, ledger
from weft.loom.backup import archive
from weft.loom.models import Erasure
from weft.people.models import Passkey, Person
from weft.stories.models import Reply, Story

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = f"before_{os.getpid()}"  # several runs may stand in one folder


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def later(folder) -> Callable[[], Iterator[None]]:
    """What happens in here happens after a backup was made. Then the backup is put back, and the house starts."""

    @contextmanager
    def later(keep_ledger: bool = True):
        file = folder / "then.backup"
        backup.engine().write(file)
        yield
        connection.close()
        if not keep_ledger:
            ledger.file().unlink(missing_ok=True)
        with backup.engine().restoring(file, archive.look_through(file), BEFORE):
            pass
        keys.forget()
        ledger.catch_up()

    yield later
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{BEFORE}" CASCADE')
    else:
        shutil.rmtree(Path(connection.settings_dict["NAME"]).with_name(BEFORE), ignore_errors=True)


def tell(persona, words):
    story = Story.begin(persona)
    story.write(words, wish="listen", audience="circle", topics=["loss"])
    story.share(by=persona)
    return story


def told():
    return {story.text: story.teller and story.teller.name for story in Story.objects.all() if story.text}


def test_what_was_erased_does_not_come_back_with_an_older_backup(later, ada, cleo):
    gone, stays = tell(ada, "The first Sunday."), tell(ada, "The second Sunday.")
    answer = Reply.say(stays, "I was there.", by=cleo)
    assert len(told()) == 2
    with later():
        gone.erase()
        answer.erase()
    assert told() == {"The second Sunday.": "River"}
    assert Story.objects.get(pk=gone.pk).erased
    assert Reply.objects.get(pk=answer.pk).text == ""


def test_without_the_ledger_it_would_come_back(later, ada):
    gone = tell(ada, "The first Sunday.")
    with later(keep_ledger=False):
        gone.erase()
        assert told() == {}
    assert told() == {"The first Sunday.": "River"}


def test_a_name_does_not_come_back_onto_words_that_were_left(later, ada, cleo):
    tell(ada, "The first Sunday.")
    with later():
        ada.leave(by=ada.person, words="keep")
        assert told() == {"The first Sunday.": None}
    assert told() == {"The first Sunday.": None}
    assert not Persona.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize("words", ["take", "erase"])
def test_words_that_went_with_somebody_stay_away(later, ada, cleo, words):
    tell(ada, "The first Sunday.")
    tell(cleo, "Another one.")
    with later():
        ada.leave(by=ada.person, words=words)
    assert told() == {"Another one.": "Cleo"}


@pytest.mark.parametrize("words", ["keep", "erase"])
def test_whoever_has_gone_for_good_stays_gone(later, ada, ben, cleo, house, words):
    tell(ada, "The first Sunday.")
    enter(ada.person, house.commons, "Willow")
    with later():
        erasing.erase(ada.person, words=words)
    assert not Person.objects.filter(pk=ada.person.pk).exists()
    assert sorted(persona.name for persona in Persona.objects.all()) == ["Benno", "Cleo"]
    assert told() == ({"The first Sunday.": None} if words == "keep" else {})


def test_whoever_was_removed_stays_outside(later, ada, cleo):
    with later():
        ada.remove(by=cleo)
    assert not Persona.objects.filter(pk=ada.pk).exists()
    assert Bar.objects.count() == 1


def test_a_story_that_was_taken_back_is_not_shared_again(later, ada):
    story = tell(ada, "The first Sunday.")
    with later():
        story.take_back(by=ada)
    assert Story.objects.get(pk=story.pk).taken_back


def test_an_address_and_a_passkey_that_were_taken_away_stay_away(later, ada):
    ada.person.address("ada@example.org")
    key = Passkey(person=ada.person, key_tag=b"k", credential="{}", label="phone")
    key.save(force_insert=True)
    with later():
        ada.person.address("")
        key.remove()
    assert Person.objects.get(pk=ada.person.pk).email == ""
    assert not Passkey.objects.exists()


# The ledger itself


def test_a_line_that_was_lost_in_a_crash_is_added_at_the_next_start(ada):
    story = tell(ada, "The first Sunday.")
    story.erase()
    whole = ledger.file().read_bytes()
    assert whole.count(b"\n") == 1
    for left in (b"", whole[:20], whole[:-1]):
        ledger.file().write_bytes(left)
        ledger.catch_up()
        assert ledger.file().read_bytes().count(whole.strip()) == 1
        ledger.catch_up()
        assert ledger.file().read_bytes().count(whole.strip()) == 1


def test_an_erasure_that_was_undone_leaves_no_line(ada):
    story = tell(ada, "The first Sunday.")
    with pytest.raises(ZeroDivisionError), ledger.erasing("stories.story", story.pk):
        raise ZeroDivisionError(story.erase())
    assert told()
    assert not Erasure.objects.exists()
    assert not ledger.file().exists()
    story.erase()
    assert Erasure.objects.count() == 1


def test_one_who_goes_is_one_line_and_it_tells_nothing(ada, cleo, house):
    """Two lines side by side would say that two names were one person's."""
    for count in range(3):
        tell(ada, f"Sunday {count}")
    enter(ada.person, house.commons, "Willow")
    ids = [ada.pk, ada.person.pk, *Persona.objects.values_list("pk", flat=True)]
    erasing.erase(ada.person, words="erase")
    line = ledger.file().read_bytes()
    assert line.count(b"\n") == 1
    assert b"person" not in line
    assert not [pk for pk in ids if str(pk).encode() in line]
    assert ledger.file().stat().st_mode & 0o077 == 0


def test_all_that_erases_in_the_house_can_erase_again():
    """Every kind that the code writes into the ledger is known to its section's card."""
    import re

    from weft.loom.section import sections

    known = {f"{section.label}.{kind}" for section in sections() for kind in section.erasures()}
    code = "".join(
        path.read_text() for path in Path(__file__).parents[2].glob("*/**/*.py") if "tests" not in path.parts
    )
    written = set(re.findall(r'ledger\.erasing\(f?"([a-z_.]+)', code))
    assert len(written) >= 6
    assert not [kind for kind in written if not any(one.startswith(kind) for one in known)]


def test_the_ledger_of_another_house_is_refused(ada, folder):
    from django.core.exceptions import ImproperlyConfigured

    tell(ada, "The first Sunday.").erase()
    shutil.copy(ledger.file(), folder / "other")
    line = bytearray(ledger.file().read_bytes())
    line[3] = ord("B" if line[3:4] == b"A" else "A")  # another id: then its words do not open
    ledger.file().write_bytes(line)
    with pytest.raises(ImproperlyConfigured, match="another house"):
        ledger.catch_up()
    ledger.file().unlink()
    assert ledger.take_over(folder / "other") == 1
    assert ledger.take_over(folder / "other") == 0
