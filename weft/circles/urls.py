from django.urls import path

from weft.circles import desk, views

app_name = "circles"
urlpatterns = [
    path("circles/", views.find, name="find"),
    path("circles/new/", desk.new, name="new"),
    path("circles/<key:key>/", views.circle, name="circle"),
    path("circles/<key:key>/join/", views.join, name="join"),
    path("circles/<key:key>/agreement/", views.agreement, name="agreement"),
    path("circles/<key:key>/people/", views.people, name="people"),
    path("circles/<key:key>/name/", views.rename, name="rename"),
    path("circles/<key:key>/leave/", views.leave, name="leave"),
    path("circles/<key:key>/desk/", desk.desk, name="desk"),
    path("circles/<key:key>/desk/asking/<key:persona_key>/", desk.answer, name="answer"),
    path("circles/<key:key>/desk/invitations/", desk.invite, name="invite"),
    path(
        "circles/<key:key>/desk/invitations/<key:invitation_key>/",
        desk.take_back_invitation,
        name="take_back_invitation",
    ),
    path("circles/<key:key>/desk/agreement/", desk.new_agreement, name="new_agreement"),
    path("circles/<key:key>/desk/about/", desk.change, name="change"),
    path("circles/<key:key>/people/<key:persona_key>/removal/", desk.remove, name="remove"),
    path("circles/<key:key>/people/<key:persona_key>/role/", desk.role, name="role"),
    path("invitations/", views.have_invitation, name="have_invitation"),
    path("invitations/<slug:token>/", views.invitation, name="invitation"),
]
