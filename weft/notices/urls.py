from django.urls import path

from weft.notices import views

app_name = "notices"
urlpatterns = [
    path("bell/", views.bell, name="bell"),
    path("bell/read/", views.read, name="read"),
    path("bell/<key:key>/", views.opened, name="opened"),
]
