from django.urls import path

from weft.voices import commenting, open_views, reading, views

app_name = "voices"
urlpatterns = [
    path("voices/", open_views.voices, name="voices"),
    path("voices/feed/", open_views.feed, name="feed"),
    path("voices/mine/", views.mine, name="mine"),
    path("voices/mine/<key:key>/", views.own, name="own"),
    path("voices/mine/<key:key>/preview/", views.preview, name="preview"),
    path("voices/mine/<key:key>/step/", views.step, name="step"),
    path("voices/mine/<key:key>/consent/", views.consent, name="consent"),
    path("voices/reading/", reading.reading, name="reading"),
    path("voices/reading/comments/", reading.comments, name="comments_to_read"),
    path("voices/reading/<key:key>/", reading.read, name="read"),
    path("voices/mine/<key:key>/comments/<key:comment_key>/", views.answer, name="answer"),
    path("voices/comments/<slug:code>/", commenting.own, name="own_comment"),
    path("voices/comments/<slug:code>/off/", commenting.off, name="comment_off"),
    path("voices/<key:key>/comments/", commenting.comment, name="comment"),
    path("voices/<key:key>/comments/<key:comment_key>/", commenting.answer, name="answer_comment"),
    path("voices/<key:key>/", open_views.voice, name="voice"),
    path("voices/<key:key>/sheet/", open_views.sheet, name="sheet"),
    path("circles/<key:key>/stories/<key:story_key>/voice/", views.begin, name="begin"),
]
