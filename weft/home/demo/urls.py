from django.urls import path

from weft.home.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.people, name="people"),
    path("<slug:key>/", views.enter, name="enter"),
]
