from django.urls import path

from weft.stories import hearing, search, tucking_away, views

STORY = "circles/<key:key>/stories/<key:story_key>/"
REPLY = f"{STORY}replies/<key:reply_key>/"

app_name = "stories"
urlpatterns = [
    path("settings/topics/", tucking_away.topics, name="topics"),
    path("settings/words/", tucking_away.words, name="words"),
    path("search/", search.search, name="search"),
    path("circles/<key:key>/been-there/", hearing.been_there, name="been_there"),
    path("circles/<key:key>/stories/", views.earlier, name="earlier"),
    path("circles/<key:key>/stories/new/", views.begin, name="begin"),
    path(STORY, views.story, name="story"),
    path(f"{STORY}draft/", views.draft, name="draft"),
    path(f"{STORY}reading/", views.read_through, name="read_through"),
    path(f"{STORY}change/", views.revise, name="revise"),
    path(f"{STORY}taking-back/", views.take_back, name="take_back"),
    path(f"{STORY}echoes/", views.echo, name="echo"),
    path(f"{STORY}word/", hearing.word, name="word"),
    path(f"{STORY}hand-over/", hearing.handover, name="handover"),
    path(f"{STORY}question/", hearing.question, name="question"),
    path(f"{STORY}replies/", views.replies, name="replies"),
    path(REPLY, views.reply, name="reply"),
    path(f"{REPLY}erasure/", views.erase_reply, name="erase_reply"),
    path(f"{REPLY}note/", views.note, name="note"),
]
