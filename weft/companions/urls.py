from django.urls import path

from weft.companions import errand_views, fitting, tie_views, views

app_name = "companions"
urlpatterns = [
    path("fitting/", fitting.fitting, name="fitting"),
    path("circles/<key:key>/greetings/mine/", views.mine, name="mine"),
    path("circles/<key:key>/greetings/mine/more/", views.more, name="more"),
    path("circles/<key:key>/greetings/words/", views.words, name="words"),
    path("circles/<key:key>/greetings/<key:persona_key>/", views.greet, name="greet"),
    path("circles/<key:key>/greetings/<key:persona_key>/answer/", views.read_answer, name="read_answer"),
    path("circles/<key:key>/companions/", tie_views.companions, name="companions"),
    path("circles/<key:key>/companions/ask/<key:persona_key>/", tie_views.ask, name="ask"),
    path("circles/<key:key>/companions/errand/", errand_views.errand, name="errand"),
    path("circles/<key:key>/companions/errands/<key:errand_key>/", errand_views.pass_on, name="pass_on"),
    path("circles/<key:key>/companions/<key:companion_key>/", tie_views.companion, name="companion"),
]
