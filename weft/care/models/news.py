"""News: said once, for all rings; with words of its own for the outer one, and read first by whoever decides."""

from typing import Any, Self

from django.db import models, transaction
from django.db.models import Max
from markupsafe import Markup

from weft.care.models.care import Care, Ring
from weft.circles.models import CircleRow, Persona
from weft.loom import jobs, ledger, seal, text, time


class NewsQuerySet(models.QuerySet["News"]):
    def seen_by(self, persona: Persona, care: Care) -> Self:
        """What this persona may read: what was told, in its ring; and what it waits for, if it decides or wrote it."""
        found = self.filter(circle=persona.circle_id).select_related("by").order_by("-number")
        if care.is_decided_by(persona):
            return found
        told = models.Q(is_waiting=False)
        if care.ring == Ring.OUTER:
            told &= models.Q(has_outer=True)
        return found.filter(told | models.Q(by=persona))


class News(CircleRow):
    """What somebody of the inner ring tells all. Together they are the journal of a care circle."""

    by = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="+")
    number = models.PositiveIntegerField()
    words = seal.SealedText()
    outer = seal.SealedText()  # for the outer ring, and for helpers without an account; empty: they are told nothing
    html = seal.SealedText()
    outer_html = seal.SealedText()
    has_outer = models.BooleanField(default=False)
    is_waiting = models.BooleanField(default=False)  # for whoever decides
    told_at = seal.SealedTime()

    objects = models.Manager.from_queryset(NewsQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "number"], name="one_news_of_a_number")]

    def __str__(self) -> str:
        return "news"

    @classmethod
    def tell(cls, pk: int, words: str, outer: str, *, by: Persona) -> "News":
        """Tell it; or let it wait for whoever decides, if they wish so. Sent twice under one id, it is told once."""
        with transaction.atomic():
            by.lock_circle()
            care = Care.of(by)
            if care is None or care.ring != Ring.INNER or care.ended_on:
                raise PermissionError("only the inner ring tells news")
            found = cls.objects.filter(pk=pk, circle=by.circle_id).first()
            if found:
                return found
            last = cls.objects.filter(circle=by.circle_id).aggregate(last=Max("number"))["last"] or 0
            news = cls(pk=pk, circle_id=by.circle_id, by=by, number=last + 1, told_at=time.now())
            news._say(words, outer)
            news.is_waiting = bool(care.approves and care.decider and not care.is_decided_by(by))
            news.save(force_insert=True)
            news._tell(care)
        return news

    def _say(self, words: str, outer: str) -> None:
        self.words, self.outer, self.has_outer = words, outer, bool(outer.strip())
        self.html, self.outer_html = text.render(words), text.render(outer)

    def _tell(self, care: Care) -> None:
        if self.is_waiting and care.decider:
            jobs.put("notices.tell", what="care.to_read", persona=care.decider.pk, about=self.pk, by=self.by_id)
        else:
            jobs.put("care.tell_news", news=self.pk)

    def answer(self, yes: bool, words: str, outer: str, *, by: Persona) -> None:
        """Whoever decides lets it be told, in these words; or lets it not be told, and then it is gone."""
        with transaction.atomic():
            by.lock_circle()
            care = Care.of(by)
            if care is None or not care.is_decided_by(by) or by.circle_id != self.circle_id:
                raise PermissionError("only whoever decides answers")
            fresh = News.objects.filter(pk=self.pk, is_waiting=True).first()
            if fresh is None:
                return
            if not yes:
                if fresh.by_id:
                    jobs.put("notices.tell", what="care.not_told", persona=fresh.by_id, about=fresh.pk)
                fresh.erase()
                return
            fresh._say(words, outer)
            fresh.is_waiting, fresh.told_at = False, time.now()
            fresh.save()
            fresh._tell(care)

    def take_back(self, *, by: Persona) -> None:
        """Whoever wrote it, or whoever decides, takes it back: it is gone."""
        care = Care.of(by)
        if by.pk != self.by_id and not (care and by.circle_id == self.circle_id and care.is_decided_by(by)):
            raise PermissionError("only who wrote it or who decides takes it back")
        self.erase()

    def erase(self) -> None:
        """It is gone."""
        with ledger.erasing("care.news", self.pk):
            News.objects.filter(pk=self.pk).delete()

    @classmethod
    def again(cls, key: int) -> None:
        """What an older backup brought back goes once more."""
        cls.objects.filter(pk=key).delete()

    def said(self, ring: Any) -> str:
        """Its words, as somebody of this ring reads them."""
        return str(self.outer if ring == Ring.OUTER else self.words)

    def shown(self, ring: Any) -> Markup:
        """As a page shows it to somebody of this ring."""
        return text.safe(self.outer_html if ring == Ring.OUTER else self.html)
