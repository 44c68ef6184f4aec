"""One circle with somebody in every role, and something at every address: what the table of roles is asked of."""

from datetime import time as clock
from datetime import timedelta

from django.db import transaction
from django.test import Client
from django.urls import reverse

from weft.care.models import Board, Call, Diary, News, Slot, Sponsor
from weft.care.models.guest import new_token
from weft.care.tests.ways import care_in, make_offer, make_posting, make_slot
from weft.circles.models import Bar, Circle, Credential, House, Invitation, Persona
from weft.companions.models import Errand, Greeting, OpenToAsk
from weft.companions.tests.ways import long_here, make_tie
from weft.conftest import enter, make_circle
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import (
    AttendanceLetter,
    Consent,
    Course,
    Feed,
    Gathering,
    Import,
    LettersHere,
    LookBack,
    Place,
    Script,
    Seat,
    Series,
    Shift,
    Training,
)
from weft.gatherings.models.attendance import of_persona
from weft.gatherings.models.look_back import _mark
from weft.home.models import DutyCode
from weft.loom import caps, ids, time
from weft.notices.models import Notice
from weft.people.models import Duty, Passkey, Person
from weft.safety.models import Block, Concern, HelpLine, Unveiling
from weft.stories.models import Ask, Reply, Story
from weft.tests.laws.matrix import INSIDE, ORACLE, OVER, ROLES, SIGNED_OUT, pattern_of
from weft.voices.tests.ways import make_comment, make_voice
from weft.wisdom.models import Milestone
from weft.wisdom.tests.ways import announce, attempt, give


class World:
    """One circle with somebody in every role, and a story in one state."""

    def __init__(self, state: str = "told", listed: bool = True) -> None:
        commons = make_circle("Mill House", kind="commons", seats=500)
        House.objects.create(commons=commons, kind="charity", country="GB")
        self.circle = circle = make_circle("Evening Circle", seats=7, listed=listed)
        self.people = {role: Person.objects.join(role, None) for role in ROLES if role != SIGNED_OUT}
        Duty.objects.create(person=self.people["safety"], kind="safety", known_as="Noor")
        Duty.objects.create(person=self.people["steward"], kind="steward", known_as="Sol")
        Duty.objects.create(person=self.people["reader"], kind="reader", known_as="Ines")
        enter(self.people["elsewhere"], make_circle("Another"), "Elsewhere", role=Persona.Role.FACILITATOR)
        inside = {role: enter(self.people[role], circle, role.title()) for role in sorted(INSIDE)}
        inside["facilitator"].role, inside["observer"].role = Persona.Role.FACILITATOR, Persona.Role.OBSERVER
        for persona in inside.values():
            persona.save()
        self.inside = inside
        self.newcomer = enter(Person.objects.join("newcomer", None), circle, "Newcomer")
        gone = enter(self.people["gone"], make_circle("Left"), "Gone")
        gone.leave(by=self.people["gone"], words="take")
        standing = Persona.Standing
        self.asking = Persona.enter(self.people["asking"], circle, "Asking", standing=standing.ASKING)
        Persona.enter(self.people["waiting"], circle, "Waiting")
        declined = Persona.enter(self.people["declined"], circle, "Declined", standing=standing.ASKING)
        declined.decline(by=inside["facilitator"])
        from weft.circles import veil

        Bar.objects.create(circle=circle, owner_tag=veil.owner_tag(self.people["removed"], circle.pk))
        self.invitation, self.token = Invitation.write(inside["facilitator"], uses=40)
        Greeting.write(inside["teller"], "Hello.", by=inside["facilitator"])
        self.story = Story.begin(inside["teller"])
        self.story.write("A story.", wish="listen", audience="circle", topics=[])
        self.reply = self.note = None
        if state != "draft":
            self.story.share(by=inside["teller"])
            self.reply = Reply.say(self.story, "An answer.", by=inside["answerer"])
            self.note = Reply.say(self.story, "Advice.", by=inside["facilitator"], note=True)
        if state == "for_guides":
            Story.objects.filter(pk=self.story.pk).update(audience="facilitators")
        if state == "taken_back":
            self.story.take_back(by=inside["teller"])
        if state == "erased":
            self.story.erase()
        Ask(circle=circle, story=self.story, to=inside["member"], at=time.now()).save(force_insert=True)
        Block.begin(inside["blocked"], by=inside["teller"])
        self.concern = Concern.write("I am worried.", by=inside["member"]).concern
        self.duty_code = DutyCode.objects.get(
            code_tag=DutyCode.tag(DutyCode.write("safety", by=self.people["steward"]))
        )
        others = [Person.objects.join(name, None) for name in ("more safety", "yet more safety")]
        for other in others:
            Duty.objects.create(person=other, kind="safety", known_as="Another")
        self.unveiling = Unveiling.ask(inside["member"], by=inside["facilitator"], reason="Why.", need="What.")
        self.unveiling.say_yes(by=self.people["safety"], words="We were worried.")
        self.unveiling.say_yes(by=others[0])
        self._guiding(inside)
        Notice.ring("companions.greeting", to=inside["teller"], about=1)
        self.notice = Notice.objects.get()
        self.series = self._series(inside["facilitator"])
        self.gathering = self.series.next
        self._gathers(inside)
        self.over = self._over(inside)
        self.open_one = self._series(inside["facilitator"])
        Series.objects.filter(pk=self.open_one.pk).update(listed=True, door="open")
        self.open_hour = self.open_one.gatherings.earliest("starts")
        Gathering.objects.filter(pk=self.open_hour.pk).update(starts=time.now())
        self.brought = Import(circle=circle, by=inside["facilitator"], said=[])
        self.brought.save(force_insert=True)
        self.feed = Feed.open(self.people["teller"])
        self.group = self._series(inside["facilitator"], door="cohort")
        self.place = Place.ask(self.group, [], by=self.newcomer)
        self.script = Script.keep("A script", {}, is_shared=True, by=inside["facilitator"])
        self.passkey = Passkey.objects.create(person=self.people["teller"], key_tag=b"k", credential="", label="Phone")
        self._cares(inside)
        self.voice = make_voice(self.people["teller"], self.people["reader"])
        self.voice_to_read = make_voice(self.people["teller"])
        self.tie = make_tie(inside["teller"], inside["facilitator"])
        long_here(inside["member"])
        OpenToAsk.say(on=True, by=inside["member"])
        self.errand = Errand.ask("Somebody who knows the nights.", by=inside["answerer"])
        self.comment = make_comment(self.voice, self.people["reader"])
        self.strand = give(inside["answerer"])
        attempt(self.strand.lesson, inside["member"])
        self.milestone = Milestone.begin(ids.random_id(), "Walks", time.today(), by=inside["answerer"])
        announce(inside["facilitator"])
        self.ended = self._ended()
        self.browsers = {role: self._browser(role) for role in ROLES}
        self.addresses: dict[str, str] = {}
        House.forget()

    def _ended(self) -> Circle:
        """A circle that has ended, of which the archive is there."""
        circle = make_circle("Ended")
        guide = enter(self.people["facilitator"], circle, "Guide", role=Persona.Role.FACILITATOR)
        enter(self.people["teller"], circle, "Teller")
        announce(guide)
        circle.close()
        return circle

    def _cares(self, inside: dict[str, Persona]) -> None:
        """Help is asked for in the circle: one slot is free, one is promised by the teller and near."""
        care_in(self.circle, inside["facilitator"], [inside["teller"]])
        self.call, self.call_token = Call.write(inside["facilitator"], uses=40, days=3)
        self.guest_token = new_token()
        self.guest = self.call.let_in("Old Tom", self.guest_token)
        self.news = News.objects.get(circle=self.circle)
        self.diary = Diary.open(inside["teller"])
        self.free = make_slot(inside["facilitator"], days=2)
        Board.turn(True, by=self.people["steward"])
        self.posting = make_posting(self.free.need, by=inside["facilitator"])
        self.offer = make_offer(self.people["elsewhere"])
        self.sponsor, self.counts = Sponsor.make("The town", time.today(), by=self.people["steward"])
        self.promised = Slot.objects.get(promise__persona=inside["teller"])
        Slot.objects.filter(pk=self.promised.pk).update(starts=time.now() + timedelta(hours=3))

    def _series(self, guide: Persona, **more: str) -> Series:
        said = {"name": "An hour", "zone": "UTC", "starts_on": time.today() + timedelta(days=1), "starts_at": clock(19)}
        return Series.begin(ids.random_id(), said | {"rule": "FREQ=WEEKLY"} | more, by=guide)

    def _gathers(self, inside: dict[str, Persona]) -> None:
        """An hour to which some have come: one who guides is in, and one waits at the door."""
        Series.objects.filter(pk=self.series.pk).update(way="voice", keeps_notes=True, needs_training=False)
        for role in ("facilitator", "teller"):
            seat = Seat.objects.filter(gathering=self.gathering, persona=inside[role]).first()
            if seat is None:
                seat = Seat(circle=self.circle, gathering=self.gathering, persona=inside[role])
                seat.save(force_insert=True)
            Hour.of(self.gathering).come(by=Seat.objects.get(pk=seat.pk))  # with its series as it is now

    def _over(self, inside: dict[str, Persona]) -> Gathering:
        """An hour that is over, to which one has come, with a letter about it."""
        starts = time.now() - timedelta(hours=20)
        hour = Gathering(circle=self.circle, series=self.series, day=starts.date(), starts=starts, phase="ended")
        hour.save(force_insert=True)
        Seat(circle=self.circle, gathering=hour, persona=inside["teller"], came_at=starts, left_at=starts).save()
        LettersHere.turn(True, by=inside["facilitator"])
        Shift(circle=self.circle, gathering=hour, persona=inside["facilitator"]).save(force_insert=True)
        tag = _mark("asks", inside["facilitator"].pk)
        self.look_back = LookBack(
            circle=self.circle, gathering=hour, by=self.newcomer, said={"how": "Long."}, to_tag=tag
        )
        self.look_back.save(force_insert=True)
        times = of_persona(inside["teller"])
        self.letter = AttendanceLetter.begin(ids.random_id(), inside["teller"], times, by=inside["facilitator"])
        return hour

    def _guiding(self, inside: dict[str, Persona]) -> None:
        """A credential and a training that wait, and what is asked before an hour."""
        licence = {"kind": "Nurse", "issuer": "The Chamber", "number": "1", "valid_until": time.today()}
        self.credential = Credential.enter(inside["facilitator"], **licence)
        for lesson in Course.here().lessons:
            self.training = Training.answer(inside["teller"], lesson, "I would wait.")
        self.training.hand_in(Course.here())
        self.consent = Consent.publish("- What is said here stays here.", by=inside["facilitator"])

    def _browser(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        if role != SIGNED_OUT:
            client.force_login(self.people[role], backend="weft.people.door.Opened")
        return client

    def address(self, name: str) -> str:
        """An address of this world: its story, its newcomer, its own ids. They stay as they are: nothing that is asked
        is kept."""
        if name not in self.addresses:
            self.addresses[name] = self._address(name)
        return self.addresses[name]

    def _address(self, name: str) -> str:
        reply = self.note if name == "stories:note" else self.reply
        ids = {
            "key": self.circle.pk,
            "gathering_key": self.hour_of(name).pk,
            "lesson_key": self.strand.lesson_id,
            "strand_key": self.strand.pk,
            "milestone_key": self.milestone.pk,
            "letter_key": self.letter.pk,
            "story_key": self.story.pk,
            "reply_key": reply.pk if reply else 1,
            "persona_key": self.persona_of(name),
            "invitation_key": self.invitation.pk,
            "import_key": self.brought.pk,
            "token": self.token_of(name),
            "slot_key": (self.promised if name == "care:where" else self.free).pk,
            "need_key": self.free.need_id,
            "news_key": self.news.pk,
            "call_key": self.call.pk,
            "posting_key": self.posting.pk,
            "offer_key": self.offer.pk,
            "sponsor_key": self.sponsor.pk,
            "guest_key": self.guest.pk,
            "credential_key": self.credential.pk,
            "consent_key": self.consent.pk,
            "number": 1,
            "series_key": (self.group if name.startswith("gatherings:place") else self.series).pk,
            "place_key": self.place.pk,
            "script_key": self.script.pk,
            "comment_key": self.comment.pk,
            "companion_key": self.tie.pk,
            "errand_key": self.errand.pk,
            "code": self.comment.code,
            "look_key": self.look_back.pk,
        }
        ids |= {"key": self.key_of(name), "step": "name", "status": 404}
        address = reverse(name, kwargs={key: ids[key] for key in pattern_of(name).pattern.converters})
        return address + self.query_of(name)

    def hour_of(self, name: str) -> Gathering:
        """The hour that this address is about."""
        if name == "gatherings:visit":
            return self.open_hour
        return self.over if name in OVER else self.gathering

    def token_of(self, name: str) -> str:
        """What `token` means in this address."""
        own = {"gatherings:feed": self.feed.token, "care:call": self.call_token, "care:diary": self.diary.token}
        own["care:counts"] = self.counts
        guest = dict.fromkeys(
            (
                "care:helping",
                "care:stop",
                "care:help_with",
                "care:guest_times",
                "care:guest_mail",
                "care:guest_mail_off",
            ),
            self.guest_token,
        )
        return (own | guest).get(name, self.token)

    def key_of(self, name: str) -> int:
        """What `key` means in this address."""
        space, _, short = name.partition(":")
        if short in ("item", "taken", "answers", "closed", "concern", "put_away", "ask_about") and space == "safety":
            return int(self.concern.pk)
        if short in ("unveiling", "yes", "no", "looks", "words", "put_unveiling_away") and space == "safety":
            return int(self.unveiling.pk)
        duties = {duty.kind: duty.pk for duty in Duty.objects.filter(person__in=self.people.values())}
        return {
            **dict.fromkeys(("voices:voice", "voices:sheet", "voices:own", "voices:preview"), self.voice.pk),
            **dict.fromkeys(("voices:step", "voices:consent", "voices:answer"), self.voice.pk),
            **dict.fromkeys(("voices:comment", "voices:answer_comment"), self.voice.pk),
            **dict.fromkeys(("wisdom:archive", "wisdom:withdraw"), self.ended.pk),
            "voices:read": self.voice_to_read.pk,
            "gatherings:check": self.credential.pk,
            "gatherings:sign_off": self.training.pk,
            "safety:block": self.inside["member"].pk,
            "safety:end_block": self.inside["member"].pk,
            "safety:ask": self.newcomer.pk,
            "safety:helpline": HelpLine.of("GB")[0].pk,
            "safety:confirmation": HelpLine.of("GB")[0].pk,
            "safety:removal": HelpLine.of("GB")[0].pk,
            "gatherings:meeting": self.open_one.pk,
            "notices:opened": self.notice.pk,
            "people:passkey": self.passkey.pk,
            "home:take_back_code": self.duty_code.pk,
            "home:end_duty": duties["safety"],
            "home:lay_down_duty": duties["safety"],
        }.get(name, self.circle.pk)

    def query_of(self, name: str) -> str:
        if name == "safety:report":
            about = f"reply.{self.reply.pk}" if self.reply else f"story.{self.story.pk}"
            return f"?about={about}&circle={self.circle.pk}"
        return f"?circle={self.circle.pk}" if name == "safety:write" else ""

    def persona_of(self, name: str) -> int:
        if name == "circles:answer":
            return self.asking.pk
        if name == "companions:ask":
            return self.inside["member"].pk
        if name == "gatherings:guides":
            return self.inside["facilitator"].pk
        if name in ("companions:read_answer", "gatherings:note"):
            return self.inside["teller"].pk
        return self.newcomer.pk

    def ask(self, name: str, method: str, role: str) -> str:
        """What happens: "yes", "no" (404), "door" (sign in first), or "method" (that method is not there)."""
        browser = Client(raise_request_exception=False)
        browser.cookies.update(self.browsers[role].cookies)
        address = self.address(name)
        House.forget()
        caps.forget()
        with transaction.atomic():
            if method == "get":
                answer = browser.get(address)
            else:
                answer = browser.post(address, dict(ORACLE[name].send))
            transaction.set_rollback(True)
        refused = answer.status_code in (400, 403, 429) and "json" not in answer["Content-Type"]
        if answer.status_code >= 500 or refused:
            return f"broken ({answer.status_code})"
        if answer.status_code == 404:
            return "no"
        if answer.status_code == 405:
            return "method"
        if answer.status_code == 302 and answer["Location"].startswith(reverse("people:door")):
            return "door"
        return "yes"
