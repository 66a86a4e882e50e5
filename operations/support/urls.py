"""Addresses of the support bundle: the page of owners, and the button of the admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from operations.support import views

app_name = "support"
urlpatterns = [
    path("team/support/", views.support, name="page"),
    path("team/support/bundle/", views.download, name="download"),
    path("admin/support-bundle/", admin.site.admin_view(views.download_as_support), name="admin_download"),
]
