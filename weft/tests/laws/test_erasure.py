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

from weft.care.models import Board, Call, Diary, HouseOffer, Near, News, Promise, Sponsor, Swap, Tally
from weft.care.models.guest import new_token
from weft.care.tests.ways import care_in, make_posting, make_slot
from weft.circles import veil
from weft.circles.models import Bar, Circle, Credential, Invitation, Persona, VisitBar
from weft.companions.models import Errand, Greeting, OpenToAsk
from weft.companions.open_to_ask import Terms
from weft.companions.tests.ways import make_tie
from weft.conftest import PASSPHRASE, enter, make_circle
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import (
    Arrival,
    AttendanceLetter,
    Attended,
    Consent,
    Correction,
    Course,
    Feed,
    Gathering,
    Guide,
    HourNote,
    Import,
    LettersHere,
    Listing,
    LookBack,
    Place,
    Pulse,
    PulseSum,
    Reminding,
    Rest,
    Script,
    Signal,
    Training,
    Tuning,
)
from weft.gatherings.tests.conftest import make_gathering, sit
from weft.home.erasing import erase
from weft.home.models import DutyCode
from weft.loom import ids, jobs, seal, time
from weft.loom.section import Reportable
from weft.notices.bell import Bell
from weft.notices.models import Choices, Mail, Push, Subscription
from weft.people.models import Device, Duty, Passkey, Person
from weft.safety.models import Block, Concern, Unveiling
from weft.sections import SECTIONS
from weft.stories.models import Echo, Reply, Story
from weft.stories.tucking import Tucking
from weft.stories.unheard import Ask, Handover, Readiness
from weft.tests.laws.dump import tables
from weft.voices.tests.ways import make_comment, make_voice
from weft.wisdom.models import Farewell, Milestone, Parting, Shelf, Strand, ThenNow, Unasked
from weft.wisdom.tests.ways import announce, attempt, give, keep

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "qzcanary"

# Tables that never hold anything of one person.
NOBODYS = {
    "circles_house": "the house itself",
    "safety_desk": "hours, and the names that a team gave itself",
    "safety_helpline": "public numbers",
    "home_setup": "gone since the house opened",
    "gatherings_course": "what hosts of the house read",
    "stories_indexing": "how far the making of the index has come",
}
# Tables that may keep a row which came to be while somebody lived here, and why. None of them may hold a trace.
STAYS = {
    "loom_datakey": "the key of a circle, for the words of the others",
    "companions_opentoask": "the list of a circle, with the others in it",
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
    "gatherings_series": "what meets, for those who still come",
    "gatherings_gathering": "the same",
    "gatherings_listing": "what a list from elsewhere says of it",
    "gatherings_script": "the plan of an hour, for those who guide",
    "gatherings_line": "that something happened in an hour, at no seat that is named",
    "companions_guestbook": "who came to a circle lately, without those who left",
    "circles_invitation": "another circle's",
    "circles_visitbar": "that the hours of a circle are closed to somebody else",
    "gatherings_lettershere": "that a circle gives letters",
    "gatherings_pulsesum": "what five or more said of an hour, together",
    "gatherings_consent": "what a circle asks before its hours",
    "gatherings_consentchain": "how long its record is",
    "gatherings_consentstep": "that somebody said yes, and has left",
    "wisdom_lesson": "what holds the words of the others",
    "wisdom_strand": "what others gave",
    "wisdom_trial": "what somebody tried, without a name",
    "wisdom_ending": "that the circle will end, as one who guides it said",
    "wisdom_posting": "where their words stand",
    "home_dutycode": "a code of the house, which names nobody",
    "care_care": "that help is asked for in a circle, for somebody else",
    "care_need": "what is asked for, for somebody else",
    "care_slot": "the same, day by day",
    "care_look": "that whoever held a slot looked at the address, and has left",
    "care_news": "what another told all",
    "care_call": "another's",
    "care_board": "that the house has a board",
    "care_tally": "counts in full tens, of the whole house",
    "care_sponsor": "for whom a steward made a link to them",
    "care_guest": "a helper without an account, who came by their invitation and stays",
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
        self._closes_hours()
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
        Listing(circle=other.circle, series=make_gathering(other.circle).series, slug="a-list").save(force_insert=True)
        Import(circle=other.circle, by=other, said=["a list"]).save(force_insert=True)
        Feed.open(person).choose(title="own", words=f"{CANARY}-choir")
        Choices.of(person).keep(quiet=[20, 9])
        Mail.write("confirm", person, "once")
        here = Device.objects.get(person=person)
        Subscription.begin(here, "https://fcm.googleapis.com/fcm/send/abc")
        Push.write(person, 0, [])
        self._cares(cleo)
        self._learns(mine, other, cleo)
        make_comment(make_voice(person, words=f"{CANARY}-voice"))
        Unasked.choose(on=True, by=mine)
        ThenNow.tie(told, words=f"{CANARY}-after", by=mine)
        Milestone.begin(ids.random_id(), f"{CANARY}-days", time.today(), by=mine)
        Echo.give(hers, "there", by=mine)
        Echo.give(told, "with", by=cleo)
        self._guides(other)
        Invitation.write(other, note=f"{CANARY}-line")
        make_tie(mine, cleo, words=f"{CANARY}-asks-her")
        Errand.ask(f"{CANARY}-nights", by=mine)
        OpenToAsk.say(on=True, by=mine, terms=Terms(line=f"{CANARY}-terms", topics=("loss",)))
        Greeting.write(mine, "Hello.", by=cleo).put_away(f"{CANARY}-thanks", by=mine)
        Greeting.write(others["new"], f"{CANARY}-hello", by=other)
        Block.begin(ada, by=mine)
        concern = Concern.write(f"{CANARY}-worry", by=mine, excerpt=f"{CANARY}-excerpt").concern
        self._gather(cleo)
        self._safety(ada, cleo, told, concern)
        do_all()
        Bell.of(person).read_all()
        Reply.say(told, "One thing more.", by=cleo)  # and what is still to be done about it
        for address in ("/", "/settings/", "/bell/", told.get_absolute_url(), circle.get_absolute_url()):
            assert self.client.get(address).status_code == 200

    def _closes_hours(self) -> None:
        """They close the hours of their circle to a visitor; and those of another are closed to them."""
        said: dict[str, Any] = {"weeks": 4, "hour": "An hour", "day": time.today()}
        VisitBar.lay(self.others["passing"], **said, reason=f"{CANARY}-shouted", by=self.other)
        host = self.others["host"]
        mine = Persona.visit(self.person, host.circle, f"{CANARY}-passing")
        self.closed = VisitBar.lay(mine, **said, reason="Was loud.", by=host)

    def _cares(self, cleo: Persona) -> None:
        """They help, are thanked, look at an address, and ask somebody who has no account."""
        care = care_in(cleo.circle, cleo, [self.persona])
        promise = Promise.objects.get(persona=self.persona)
        promise.say(f"{CANARY}-soup", by=self.persona)
        promise.thank(f"{CANARY}-glad", by=self.persona)
        care.speaker = None
        care.give_seat(self.persona, speaks=True, ground=f"{CANARY}-because", by=cleo)
        Near.offer(["meal"], [], f"{CANARY}-offer", by=self.persona)
        News.tell(ids.random_id(), f"{CANARY}-news", f"{CANARY}-outer", by=self.persona)
        self.hers = make_slot(cleo).take(by=cleo)
        Swap.ask(promise, self.hers, by=self.persona)
        Board.objects.create(is_on=True)
        Sponsor(token_tag=b"t", name="The town", until=time.today()).save(force_insert=True)
        Tally.close(time.today().replace(day=1))
        make_posting(promise.slot.need, f"{CANARY}-on-the-board", by=self.persona)
        HouseOffer.make(f"{CANARY}-called", f"{CANARY}-could", ["meal"], [], time.today(), by=self.person)
        _call, token = Call.write(self.persona, uses=2, days=3, words=f"{CANARY}-please")
        Call.held(token).let_in("Old Tom", new_token())

    def _learns(self, mine: Persona, other: Persona, cleo: Persona) -> None:
        """They give lessons, alone and woven with another's, are asked for one, try one, and keep it."""
        said = {"line": f"{CANARY}-line", "name": f"{CANARY}-below", "topics": [f"{CANARY}-with"], "for_house": True}
        hers = give(cleo, "Cleo's lesson.")
        give(mine, f"{CANARY}-lesson", into=hers.lesson, **said)
        alone = give(other, f"{CANARY}-alone", **said)
        attempt(alone.lesson, self.others["new"], "Finch tried it.")
        attempt(hers.lesson, mine, f"{CANARY}-tried", name=f"{CANARY}-below")
        Strand.begin(ids.random_id(), said | {"words": f"{CANARY}-begun"}, by=mine)
        Shelf.keep(self.person, hers.lesson_id)
        announce(cleo, words="We end.")
        keep(*mine.stories.all(), by=mine)
        Parting.call("other", f"{CANARY}-archived", by=mine)
        Farewell.say(ids.random_id(), f"{CANARY}-thanks", by=mine)
        Farewell.say(ids.random_id(), f"{CANARY}-only-to-her", by=mine, to=cleo)

    def _guides(self, mine: Persona) -> None:
        """They guide as a professional and as a host, and say yes to what is asked before an hour."""
        licence = {"kind": f"{CANARY}-kind", "issuer": f"{CANARY}-issuer", "number": f"{CANARY}-number"}
        Credential.enter(mine, **licence, valid_until=time.today()).confirm(by=self.others["team"][0])
        for lesson in Course.here().lessons:
            training = Training.answer(mine, lesson, f"{CANARY}-answered")
        training.hand_in(Course.here())
        training.give_back("Shall we speak first?", by=self.others["team"][0])
        Consent.publish("What is said here stays here.", by=mine)

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

    def _gather(self, cleo: Persona) -> None:
        """They guide a gathering, sit in it, and type a turn."""
        gathering = make_gathering(cleo.circle)
        Guide(circle=cleo.circle, series=gathering.series, persona=self.persona).save(force_insert=True)
        place = Place(circle=cleo.circle, series=gathering.series, persona=self.persona)
        place.answers = [f"{CANARY}-because"]
        place.save(force_insert=True)
        self.seat = sit(gathering, self.persona, "leads")
        hour = Hour.of(gathering)
        room = hour.come(by=self.seat)
        for step in ("open_door", "begin"):
            room = hour.act(step, by=self.seat, turn=room.turn)
        hour.say(f"{CANARY}-turn", by=self.seat, turn=room.turn)
        note = HourNote(circle=cleo.circle, gathering=gathering, about=self.persona)
        note.steps = [{"words": "About them, not theirs.", "by": cleo.pk, "at": time.now().isoformat()}]
        note.save(force_insert=True)
        Arrival.say(self.seat, where=f"{CANARY}-street", call=f"{CANARY}-friend")
        Tuning.turn(self.seat, "voice")
        Signal.send({"attempt": 0}, by=self.seat, to=self.seat)
        Reminding.choose(["day"], by=self.persona)
        self._remains(gathering)
        Script.keep("Two rounds", {"minutes": 3}, is_shared=False, by=cleo)
        LookBack.keep(gathering, by=self.persona, how=f"{CANARY}-long", stays=f"{CANARY}-stays", to=cleo)
        Rest(circle=cleo.circle, persona=self.persona, until=time.today()).save(force_insert=True)

    def _remains(self, gathering: Gathering) -> None:
        """What remains of an hour: a line that was put right, a letter, and what was said of it."""
        times = {"came": gathering.starts, "left": gathering.ends}
        Correction.put_right(gathering, self.persona, how="phone", **times, by=self.persona)
        LettersHere.turn(True, by=self.other)
        letter = AttendanceLetter.begin(ids.random_id(), self.other, [Attended(self.seat, *times.values())])
        letter.put_name(f"{CANARY}-outward")
        Pulse(circle=gathering.circle, seat=self.seat, said={"heard": 3}).save(force_insert=True)
        PulseSum(circle=gathering.circle, gathering=gathering, said={"heard": [5, 9]}).save(force_insert=True)

    def team_closes(self) -> None:
        """What was shown to the safety team is kept until it has closed the matter. And what Cleo promised is hers."""
        self.hers.step_back(by=self.hers.persona)
        for concern in Concern.objects.open():
            concern.close("Settled.", by=self.others["team"][0])
        do_all()

    def marks(self) -> set[Any]:
        """What would tell of them: every id and every tag of theirs."""
        found: set[Any] = {self.person.pk, self.seat.pk, *veil.keyring(self.person).values()}
        rows = [self.person, *Persona.objects.of(self.person), *self.person.devices.all(), *self.person.passkeys.all()]
        found.add(bytes(self.closed.tag))
        rows += [self.person.feed, Diary.objects.get(persona=self.persona)]
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
    others = {"team": team, "room": room, "new": new, "passing": Persona.visit(team[2], room, "Passing")}
    others["host"] = enter(Person.objects.join("host", None), make_circle("Open Hours"), "Host", role="facilitator")
    before = keys_of()
    life = Life(circle, ada, cleo, others)
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
    kept |= {f"wisdom_strand.{field}" for field in ("line", "text", "html", "topics")}
    kept |= {"wisdom_trial.text", "wisdom_trial.html"}
    kept |= {f"care_news.{field}" for field in ("words", "html", "outer", "outer_html")}
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
