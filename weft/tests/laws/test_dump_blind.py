"""A thief of the database finds no word that a person wrote, no name and no address."""

import secrets
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from weft.loom import seal
from weft.tests.laws.dump import everything

pytestmark = pytest.mark.django_db(transaction=True)

# Text columns that lie in the open, each with why. Whatever is not named here is sealed.
OPEN = {
    "loom.DataKey.scope": "which secret this is",
    "loom.Job.name": "which function does it",
    "circles.Circle.kind": "a preset's name",
    "circles.Circle.door": "open, request or invitation",
    "circles.Circle.thread": "a colour",
    "circles.Persona.role": "member, facilitator or observer",
    "circles.Persona.standing": "asking, waiting or inside",
    "circles.House.kind": "a preset's name",
    "circles.House.country": "the house's country",
    "circles.House.leave_to": "where Leave leads",
    "people.Person.password": "an Argon2id hash",
    "people.Person.time_zone": "a time zone's name",
    "people.Duty.kind": "safety or steward",
    "people.Person.language": "a language code",
    "home.DutyCode.kind": "safety or steward",
    "safety.HelpLine": "a public number, and where it was found",
    "safety.Step.kind": "taken, answered or closed",
    "safety.UnveilingStep.kind": "asked, yes, no, looked, wrote or forgotten",
    "stories.Story.wish": "one of five",
    "stories.Story.audience": "one of two",
    "stories.Echo.kind": "one of three",
    "gatherings.Series.zone": "a time zone's name",
    "gatherings.Series.rule": "how often it comes",
    "gatherings.Series.door": "open, members or cohort",
    "gatherings.Series.way": "text, voice or video",
    "gatherings.Gathering.phase": "how far its hour is",
    "gatherings.Shift.part": "leads or helps",
    "gatherings.Place.standing": "asking, waiting, offered, in or declined",
    "gatherings.Tuning.way": "voice, video or text",
    "gatherings.Seat.answer": "coming, maybe, cannot, waiting or offered",
    "care.Care.zone": "a time zone's name",
    "care.Need.kind": "a meal, a ride, a night",
    "care.Need.zone": "a time zone's name",
    "care.Need.rule": "how often it comes",
    "care.Tally.kind": "a meal, a ride, a night",
}
TEXT = (models.CharField, models.TextField, models.JSONField)


def canary() -> str:
    return f"qz{secrets.token_hex(8)}"


def test_no_text_column_lies_in_the_open_unless_it_is_named_here():
    for model in apps.get_models():
        if model._meta.app_label not in (
            "loom",
            "people",
            "circles",
            "notices",
            "safety",
            "stories",
            "companions",
            "gatherings",
            "wisdom",
            "care",
            "voices",
            "home",
        ):
            continue
        for field in model._meta.get_fields():
            if isinstance(field, TEXT) and field.remote_field is None:
                name = f"{model._meta.app_label}.{model.__name__}.{field.name}"
                assert name in OPEN or name.rsplit(".", 1)[0] in OPEN, (
                    f"{name} lies in the open: seal it, or say here why not"
                )


def write_canaries(many: int) -> list[str]:
    """A house in which every sealed column of every table holds a word that stands nowhere else."""
    from weft.tests.laws.seeded import seeded_house

    words: list[str] = []
    seeded_house(people=many, circles=4)
    for model in apps.get_models():
        sealed = [field for field in model._meta.get_fields() if isinstance(field, seal.SealedText)]
        texts = [f for f in sealed if type(f) in (seal.SealedText, seal.SealedJSON)]
        for row in model._default_manager.all()[: max(4, 1200 // max(1, len(texts) * 4))] if texts else []:
            fresh = [canary() for _ in texts]
            for field, word in zip(texts, fresh, strict=True):
                setattr(row, field.name, [word] if type(field) is seal.SealedJSON else word)
            models.Model.save(row)  # also a row that is history, and that no verb of the house changes
            words += fresh
    return words


def found(words: list[str], bytes_: bytes) -> float:
    return sum(word.encode() in bytes_ for word in words) / len(words)


def test_dump_blind():
    words = write_canaries(60)
    assert len(words) >= 1000
    assert found(words, everything()) == 0


def test_the_thief_would_find_them_without_the_seal(monkeypatch: Any):
    monkeypatch.setattr(seal, "seal", lambda text, scope, place: seal.FORMAT + text.encode())
    monkeypatch.setattr(seal, "unseal", lambda sealed, scope, place: bytes(sealed)[1:].decode())
    words = write_canaries(60)
    assert found(words, everything()) >= 0.99


def test_what_is_told_in_a_browser_leaves_no_word(sign_in, ada, cleo, caplog, capfd):
    """Not only the tables: sessions, notices, drafts and logs of a whole walk."""
    words = {name: canary() for name in ("draft", "own", "reply", "note", "name", "note_on_invitation", "agreement")}
    circle = ada.circle
    browser, guide = sign_in(ada), sign_in(cleo)
    form = {"text": words["draft"], "own_topic": words["own"], "wish": "listen", "audience": "circle"}
    sheet = browser.get(reverse("stories:begin", kwargs={"key": circle.pk}))["Location"]
    answer = browser.post(sheet, form | {"read": "1"})
    browser.post(answer["Location"])
    story = ada.stories.get()
    replies = reverse("stories:replies", kwargs={"key": circle.pk, "story_key": story.pk})
    guide.post(replies, {"text": words["reply"], "once": "1"})
    guide.post(replies, {"text": words["note"], "note": "on", "once": "2"})
    browser.post(reverse("circles:rename", kwargs={"key": circle.pk}), {"name": words["name"]})
    guide.post(
        reverse("circles:invite", kwargs={"key": circle.pk}),
        {"uses": "1", "days": "14", "note": words["note_on_invitation"]},
    )
    guide.post(reverse("circles:new_agreement", kwargs={"key": circle.pk}), {"text": words["agreement"], "clauses": ""})
    assert words["draft"] in guide.get(story.get_absolute_url()).content.decode()
    said = caplog.text + "".join(capfd.readouterr())
    stolen = everything()
    assert [name for name, word in words.items() if word.encode() in stolen or word in said] == []


def test_a_value_that_was_moved_to_another_row_is_refused(ada, cleo):
    from weft.circles.models import Persona

    assert Persona.objects.get(pk=ada.pk).name == "River"
    stolen = Persona.objects.filter(pk=cleo.pk).values_list("name", flat=True).get()
    Persona.objects.filter(pk=ada.pk).update(name=stolen)
    with pytest.raises(seal.Tampered):
        _ = Persona.objects.get(pk=ada.pk).name


def test_a_sealed_column_cannot_be_written_around_the_seal(ada):
    from weft.circles.models import Persona

    with pytest.raises(TypeError, match="is sealed"):
        Persona.objects.filter(pk=ada.pk).update(name="in the open")
