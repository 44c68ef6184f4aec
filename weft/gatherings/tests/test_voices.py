"""Voices, in real browsers: each page sends a tone of its own, and what each of the others receives is measured."""

import re
from typing import Any

import pytest

from weft.circles.models import Persona
from weft.conftest import PASSPHRASE, enter
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import Gathering, Seat
from weft.gatherings.tests.conftest import sit
from weft.people.models import Person
from weft.safety.models import Block

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# In place of a microphone: a tone. And an ear, which says how loud each tone is in what a page lets be heard.
TONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const out = context.createMediaStreamDestination();
  tone.frequency.value = %d;
  tone.connect(out);
  tone.start();
  return out.stream;
};
"""
EAR = """
async (tones) => {
  const context = (window.ear ??= new AudioContext());
  const loud = Object.fromEntries(tones.map((tone) => [tone, -200]));
  const ears = [...document.querySelectorAll("#room-voices audio")].map((box) => {
    const ear = context.createAnalyser();
    ear.fftSize = 8192;
    ear.smoothingTimeConstant = 0;
    context.createMediaStreamSource(box.srcObject).connect(ear);
    return ear;
  });
  await new Promise((go) => setTimeout(go, 400));
  for (const ear of ears) {
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    for (const tone of tones) {
      const at = Math.round((tone * ear.fftSize) / context.sampleRate);
      loud[tone] = Math.max(loud[tone], ...bins.slice(at - 2, at + 3));
    }
  }
  return Object.entries(loud).filter(([, db]) => db > -70).map(([tone]) => Number(tone));
}
"""
TONES = {"Cleo": 500, "River": 900, "Benno": 1300, "Imke": 1700}


class Table:
    """Four people with a browser each."""

    def __init__(self, walk: Any, gathering: Gathering, seats: dict[str, Seat], device: str = TONE) -> None:
        self.gathering, self.seats, self.hour = gathering, seats, Hour.of(gathering)
        self.pages: dict[str, Any] = {}
        for name, seat in seats.items():
            page = walk(seat.persona)
            page.context.add_init_script(device.replace("%d", str(TONES[name])))
            self.pages[name] = page

    def come(self, name: str) -> Any:
        page = self.pages[name]
        page.goto(f"/circles/{self._key(self.gathering.circle_id)}/gatherings/{self._key(self.gathering.pk)}/room/")
        if page.locator("button[value=come]").count():
            page.locator("button[value=come]").click()
        page.locator("#room[data-mark]").wait_for()
        return page

    def speak(self, name: str) -> None:
        self.pages[name].locator("[data-act=voice]").click()
        self.pages[name].locator("#room-voice[data-on=yes]").wait_for()

    def linked(self, others: int, *names: str) -> None:
        for name in names or self.pages:
            linked = f"#room-voice[data-links='{others}'][data-up='{others}']"
            self.pages[name].locator(linked).wait_for(timeout=120_000)

    def hear(self, name: str) -> set[str]:
        by_tone = {tone: who for who, tone in TONES.items()}
        return {by_tone[tone] for tone in self.pages[name].evaluate(EAR, list(by_tone))}

    def until_heard(self, **expected: set[str]) -> None:
        """Wait until each hears just these; then they do."""
        heard: dict[str, set[str]] = {}
        for _try in range(30):
            heard = {name: self.hear(name) for name in expected}
            if heard == expected:
                return
        assert heard == expected

    def holding(self, name: str) -> None:
        turn = self.hour.look().turn
        self.hour.act("force", by=self.seats["Cleo"], turn=turn, seat=self.seats[name].pk)

    @staticmethod
    def _key(number: int) -> str:
        from weft.loom.ids import KeyConverter

        return KeyConverter().to_url(number)


@pytest.fixture
def table(walk, gathering, lead, river, benno, circle):
    return laid(walk, gathering, lead, river, benno, circle)


def laid(walk: Any, gathering: Gathering, lead: Seat, river: Seat, benno: Seat, circle: Any) -> Table:
    """All four in the room, with their voices, linked each to each."""
    gathering.series.way = "voice"
    gathering.series.save()
    imke = enter(Person.objects.join("imke", PASSPHRASE), circle, "Imke", role=Persona.Role.MEMBER)
    table = Table(walk, gathering, {"Cleo": lead, "River": river, "Benno": benno, "Imke": sit(gathering, imke)})
    for name in table.seats:
        table.come(name)
    hour = table.hour
    room = hour.act("open_door", by=lead, turn=hour.look().turn)
    for name in ("River", "Benno", "Imke"):
        hour.act("admit", by=lead, seat=table.seats[name].pk)
    room = hour.act("begin", by=lead, turn=room.turn)
    hour.act("start_round", by=lead, turn=room.turn, words="How was your week?")
    for name in table.seats:
        table.speak(name)
    table.linked(3)
    return table


def test_only_whoever_holds_the_piece_is_heard_and_by_everybody(table):
    table.holding("River")
    table.until_heard(Cleo={"River"}, River=set(), Benno={"River"}, Imke={"River"})
    table.pages["River"].locator("#room-pass_on").click()
    table.pages["River"].locator("#room-pass_on").wait_for(state="detached")
    table.holding("Benno")
    table.until_heard(Cleo={"Benno"}, River={"Benno"}, Benno=set(), Imke={"Benno"})


def test_a_page_that_is_loaded_anew_is_linked_again_and_muted_until_the_room_says_so(table):
    table.holding("River")
    table.come("River")
    table.until_heard(Benno=set())  # its link is gone, once what was on its way has been heard to the end
    assert [table.hear("Benno") for _ in range(3)] == [set()] * 3  # and nothing comes back by itself
    table.speak("River")
    table.linked(3)
    table.until_heard(Cleo={"River"}, River=set(), Benno={"River"}, Imke={"River"})
    assert table.hour.look().holder == table.seats["River"].pk


def test_everybody_sees_the_same_figures(table):
    figures = set()
    for page in table.pages.values():
        page.locator("#room-figures", has_text=re.compile(r"\d{3} \d{3}")).wait_for()
        figures.add(page.locator("#room-figures").text_content())
    assert len(figures) == 1


def test_two_who_are_hidden_from_each_other_have_no_link(table):
    Block.begin(table.seats["River"].persona, by=table.seats["Benno"].persona)
    table.hour.act("pause", by=table.seats["Cleo"])
    table.hour.act("go_on", by=table.seats["Cleo"])
    table.linked(2, "River", "Benno")
    table.holding("River")
    table.until_heard(Cleo={"River"}, Benno=set(), Imke={"River"})
