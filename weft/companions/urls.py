from django.urls import path

from weft.companions import views

app_name = "companions"
urlpatterns = [
    path("circles/<key:key>/greetings/mine/", views.put_away, name="put_away"),
    path("circles/<key:key>/greetings/<key:persona_key>/", views.greet, name="greet"),
    path("circles/<key:key>/greetings/<key:persona_key>/answer/", views.read_answer, name="read_answer"),
]
