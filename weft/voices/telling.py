"""Of what a teller and a reader are told."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.loom.section import Notable, Outsider
from weft.notices.models import Mail, Notice
from weft.people.models import Duty, Person
from weft.voices.models import Comment, Voice


def _to_read(notice: Any) -> tuple[str, str]:
    return _("Something waits to be read before it goes out."), reverse("voices:reading")


def _read(notice: Any) -> tuple[str, str]:
    return _("Something that you gave to be read has been read."), reverse("voices:mine")


def _comment_to_read(notice: Any) -> tuple[str, str]:
    return _("Answers from outside wait to be read."), reverse("voices:comments_to_read")


def _commented(notice: Any) -> tuple[str, str]:
    return _("Somebody answered one of your voices."), reverse("voices:mine")


NOTABLES = [
    Notable("voices.to_read", gettext_lazy("A voice waits for a reader"), _to_read, duty=Duty.Kind.READER),
    Notable(
        "voices.comment_to_read", gettext_lazy("Comments wait for a reader"), _comment_to_read, duty=Duty.Kind.READER
    ),
    Notable("voices.commented", gettext_lazy("Somebody answered your voice"), _commented, own=True),
    Notable("voices.read", gettext_lazy("Your voice has been read"), _read, own=True),
]


def tell_readers(voice: int) -> None:
    """Tell every reader. Its own teller is told nothing, in a way that nobody can tell from being told."""
    found = Voice.objects.filter(pk=voice, is_waiting=True).first()
    if found is None:
        return
    for duty in Duty.objects.filter(kind=Duty.Kind.READER).select_related("person"):
        Notice.ring("voices.to_read", to=duty.person, about=voice, hollow=str(duty.person_id) == found.owner)


def tell_of_comments() -> None:
    """Tell every reader that something from outside waits."""
    if Comment.objects.filter(is_waiting=True).exists():
        for duty in Duty.objects.filter(kind=Duty.Kind.READER).select_related("person"):
            Notice.ring("voices.comment_to_read", to=duty.person)


def tell_of_answer(comment: int) -> None:
    """Tell the teller; and by mail whoever left what this answers, if they asked for it."""
    found = Comment.objects.public().filter(pk=comment).select_related("voice", "answers").first()
    if found is None or not found.is_public:
        return
    person = Person.objects.filter(pk=int(found.voice.owner)).first()
    if person and not found.by_teller:
        Notice.ring("voices.commented", to=person, about=comment)
    if found.answers and found.answers.wants_answers and settings.MAIL:
        Mail.write_out("answered", found.answers.pk, found.pk)


def whom_to_tell(comment: int) -> Outsider | None:
    """Whoever left a comment, as long as it stands and they want to hear of answers."""
    found = Comment.objects.filter(pk=comment).select_related("voice").first()
    if found is None or not found.wants_answers or not found.is_public:
        return None
    link = reverse("voices:own_comment", kwargs={"code": found.code})
    off = reverse("voices:comment_off", kwargs={"code": found.code})
    language = str(found.said.get("language", ""))
    return Outsider(found.email, link, off, found.forget_address, language)


def tell_teller(voice: int) -> None:
    """Tell the teller that it was read."""
    found = Voice.objects.filter(pk=voice, is_waiting=False).first()
    person = Person.objects.filter(pk=int(found.owner)).first() if found else None
    if person:
        Notice.ring("voices.read", to=person, about=voice)
