"""Words that a house begins with: what is asked before an hour, by kind of circle, and the training of hosts.

A house may change every word of them. They are drawn into the catalogue, and spoken in the language of whoever asks.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

STAYS = _(
    "**What stays here.** What is said in the hour stays there. You may tell your own story outside, never somebody "
    "else’s. This is only as safe as each of us keeps it."
)
STAYS_WITH_A_THERAPIST = _(
    "**What stays here.** I keep what you say, as my work asks of me. There are limits. I speak when a life is in "
    "danger, when a child is being hurt, or when a court orders it. I tell you first whenever I can. I may ask an "
    "older colleague for advice, without your name. The others promise to keep it too. I cannot promise that for them."
)
STAYS_FROM_MANAGERS = _(
    "**What stays here.** What is said in the hour stays there. Nothing goes to a manager. Please say no name and "
    "nothing else of the people you look after. This is only as safe as each of us keeps it."
)
STAYS_WITH_US = _("**What stays here.** It is only us. What is said in the hour stays with us.")
NO_RECORDING = _(
    "**Nothing is recorded.** This house records no voice and no picture, and has no button for it. Please do not "
    "record or take pictures either. Sit where nobody else can hear or see."
)
DANGER = _(
    "**If somebody is in danger.** Whoever guides does not keep that alone. They tell the safety team, and they say so "
    "to you, first if they can. The house itself calls nobody. A person decides, and you are told."
)
DANGER_AMONG_US = _("**If somebody is in danger.** Then we get help, and we say so to each other.")
ALWAYS = _(
    "**What you can always do.** You can pass, stop, or go, and need not say why. You can take this yes back later. "
    "Your seat in the circle does not hang on it."
)

CONSENTS = {
    "therapy": (STAYS_WITH_A_THERAPIST, NO_RECORDING, DANGER, ALWAYS),
    "workplace": (STAYS_FROM_MANAGERS, NO_RECORDING, DANGER, ALWAYS),
    "friends": (STAYS_WITH_US, NO_RECORDING, DANGER_AMONG_US, ALWAYS),
    "family": (STAYS_WITH_US, NO_RECORDING, DANGER_AMONG_US, ALWAYS),
}


def consent(kind: str) -> str:
    """What a circle of this kind asks before its hours, until somebody who guides it says it in other words."""
    return "\n\n".join(str(words) for words in CONSENTS.get(kind, (STAYS, NO_RECORDING, DANGER, ALWAYS)))


@dataclass(frozen=True)
class Lesson:
    """One short step of the training: something to read, and something to say about it in one's own words."""

    key: str
    title: Any
    text: Any
    asks: Any

    @property
    def said(self) -> dict[str, str]:
        return {"key": self.key, "title": str(self.title), "text": str(self.text), "asks": str(self.asks)}


LESSONS = [
    Lesson(
        "listening",
        _("Listening"),
        _(
            "A host does not mend anybody. You hold the hour, so that people can hear each other. Say little. Let a "
            "silence stand. When somebody has spoken, thank them by name, and pass the piece on.\n\n"
            "Do not tell your own story to show that you know theirs. Do not give advice unless they asked for it."
        ),
        _("Somebody says: “I do not know why I came.” What do you say, or leave unsaid?"),
    ),
    Lesson(
        "agreement",
        _("The agreement"),
        _(
            "The agreement is what makes it safe to speak. Read it at the start of each hour, or ask somebody to. When "
            "it is broken, say so at once, kindly, and to all: “Let us stay with our own stories.”\n\n"
            "If somebody goes on, mute them, or take them out of the room. You need nobody’s leave for that. Tell the "
            "safety team afterwards."
        ),
        _("Somebody tells what they heard from another member. How do you stop it?"),
    ),
    Lesson(
        "danger",
        _("When somebody is in danger"),
        _(
            "Take it as meant. Ask plainly: “Are you thinking of ending your life?” Asking does not put it into "
            "anybody’s head. Ask whether they are safe now, and who is near.\n\n"
            "Do not keep it alone, and promise nobody that you will. Tell the safety team in the same hour, and say to "
            "the person that you do. If it cannot wait, ring the emergency number."
        ),
        _("Somebody writes in the last minute: “You will be fine without me.” What do you do, step by step?"),
    ),
    Lesson(
        "passing",
        _("Passing"),
        _(
            "Everybody may pass, each time, and nobody asks why. Offer the piece and wait. Never call on one who is "
            "quiet to make them speak. Somebody who only listens is taking part.\n\n"
            "If one person takes all the time, give them a sign, and then pass the piece on yourself."
        ),
        _("Somebody has passed three times. What do you do in the fourth round?"),
    ),
    Lesson(
        "ending",
        _("Ending"),
        _(
            "End when you said you would. Leave ten minutes for a last word from each. Open nothing new in them. Say "
            "who can be reached afterwards, and where the numbers for hard moments are.\n\n"
            "Then look after yourself. Answer the three questions for hosts. Ask for rest when you need it. Somebody "
            "else will take the next hour."
        ),
        _("It is two minutes to the end, and somebody begins to cry. How do you end?"),
    ),
]
