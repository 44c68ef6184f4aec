from django.urls import path

from weft.wisdom import ending, giving, marking, views

HERE = "circles/<key:key>/lessons/"
LESSON = f"{HERE}<key:lesson_key>/"
MINE = f"{HERE}mine/"
ENDING = "circles/<key:key>/ending/"
STORY = "circles/<key:key>/stories/<key:story_key>/"

app_name = "wisdom"
urlpatterns = [
    path("lessons/", views.everywhere, name="everywhere"),
    path("lessons/kept/", views.kept, name="kept"),
    path("lessons/kept/sheet/", views.kept_sheet, name="kept_sheet"),
    path(HERE, views.lessons, name="lessons"),
    path(f"{HERE}new/", giving.begin, name="begin"),
    path(MINE, giving.mine, name="mine"),
    path(f"{MINE}<key:strand_key>/", giving.strand, name="strand"),
    path(f"{MINE}<key:strand_key>/change/", giving.change, name="change"),
    path(LESSON, views.lesson, name="lesson"),
    path(f"{LESSON}sheet/", views.sheet, name="sheet"),
    path(f"{LESSON}keeping/", views.keep, name="keep"),
    path(f"{LESSON}trial/", views.trial, name="trial"),
    path("circles/<key:key>/milestones/", marking.milestones, name="milestones"),
    path("circles/<key:key>/milestones/<key:milestone_key>/", marking.milestone, name="milestone"),
    path("circles/<key:key>/then-and-now/", marking.then_now, name="then_now"),
    path("circles/<key:key>/season/", marking.season, name="season"),
    path(ENDING, ending.ending, name="ending"),
    path(f"{ENDING}begin/", ending.end, name="end"),
    path(f"{ENDING}kept/", ending.parting, name="parting"),
    path(f"{ENDING}thanks/", ending.farewell, name="farewell"),
    path(f"{ENDING}archive/", ending.archive, name="archive"),
    path(f"{ENDING}archive/mine/", ending.withdraw, name="withdraw"),
    path(f"{STORY}then-and-now/", marking.tie, name="tie"),
    path(f"{STORY}went-on/", marking.went_on, name="went_on"),
    path(f"{STORY}lessons/", giving.sources, name="sources"),
    path(f"{STORY}lesson/", giving.of_story, name="of_story"),
    path(f"{STORY}replies/<key:reply_key>/lesson/", giving.of_reply, name="of_reply"),
]
