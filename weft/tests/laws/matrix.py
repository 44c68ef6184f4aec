"""Who may do what: every address of the house, for every role, in every state, against a table written by hand.

The table below is the oracle. It shares no code with the views: when the two disagree, one of them is wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time as clock
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

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
from weft.voices.tests.ways import make_comment, make_voice
from weft.wisdom.models import Milestone
from weft.wisdom.tests.ways import announce, attempt, give

SIGNED_OUT = "signed_out"
OUTSIDE = {"stranger", "elsewhere", "asking", "waiting", "declined", "removed", "gone", "safety", "steward", "reader"}
MEMBERS = {"teller", "answerer", "member", "blocked"}
INSIDE = MEMBERS | {"observer", "facilitator"}
WRITERS = INSIDE - {"observer"}
OF_THE_HOUSE = INSIDE | {"elsewhere", "safety"}  # who reads its board
SIGNED_IN = INSIDE | OUTSIDE
ANYBODY = SIGNED_IN | {SIGNED_OUT}
NOT_YET = SIGNED_IN - INSIDE - {"asking", "waiting", "declined", "removed"}
AT_THE_DOOR = {"asking", "waiting", "declined"}
ROLES = sorted(ANYBODY)
STATES = ["told", "draft", "for_guides", "taken_back", "erased"]

# What a role that may see stories at all sees of one, by its state.
HEARS: dict[str, set[str]] = {
    "told": INSIDE - {"blocked"},
    "draft": set(),
    "for_guides": {"teller", "facilitator"},
    "taken_back": INSIDE - {"blocked"},
    "erased": INSIDE,
}


def hears(state: str) -> set[str]:
    return HEARS[state]


def owns(state: str) -> set[str]:
    return set() if state == "erased" else {"teller"}


def tells(state: str) -> set[str]:
    return set() if state in ("erased", "draft") else {"teller"}


def tells_and_stands(state: str) -> set[str]:
    """Who may make a lesson of a story: its teller. (Others may ask, but not somebody who only came.)"""
    return hears(state) & {"teller"} if state in ("told", "for_guides") else set()


def may_ask(state: str) -> set[str]:
    """Who may send an ask; whether it is asked is another matter."""
    return hears(state) & WRITERS if state in ("told", "for_guides") else set()


def is_offered_a_note(state: str) -> set[str]:
    return set() if state in ("erased", "draft") else {"teller"}


def echoes(state: str) -> set[str]:
    return hears(state) & WRITERS - {"teller"} if state in ("told", "for_guides") else set()


Rule = set[str] | Any  # the roles, or a function from a story's state to the roles


@dataclass(frozen=True)
class Route:
    """One address: who may read it, who may send to it. None: that method is not there."""

    get: Rule | None
    post: Rule | None
    send: tuple[tuple[str, str], ...] = ()


def route(get: Rule | None, post: Rule | None, **send: str) -> Route:
    return Route(get, post, tuple(send.items()))


OVER = ("gatherings:attendance", "gatherings:pulse", "gatherings:looking_back")  # about an hour that is over
ORACLE: dict[str, Route] = {
    "circles:find": route(ANYBODY, ANYBODY),
    "circles:new": route(SIGNED_IN, SIGNED_IN, kind="friends", name="New", my_name="Me"),
    "circles:circle": route(ANYBODY, ANYBODY),
    "circles:join": route(SIGNED_IN, SIGNED_IN - {"removed"}, name="Fresh", yes="on"),
    "circles:agreement": route(INSIDE, INSIDE, yes="on"),
    "circles:people": route(INSIDE, INSIDE),
    "circles:rename": route(None, INSIDE, name="Fresh"),
    "circles:leave": route(INSIDE | AT_THE_DOOR, INSIDE | AT_THE_DOOR, words="take"),
    "circles:desk": route({"facilitator"}, {"facilitator"}),
    "circles:answer": route(None, {"facilitator"}, answer="yes"),
    "circles:invite": route({"facilitator"}, {"facilitator"}, uses="1", days="3"),
    "circles:take_back_invitation": route(None, {"facilitator"}),
    "circles:new_agreement": route({"facilitator"}, {"facilitator"}, text="- Other.", clauses=""),
    "circles:change": route({"facilitator"}, {"facilitator"}),
    "circles:remove": route(None, {"facilitator"}),
    "circles:role": route(None, {"facilitator"}, role="observer"),
    "circles:have_invitation": route(ANYBODY, ANYBODY),
    "circles:invitation": route(ANYBODY, ANYBODY - {"removed"}, name="Fresh", yes="on"),
    "stories:topics": route(None, SIGNED_IN, topics="loss"),
    "stories:words": route(None, SIGNED_IN, word="ladder"),
    "stories:search": route(SIGNED_IN, SIGNED_IN, words="answer"),
    "stories:earlier": route(INSIDE, INSIDE),
    "stories:begin": route(WRITERS, WRITERS),
    "stories:story": route(hears, hears),
    "stories:draft": route(owns, owns, text="Changed", wish="listen", audience="circle", later="1"),
    "stories:read_through": route(owns, owns),
    "stories:revise": route(owns, owns, text="Changed", wish="listen", audience="circle"),
    "stories:take_back": route(owns, owns, how="erase"),
    "stories:echo": route(None, echoes, kind="with"),
    "stories:replies": route(hears, lambda state: hears(state) & WRITERS, text="An answer", once="1"),
    "stories:reply": route(lambda s: hears(s) & {"answerer"}, lambda s: hears(s) & {"answerer"}, text="Other"),
    "stories:erase_reply": route(None, lambda s: hears(s) & {"answerer"}),
    "stories:note": route(None, is_offered_a_note, wanted="yes"),
    "stories:been_there": route(WRITERS, WRITERS, topics="loss", a_day="1"),
    "stories:word": route(None, lambda s: owns(s) - (MEMBERS if s == "draft" else set()), how="rest"),
    "stories:handover": route(None, lambda s: hears(s) & {"facilitator"}, to="me"),
    "stories:question": route(None, lambda s: hears(s) & {"member"}, answer="no"),
    "companions:fitting": route(SIGNED_IN, SIGNED_IN, words="kettle"),
    "companions:greet": route({"facilitator"}, {"facilitator"}, words="Hello."),
    "companions:mine": route(INSIDE, {"teller"}),
    "companions:more": route(None, INSIDE, more="no"),
    "companions:words": route({"facilitator"}, {"facilitator"}, two_days="Hello."),
    "companions:read_answer": route(None, {"facilitator"}),
    "companions:companions": route(INSIDE, INSIDE, open="yes"),
    "companions:ask": route(WRITERS - {"member"}, WRITERS - {"member"}, words="Hello."),  # who is open to be asked
    "companions:companion": route({"facilitator", "teller"}, {"facilitator", "teller"}, words="A letter."),
    "companions:errand": route(WRITERS, WRITERS, words="Hello."),
    "companions:pass_on": route({"facilitator"}, {"facilitator"}),
    "wisdom:everywhere": route(SIGNED_IN, SIGNED_IN, words="kettle"),
    "wisdom:kept": route(SIGNED_IN, None),
    "wisdom:kept_sheet": route(SIGNED_IN, None),
    "wisdom:lessons": route(INSIDE, INSIDE, words="kettle"),
    "wisdom:begin": route(WRITERS, WRITERS, text="I slept.", audience="circle"),
    "wisdom:mine": route(WRITERS, WRITERS),
    "wisdom:strand": route({"answerer"}, {"answerer"}, how="take_back"),
    "wisdom:change": route({"answerer"}, {"answerer"}, text="I slept.", audience="circle"),
    "wisdom:lesson": route(INSIDE, INSIDE),
    "wisdom:sheet": route(INSIDE, None),
    "wisdom:keep": route(None, INSIDE),
    "wisdom:trial": route(WRITERS, WRITERS, way="not", text="It rained.", audience="circle"),
    "wisdom:milestones": route(INSIDE, WRITERS, label="Walks", since="2026-01-01"),
    "wisdom:milestone": route(None, {"answerer"}, how="show"),
    "wisdom:then_now": route(INSIDE, None),
    "wisdom:season": route(INSIDE, None),
    "wisdom:ending": route(INSIDE, None),
    "wisdom:end": route({"facilitator"}, {"facilitator"}),
    "wisdom:parting": route(WRITERS, WRITERS, do="none"),
    "wisdom:farewell": route(None, WRITERS, to="all", words="Thank you."),
    "wisdom:archive": route({"teller", "facilitator"}, None),
    "wisdom:withdraw": route(None, {"teller", "facilitator"}),
    "wisdom:tie": route(lambda s: tells_and_stands(s), lambda s: tells_and_stands(s), text="It went on."),
    "wisdom:sources": route(lambda s: hears(s) & WRITERS, lambda s: hears(s) & WRITERS),
    "wisdom:of_story": route(lambda s: tells_and_stands(s), lambda s: may_ask(s), text="A story.", audience="circle"),
    "wisdom:of_reply": route(lambda s: hears(s) & {"answerer"}, lambda s: hears(s) & WRITERS, text="An answer."),
    "care:new": route(SIGNED_IN, SIGNED_IN, whom="Rosa", my_name="Me", seat="me"),
    "care:care": route(INSIDE, INSIDE),
    "care:ask": route({"facilitator"}, {"facilitator"}),
    "care:need": route({"facilitator"}, {"facilitator"}, end="1"),
    "care:about": route({"facilitator"}, {"facilitator"}),
    "care:people": route(INSIDE, INSIDE),
    "care:place": route(None, {"facilitator"}, ring="2"),
    "care:backup": route(None, WRITERS, on="1"),
    "care:looks": route({"facilitator"}, {"facilitator"}),
    "care:calls": route({"facilitator"}, {"facilitator"}, uses="1", days="3"),
    "care:take_back_call": route(None, {"facilitator"}),
    "care:take_back_link": route(None, {"facilitator"}),
    "care:news": route(INSIDE, {"facilitator"}),
    "care:journal": route(INSIDE, None),
    "care:answer_news": route(None, {"facilitator"}, how="take_back"),
    "care:month": route(INSIDE, None),
    "care:table": route({"facilitator"}, None),
    "care:week": route(INSIDE, WRITERS, kinds="meal"),
    "care:own_diary": route(None, INSIDE),
    "care:diary": route(ANYBODY, None),  # whoever has its address
    "care:guest_times": route(ANYBODY, None),
    "care:ask_somebody": route(None, set()),  # without naming somebody who put help forward
    "care:ending": route({"facilitator"}, {"facilitator"}, sure="1"),
    "care:slot": route(INSIDE, INSIDE),
    "care:promise": route(None, WRITERS, how="take"),
    "care:where": route(None, {"teller"}),  # who has promised it
    "care:board": route(OF_THE_HOUSE, OF_THE_HOUSE),
    "care:board_offer": route(OF_THE_HOUSE, OF_THE_HOUSE, end="1"),
    "care:board_slot": route(OF_THE_HOUSE, OF_THE_HOUSE, how="take", name="Fresh"),  # members are led to their circle
    "care:remove_offer": route(None, {"safety"}),
    "care:remove_posting": route(None, {"safety"}),
    "care:board_settings": route({"steward"}, {"steward"}, on="1"),
    "care:sponsor": route(None, {"steward"}, name="The town"),
    "care:end_sponsor": route(None, {"steward"}),
    "care:counts": route(ANYBODY, None),  # whoever has its address
    "care:put_up": route({"facilitator"}, {"facilitator"}, down="1"),
    "care:swap": route(WRITERS, WRITERS),  # whoever has no turn is led back to it
    "care:ask_offer": route(None, set()),  # without naming an offer
    "care:release": route(None, set()),  # nobody came by the board
    "care:call": route(ANYBODY, ANYBODY, name="Old Tom"),  # whoever has its address
    "care:helping": route(ANYBODY, None),
    "care:stop": route(None, ANYBODY),
    "care:guest_mail": route(None, set()),  # where the house sends no mail
    "care:guest_mail_off": route(ANYBODY, ANYBODY),
    "care:help_with": route(None, ANYBODY, how="take"),
    "voices:voices": route(ANYBODY, None),
    "voices:feed": route(ANYBODY, None),
    "voices:voice": route(ANYBODY, None),
    "voices:sheet": route(ANYBODY, None),
    "voices:mine": route(SIGNED_IN, None),
    "voices:own": route({"teller"}, {"teller"}, name="Marigold", text="Words."),
    "voices:preview": route({"teller"}, None),
    "voices:step": route(None, {"teller"}, how="take_back"),
    "voices:consent": route(None, {"teller"}, use="site", on="1"),
    "voices:reading": route({"reader"}, None),
    "voices:read": route({"reader"}, {"reader"}, answer="yes"),
    "voices:comments_to_read": route({"reader"}, {"reader"}, refuse="1"),
    "voices:comment": route(ANYBODY, ANYBODY, name="Bea", email="bea@example.org", text="Words."),
    "voices:answer_comment": route(ANYBODY, ANYBODY, name="Bea", email="bea@example.org", text="Words."),
    "voices:own_comment": route(ANYBODY, ANYBODY, how="off"),  # whoever has its address
    "voices:comment_off": route(ANYBODY, ANYBODY),
    "voices:answer": route(None, {"teller"}, text="Thank you."),
    "voices:begin": route(tells, tells, name="Marigold", text="Words."),
    "gatherings:calendar": route(SIGNED_IN, SIGNED_IN, which="coming", title="hour"),
    "gatherings:renew_calendar": route(None, SIGNED_IN),
    "gatherings:end_calendar": route(None, SIGNED_IN),
    "gatherings:feed": route(ANYBODY, None),  # whoever has its address
    "gatherings:meetings": route(ANYBODY, None),
    "gatherings:meeting": route(ANYBODY, None),
    "gatherings:sheet": route(ANYBODY, None),
    "gatherings:share": route(ANYBODY, None),
    "gatherings:embed": route(ANYBODY, None),
    "gatherings:meetings_json": route(ANYBODY, None),
    "gatherings:meetings_csv": route(ANYBODY, None),
    "gatherings:listing": route({"facilitator"}, set()),  # without a series that it holds
    "gatherings:bring": route({"facilitator"}, {"facilitator"}, text="[]"),
    "gatherings:brought": route({"facilitator"}, {"facilitator"}),
    "gatherings:undo_list": route(None, {"facilitator"}),
    "gatherings:gatherings": route(INSIDE, INSIDE),
    "gatherings:begin": route({"facilitator"}, {"facilitator"}),
    "gatherings:plan": route({"facilitator"}, {"facilitator"}),
    "gatherings:holiday": route(None, {"facilitator"}, day="2030-01-01"),
    "gatherings:ending": route(None, {"facilitator"}, day="2030-01-01"),
    "gatherings:guides": route(None, {"facilitator"}, part="helps"),
    "gatherings:hour_plan": route({"facilitator"}, {"facilitator"}),
    "gatherings:place": route(INSIDE, INSIDE - {"facilitator", "observer"}, how="ask"),
    "gatherings:places": route({"facilitator"}, {"facilitator"}),
    "gatherings:place_answer": route(None, {"facilitator"}, answer="yes"),
    "gatherings:script": route(None, {"facilitator"}),
    "gatherings:reminders": route(None, INSIDE, before="hour"),
    "gatherings:shift": route(None, {"facilitator"}, how="hand_on"),
    "gatherings:gathering": route(INSIDE, INSIDE),
    "gatherings:answer": route(None, INSIDE - {"facilitator"}, answer="coming"),
    "gatherings:attendance": route(INSIDE, {"facilitator"}, how="phone"),
    "gatherings:pulse": route({"teller", "facilitator"}, {"teller"}, heard="3"),  # who was there, and who guides
    "gatherings:letters": route(INSIDE, INSIDE, name="Me"),
    "gatherings:letters_here": route({"facilitator"}, {"facilitator"}, on="1"),
    "gatherings:letter_for": route({"facilitator"}, {"facilitator"}),
    "gatherings:letter": route({"teller"}, {"teller"}, name="Me"),
    "gatherings:check_letter": route(ANYBODY, ANYBODY, code="0000"),
    "gatherings:change": route({"facilitator"}, {"facilitator"}, cancel="1"),
    "gatherings:after": route(INSIDE, INSIDE),
    "gatherings:notes": route({"facilitator"}, {"facilitator"}, words="It was quiet."),
    "gatherings:note": route({"facilitator"}, {"facilitator"}, words="It was quiet."),
    "gatherings:records": route(INSIDE, INSIDE),
    "gatherings:looking_back": route({"facilitator"}, {"facilitator"}, how="It was long."),
    "gatherings:looked_back": route({"facilitator"}, {"facilitator"}),  # to whom it was passed
    "gatherings:rest": route({"facilitator"}, {"facilitator"}, until=str(time.today())),
    "gatherings:worry": route(INSIDE, INSIDE, words="I am worried."),
    "gatherings:visitors": route({"facilitator"}, {"facilitator"}),
    "gatherings:visit": route(SIGNED_IN, SIGNED_IN, name="Fresh", yes="on"),  # an open hour, about to begin
    "gatherings:room": route(INSIDE, INSIDE, what="come"),
    "gatherings:now": route({"teller", "facilitator"}, {"teller", "facilitator"}),  # who has come to the door
    "gatherings:here": route(None, {"teller", "facilitator"}),
    "gatherings:arrive": route(INSIDE, INSIDE, where="At home.", call="A friend."),
    "gatherings:tune": route(None, {"facilitator"}, way="voice"),  # who is in the room
    "gatherings:signals": route(INSIDE, INSIDE, signals="[]"),
    "gatherings:credential": route({"facilitator"}, {"facilitator"}, kind="Nurse"),
    "gatherings:carry_credential": route(None, {"facilitator"}),
    "gatherings:take_credential_away": route(None, {"facilitator"}),
    "gatherings:training": route(WRITERS, WRITERS),
    "gatherings:lesson": route(WRITERS, WRITERS, words="I would wait."),
    "gatherings:consents": route(INSIDE, INSIDE),
    "gatherings:consent": route(INSIDE, INSIDE, yes="1"),
    "gatherings:record": route(INSIDE, INSIDE),
    "gatherings:new_consent": route({"facilitator"}, {"facilitator"}, text="- Other."),
    "gatherings:who_agreed": route({"facilitator"}, {"facilitator"}),
    "gatherings:checks": route({"safety"}, {"safety"}),
    "gatherings:check": route({"safety"}, {"safety"}, how="yes"),
    "gatherings:sign_off": route({"safety"}, {"safety"}, how="yes"),
    "gatherings:course": route({"safety"}, {"safety"}),
    "notices:bell": route(SIGNED_IN, None),
    "notices:opened": route({"teller"}, None),
    "notices:read": route(None, SIGNED_IN),
    "notices:choose": route(SIGNED_IN, SIGNED_IN),
    "notices:address": route(None, SIGNED_IN),
    "notices:devices": route(None, SIGNED_IN),
    "notices:confirm": route(set(), set()),
    "notices:off": route(set(), set()),
    "safety:worker": route(ANYBODY, None),
    "safety:help": route(ANYBODY, None),
    "safety:kept": route(ANYBODY, None),
    "safety:report": route(lambda s: hears(s), lambda s: hears(s), reason="unsure"),
    "safety:told": route(SIGNED_IN, SIGNED_IN),
    "safety:write": route(INSIDE, INSIDE, words="Please read this."),
    "safety:concern": route({"member"}, {"member"}, words="More."),
    "safety:put_away": route(None, {"member"}),
    "safety:block": route(INSIDE - {"member"}, INSIDE - {"member"}),
    "safety:end_block": route(None, INSIDE - {"member"}),
    "safety:queue": route({"safety"}, {"safety"}),
    "safety:item": route({"safety"}, {"safety"}),
    "safety:taken": route(None, {"safety"}),
    "safety:answers": route(None, {"safety"}, answer="We read it."),
    "safety:closed": route(None, {"safety"}, reason="Settled."),
    "safety:ask": route({"facilitator"}, {"facilitator"}, reason="They said goodbye.", need="Write to them."),
    "safety:ask_about": route({"safety"}, {"safety"}, reason="They said goodbye.", need="Write to them."),
    "safety:unveilings": route({"safety"}, {"safety"}),
    "safety:unveiling": route({"safety", "facilitator"}, {"safety", "facilitator"}),  # who decides; who asked
    "safety:yes": route(None, {"safety"}),
    "safety:no": route(None, {"safety"}, reason="No."),
    "safety:looks": route(None, {"safety"}),
    "safety:words": route(None, {"safety"}, words="Are you safe?"),
    "safety:put_unveiling_away": route(None, {"member"}),  # the one who was unveiled
    "safety:helplines": route({"steward"}, {"steward"}),
    "safety:helpline": route({"steward"}, {"steward"}),
    "safety:confirmation": route(None, {"steward"}),
    "safety:removal": route(None, {"steward"}),
    "safety:desk": route({"steward", "safety"}, {"steward", "safety"}),
    "loom:ease": route(None, ANYBODY),
    "loom:language": route(None, ANYBODY),
    "loom:offline": route(ANYBODY, ANYBODY),
    "loom:manifest": route(ANYBODY, ANYBODY),
    "loom:style": route(set(), set()),
    "loom:style-of-error": route(set(), set()),
    "people:join": route(ANYBODY, ANYBODY),
    "people:join_name": route(ANYBODY, ANYBODY),
    "people:code": route(SIGNED_IN, SIGNED_IN),
    "people:door": route(ANYBODY, ANYBODY),
    "people:door_passkey": route(None, ANYBODY),
    "people:step": route(set(), set()),
    "people:recovery": route(ANYBODY, ANYBODY),
    "people:ask_passkey": route(None, ANYBODY),
    "people:new_passkey": route(None, ANYBODY),
    "people:leave": route(ANYBODY, ANYBODY),
    "people:settings": route(SIGNED_IN, SIGNED_IN),
    "people:name": route(SIGNED_IN, SIGNED_IN),
    "people:passphrase": route(SIGNED_IN, SIGNED_IN),
    "people:passkeys": route(SIGNED_IN, SIGNED_IN),
    "people:passkey": route({"teller"}, {"teller"}),
    "people:second_step": route(SIGNED_IN, SIGNED_IN),
    "people:new_code": route(SIGNED_IN, SIGNED_IN),
    "people:email": route(SIGNED_IN, SIGNED_IN),
    "people:clock": route(SIGNED_IN, SIGNED_IN),
    "people:shared": route(None, SIGNED_IN),
    "people:devices": route(SIGNED_IN, SIGNED_IN),
    "people:proof": route(None, SIGNED_IN),
    "home:today": route(ANYBODY, ANYBODY),
    "home:front": route(ANYBODY, ANYBODY),
    "home:about": route(ANYBODY, ANYBODY),
    "home:privacy": route(ANYBODY, ANYBODY),
    "home:setup": route(set(), set()),
    "home:setup_step": route(set(), set()),
    "home:house": route({"steward"}, {"steward"}),
    "home:begun": route({"steward"}, {"steward"}),
    "home:change": route({"steward"}, {"steward"}),
    "home:codes": route(None, {"steward"}, kind="safety"),
    "home:take_back_code": route(None, {"steward"}),
    "home:end_duty": route(None, {"steward"}),
    "home:own": route(SIGNED_IN, SIGNED_IN),
    "home:download": route(SIGNED_IN, SIGNED_IN),
    "home:erasure": route(SIGNED_IN, SIGNED_IN),
    "home:take_duty": route(SIGNED_IN, SIGNED_IN),
    "home:lay_down_duty": route(None, {"safety"}),
    "home:gone": route(ANYBODY, ANYBODY),
}

# The second step sends everybody to the door who has not just given a first proof there.
DOOR_FIRST = {"people:step"}

# Addresses that answer 404 to somebody signed out instead of showing the door.
NO_DOOR = {"notices:confirm", "notices:off", "loom:style", "loom:style-of-error", "home:setup", "home:setup_step"}
NO_DOOR |= {"care:guest_mail"}  # whoever has its address


def names(resolver: URLResolver | None = None, space: str = "") -> set[str]:
    """The name of every address in the house."""
    found = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            found |= names(pattern, inner)
        elif pattern.name:
            found.add(f"{space}{pattern.name}")
        else:
            found.add(f"{space}{pattern.pattern}")
    return found


def pattern_of(name: str) -> URLPattern:
    """The address itself, so that a test can plant a hole in it."""
    space, _, short = name.partition(":")
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and resolver.namespace == space:
            for pattern in resolver.url_patterns:
                if isinstance(pattern, URLPattern) and pattern.name == short:
                    return pattern
    raise LookupError(name)


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


def expected(name: str, method: str, role: str, state: str) -> str:
    """What the oracle says."""
    rule = ORACLE[name].get if method == "get" else ORACLE[name].post
    if rule is None:
        open_to_all = ANYBODY in (ORACLE[name].get, ORACLE[name].post)
        return "door" if role == SIGNED_OUT and not open_to_all and name not in NO_DOOR else "method"
    roles = rule(state) if callable(rule) else rule
    if role in roles:
        return "yes"
    return "door" if name in DOOR_FIRST or (role == SIGNED_OUT and name not in NO_DOOR) else "no"


def disagreements(world: World, state: str, routes: Iterable[str]) -> Iterator[str]:
    """Every cell in which the house and the oracle disagree."""
    for name in routes:
        for method in ("get", "post"):
            for role in ROLES:
                said, meant = world.ask(name, method, role), expected(name, method, role, state)
                if said != meant:
                    yield f"{method} {name} as {role}, {state}: {said}, meant {meant}"
