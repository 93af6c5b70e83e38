from django.urls import path

from guestbook import views

urlpatterns = [
    path("", views.index, name="index"),
    path("api/info", views.info, name="info"),
    path("healthz", views.healthz, name="healthz"),
]
