"""Who may do what: every address of the house, for every role, in every state, against a table written by hand.

The table below is the oracle. It shares no code with the views: when the two disagree, one of them is wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from weft.circles.models import Bar, House, Invitation, Persona
from weft.companions.models import Greeting
from weft.conftest import enter, make_circle
from weft.home.models import DutyCode
from weft.loom import caps, time
from weft.notices.models import Notice
from weft.people.models import Duty, Passkey, Person
from weft.safety.models import Block, Concern, HelpLine, Unveiling
from weft.stories.models import Ask, Reply, Story

SIGNED_OUT = "signed_out"
OUTSIDE = {"stranger", "elsewhere", "asking", "waiting", "declined", "removed", "gone", "safety", "steward"}
MEMBERS = {"teller", "answerer", "member", "blocked"}
INSIDE = MEMBERS | {"observer", "facilitator"}
WRITERS = INSIDE - {"observer"}
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
    "companions:greet": route({"facilitator"}, {"facilitator"}, words="Hello."),
    "companions:put_away": route(None, {"teller"}),
    "companions:read_answer": route(None, {"facilitator"}),
    "notices:bell": route(SIGNED_IN, None),
    "notices:opened": route({"teller"}, None),
    "notices:read": route(None, SIGNED_IN),
    "notices:choose": route(SIGNED_IN, SIGNED_IN),
    "notices:address": route(None, SIGNED_IN),
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
        Notice.ring("companions.greeting", to=inside["teller"], about=1)
        self.notice = Notice.objects.get()
        self.passkey = Passkey.objects.create(person=self.people["teller"], key_tag=b"k", credential="", label="Phone")
        self.browsers = {role: self._browser(role) for role in ROLES}
        House.forget()

    def _browser(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        if role != SIGNED_OUT:
            client.force_login(self.people[role], backend="weft.people.door.Opened")
        return client

    def address(self, name: str) -> str:
        """An address of this world: its story, its newcomer, its own ids."""
        reply = self.note if name == "stories:note" else self.reply
        ids = {
            "key": self.circle.pk,
            "story_key": self.story.pk,
            "reply_key": reply.pk if reply else 1,
            "persona_key": self.persona_of(name),
            "invitation_key": self.invitation.pk,
            "token": self.token,
        }
        ids |= {"key": self.key_of(name), "step": "name", "status": 404}
        address = reverse(name, kwargs={key: ids[key] for key in pattern_of(name).pattern.converters})
        return address + self.query_of(name)

    def key_of(self, name: str) -> int:
        """What `key` means in this address."""
        space, _, short = name.partition(":")
        if short in ("item", "taken", "answers", "closed", "concern", "put_away", "ask_about") and space == "safety":
            return int(self.concern.pk)
        if short in ("unveiling", "yes", "no", "looks", "words", "put_unveiling_away") and space == "safety":
            return int(self.unveiling.pk)
        duties = {duty.kind: duty.pk for duty in Duty.objects.filter(person__in=self.people.values())}
        return {
            "safety:block": self.inside["member"].pk,
            "safety:end_block": self.inside["member"].pk,
            "safety:ask": self.newcomer.pk,
            "safety:helpline": HelpLine.of("GB")[0].pk,
            "safety:confirmation": HelpLine.of("GB")[0].pk,
            "safety:removal": HelpLine.of("GB")[0].pk,
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
        if name == "companions:read_answer":
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
        return "door" if role == SIGNED_OUT and not open_to_all else "method"
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
