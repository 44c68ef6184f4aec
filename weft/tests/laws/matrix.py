"""Who may do what: every address of the house, for every role, in every state, in a table written by hand.

The table below is the oracle. It shares no code with the views: when the two disagree, one of them is wrong.
"""

from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from weft.loom import time

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
    "wisdom:went_on": route(hears, None),
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
