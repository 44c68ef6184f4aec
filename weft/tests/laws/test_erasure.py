"""Erasure reaches every table: nothing of a person is left but what is named here, and that holds no trace of them.

Somebody lives in a house until they have left a row in every table that can hold one; others answer, greet and report
them. Then they erase their account. Every row of every table, also of tables that no model knows, is searched for their
ids, their tags and their words, as they lie and opened. A new table must be lived in, or be named below with a reason.
"""

import re
from html import unescape
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from weft.circles import veil
from weft.circles.models import Bar, Circle, Invitation, Persona
from weft.companions.models import Greeting
from weft.conftest import PASSPHRASE, enter, make_circle
from weft.home.erasing import erase
from weft.home.models import DutyCode
from weft.loom import jobs, seal, time
from weft.loom.section import Reportable
from weft.notices.bell import Bell
from weft.notices.models import Choices, Mail
from weft.people.models import Duty, Passkey, Person
from weft.safety.models import Block, Concern, Unveiling
from weft.sections import SECTIONS
from weft.stories.models import Echo, Reply, Story
from weft.stories.tucking import Tucking
from weft.stories.unheard import Ask, Handover, Readiness
from weft.tests.laws.dump import tables

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "qzcanary"

# Tables that never hold anything of one person.
NOBODYS = {
    "circles_house": "the house itself",
    "safety_desk": "hours, and the names that a team gave itself",
    "safety_helpline": "public numbers",
    "home_setup": "gone since the house opened",
    "stories_indexing": "how far the making of the index has come",
}
# Tables that may keep a row which came to be while somebody lived here, and why. None of them may hold a trace.
STAYS = {
    "loom_datakey": "the key of a circle, for the words of the others",
    "loom_erasure": "the ledger: sealed, so that an older backup is erased again",
    "circles_circle": "a listed circle that they opened is closed, not taken from those who may come",
    "circles_agreement": "what a circle agreed on",
    "stories_story": "the place of a story under which others answered",
    "stories_reply": "what others answered, and the place of an answer",
    "stories_posting": "where the words of the others stand",
    "safety_concern": "what others told the safety team, until it is closed",
    "safety_report": "the same",
    "loom_job": "what is still to be done, by ids alone, and finds nothing any more",
    "stories_handover": "that one who guides passed a story of another on",
    "safety_step": "what the team did about it",
    "safety_look": "who of the team opened it",
    "safety_unveiling": "that two of the team opened something, without the name",
    "safety_unveilingstep": "the same",
    "safety_history": "how long that history is",
    "notices_notice": "what others were told",
    "notices_mark": "the hash of a number that was drawn by lot",
    "circles_invitation": "another circle's",
    "home_dutycode": "a code of the house, which names nobody",
}


class Life:
    """Somebody who does everything that can be done, and to whom everything is done."""

    def __init__(self, circle: Circle, ada: Persona, cleo: Persona, others: dict[str, Any]) -> None:
        self.others = others
        self.person = person = Person.objects.join(f"{CANARY}-name", PASSPHRASE)
        person.address(f"{CANARY}@example.org")
        person.keep_code(f"{CANARY}code")
        person.second_step = {"secret": CANARY, "last": 0}
        person.save()
        Tucking(topics=("loss",), words=(f"{CANARY}-rope",)).keep(person)
        Passkey(person=person, key_tag=b"kkkkkkkkkkkkkkkk", credential=CANARY, label=f"{CANARY}-phone").save(
            force_insert=True
        )
        self.client = Client()
        self.client.force_login(person, backend="weft.people.door.Opened")
        self.persona = mine = enter(person, circle, f"{CANARY}-river")
        self.other = other = enter(person, others["room"], f"{CANARY}-wren", role="facilitator")
        Persona.open_circle("friends", f"{CANARY}-friends", by=person, by_name=f"{CANARY}-me")
        Persona.enter(
            person, make_circle("A Door"), f"{CANARY}-asks", standing="asking", answers=[{"a": f"{CANARY}-answer"}]
        )
        Bar.objects.create(circle=make_circle("Removed"), owner_tag=b"")
        Bar.objects.filter(owner_tag=b"").update(owner_tag=self._barred())
        told, hers = tell(mine, f"{CANARY}-story"), tell(cleo, "Cleo's own story.")
        Story.begin(other).write(f"{CANARY}-draft", wish="ideas", audience="circle", topics=[f"{CANARY}-topic"])
        tell(mine, f"{CANARY} to be erased").erase()
        for note in (False, True):
            Reply.say(hers, f"{CANARY}-reply-{note}", by=mine, note=note)
            Reply.say(told, f"Cleo was there too {note}.", by=cleo, note=note)
        Readiness.of(mine).say(topics=["loss"], anything=True, a_day=1, rest=[1], duty=[])
        Ask.objects.create(circle=circle, story=hers, to=mine, at=time.now(), said="yes")
        waits = tell(others["new"], "Finch's story.")
        Handover.make(waits, by=other, to=other)
        Choices.of(person).keep(quiet=[20, 9])
        Mail.write("confirm", person, "once")
        Echo.give(hers, "there", by=mine)
        Echo.give(told, "with", by=cleo)
        Invitation.write(other, note=f"{CANARY}-line")
        Greeting.write(mine, "Hello.", by=cleo).put_away(f"{CANARY}-thanks", by=mine)
        Greeting.write(others["new"], f"{CANARY}-hello", by=other)
        Block.begin(ada, by=mine)
        concern = Concern.write(f"{CANARY}-worry", by=mine, excerpt=f"{CANARY}-excerpt").concern
        self._safety(ada, cleo, told, concern)
        do_all()
        Bell.of(person).read_all()
        Reply.say(told, "One thing more.", by=cleo)  # and what is still to be done about it
        for address in ("/", "/settings/", "/bell/", told.get_absolute_url(), circle.get_absolute_url()):
            assert self.client.get(address).status_code == 200

    def _barred(self) -> bytes:
        return veil.owner_tag(self.person, Circle.objects.get(pk=Bar.objects.get(owner_tag=b"").circle_id).pk)

    def _safety(self, ada: Persona, cleo: Persona, told: Story, concern: Concern) -> None:
        """They are of the team too; somebody reports them, and two of the team see how to reach them."""
        team = self.others["team"]
        about = Reportable("story", told.pk, f"{CANARY}-story", self.persona, "A story")
        reported = Concern.report(about, by=cleo, reason="unsure").concern
        reported.look(by=team[0])
        reported.take(by=team[0])
        unveiling = Unveiling.ask(self.persona, by=cleo, reason="Why.", need="What.")
        unveiling.say_yes(by=team[0], words="We were worried.")
        unveiling.say_yes(by=team[1])
        for kind in ("steward", "safety"):
            Duty.objects.create(person=self.person, kind=kind, known_as=f"{CANARY}-{kind}")
        DutyCode.write("safety", by=self.person)
        hers = Concern.write("Ada is worried.", by=ada).concern
        hers.look(by=self.person)
        hers.answer("We read it.", by=self.person)

    def team_closes(self) -> None:
        """What was shown to the safety team is kept until it has closed the matter."""
        for concern in Concern.objects.open():
            concern.close("Settled.", by=self.others["team"][0])
        do_all()

    def marks(self) -> set[Any]:
        """What would tell of them: every id and every tag of theirs."""
        found: set[Any] = {self.person.pk, *veil.keyring(self.person).values()}
        rows = [self.person, *Persona.objects.of(self.person), *self.person.devices.all(), *self.person.passkeys.all()]
        for row in rows:
            found |= {bytes(value) for name, value in vars(row).items() if name.endswith("_tag") and value}
        return found | {veil.owner_tag(self.person, key) for key in Circle.objects.values_list("pk", flat=True)}


def tell(persona: Persona, words: str) -> Story:
    story = Story.begin(persona)
    story.write(words, wish="listen", audience="circle", topics=[])
    story.share(by=persona)
    return story


def do_all() -> None:
    """All that is to be done now. What looks again later puts itself anew, so nothing is done as if it were later."""
    jobs.run_due(at=time.now() + jobs.GRAIN)


def keys_of() -> dict[str, set[Any]]:
    own = [model for model in apps.get_models() if model._meta.app_label in SECTIONS]
    return {m._meta.db_table: {_plain(pk) for pk in m._default_manager.values_list("pk", flat=True)} for m in own}


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def traces(marks: set[Any]) -> set[str]:
    """The columns in which one of these marks, or the canary, is found: as they lie, and opened."""
    bytes_ = [mark for mark in marks if isinstance(mark, bytes)]
    texts = [str(mark) for mark in marks if isinstance(mark, int)] + [CANARY, *(mark.hex() for mark in bytes_)]
    found = set()

    def tells(value: Any) -> bool:
        value = _plain(value)
        if isinstance(value, bytes):
            return any(mark in value for mark in bytes_)
        return value in marks if isinstance(value, int) else any(text in str(value) for text in texts)

    for table, lying in tables().items():
        found |= {f"{table}.{column}" for row in lying for column, value in row.items() if tells(value)}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, seal.SealedText):
                opened = [getattr(row, field.name) for row in model._default_manager.all()]
                found |= {f"{model._meta.db_table}.{field.name}" for value in opened if tells(str(value))}
    return found


# The ledger; and what they did for the safety team stays with it, under the name that they had there.
LEDGER = {"loom_erasure.what", "safety_step.by_name", "safety_look.by_name"}


@pytest.fixture
def life(circle: Circle, ada: Persona, cleo: Persona) -> Any:
    team = [Person.objects.join(name, None) for name in ("noor", "sam", "kit")]
    for one in team:
        Duty.objects.create(person=one, kind="safety", known_as="Somebody")
    room = make_circle("Another Circle")
    new = enter(Person.objects.join("newcomer", None), room, "Finch")
    before = keys_of()
    life = Life(circle, ada, cleo, {"team": team, "room": room, "new": new})
    life.marks_, life.before = life.marks(), before  # type: ignore[attr-defined]
    return life


def test_somebody_who_lives_here_leaves_a_row_in_every_table(life):
    new = {table for table, keys in keys_of().items() if keys - life.before.get(table, set())}
    every = {model._meta.db_table for model in apps.get_models() if model._meta.app_label in SECTIONS}
    assert every - new == set(NOBODYS), "let the life above leave a row there, or say why nobody can"


@pytest.mark.parametrize("words", ["erase", "keep"])
def test_erasure_reaches_every_table(life, words):
    assert len(traces(life.marks_)) > 30
    erase(life.person, words=words)
    life.team_closes()
    left = {table for table, keys in keys_of().items() if keys - life.before.get(table, set())}
    assert left - set(STAYS) == ({"stories_echo"} if words == "keep" else set())  # Cleo's, for words that still stand
    kept = {f"stories_{table}.{field}" for table in ("story", "reply") for field in ("text", "html")}
    assert traces(life.marks_) - LEDGER == (kept if words == "keep" else set())


def test_control_a_table_that_was_forgotten_is_found(life):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE forgotten (person bigint, said text)")
        cursor.execute("INSERT INTO forgotten VALUES (%s, %s)", [life.person.pk, f"by {CANARY}"])
    try:
        erase(life.person, words="erase")
        life.team_closes()
        assert traces(life.marks_) - LEDGER == {"forgotten.person", "forgotten.said"}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE forgotten")


# What lies here of them and is not in their file, and why.
NOT_IN_THE_FILE = {
    "people_passkey.credential": "a secret between device and house",
    "people_person.second_step": "the same, with the code app",
    "people_person.tucked": "its topics and words are, one by one",
    "people_device.contents": "the same",
    "safety_step.by_name": "the safety team's own record",
    "safety_look.by_name": "the same",
    "safety_concern.about": "what others told the team, except one's own words",
    "safety_unveiling.about": "told of on its own page, and in the file as that says",
}


def test_the_download_holds_every_word_of_theirs(life):
    from weft.home.taking import packed

    archive = ZipFile(BytesIO(packed(life.person)))
    files = [unescape(archive.read(name).decode()) for name in archive.namelist()]
    missing = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            place = f"{model._meta.db_table}.{field.name}"
            if isinstance(field, seal.SealedText) and field.name != "html" and place not in NOT_IN_THE_FILE:
                said = re.findall(
                    rf"{CANARY}-[\w-]+", " ".join(str(getattr(r, field.name)) for r in model.objects.all())
                )
                missing |= {f"{place}: {words}" for words in said if any(words not in file for file in files)}
    assert missing == set()
    assert f"{CANARY}-draft" in files[0]
