from django.urls import path

from weft.gatherings.incoming import views

urlpatterns = [
    path("circles/<key:key>/listing/lists/", views.bring, name="bring"),
    path("circles/<key:key>/listing/lists/<key:import_key>/", views.brought, name="brought"),
    path("circles/<key:key>/listing/lists/<key:import_key>/undo/", views.take_back, name="undo_list"),
]
