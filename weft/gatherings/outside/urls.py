from django.urls import path

from weft.gatherings.outside import choosing, views

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/sheet/", views.sheet, name="sheet"),
    path("meetings/share/", views.share, name="share"),
    path("meetings/embed/", views.embed, name="embed"),
    path("meetings/meetings.json", views.meetings_json, name="meetings_json"),
    path("meetings/meetings.csv", views.meetings_csv, name="meetings_csv"),
    path("meetings/<key:key>/", views.meeting, name="meeting"),
    path("circles/<key:key>/listing/", choosing.listing, name="listing"),
]
