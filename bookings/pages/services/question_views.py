"""The questions of a service: write, change, order and delete them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.models import Question, Service
from bookings.pages.services.question_forms import QuestionForm
from connections.calendar_page import CalendarRequest, calendar_page
from practice.forms import posted
from practice.roles import Action, allowed


@calendar_page(Action.EDIT_SERVICES)
def new_question(request: CalendarRequest, slug: str) -> HttpResponse:
    service = _service(request, slug)
    return _page(request, service, QuestionForm(posted(request), service=service))


@calendar_page(Action.EDIT_SERVICES)
def edit(request: CalendarRequest, slug: str, pk: int) -> HttpResponse:
    question = _question(request, slug, pk)
    form = QuestionForm(posted(request), instance=question, service=question.service)
    return _page(request, question.service, form)


@require_POST
@calendar_page(Action.EDIT_SERVICES)
def move_question(request: CalendarRequest, slug: str, pk: int) -> HttpResponse:
    """One place up or down."""
    _question(request, slug, pk).move(-1 if request.POST.get("direction") == "up" else 1)
    return _to_questions(slug)


@require_POST
@calendar_page(Action.EDIT_SERVICES)
def delete_question(request: CalendarRequest, slug: str, pk: int) -> HttpResponse:
    question = _question(request, slug, pk)
    question.delete()
    messages.success(request, _("“%(question)s” deleted. What was answered stays.") % {"question": question})
    return _to_questions(slug)


def _page(request: CalendarRequest, service: Service, form: QuestionForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("“%(question)s” saved.") % {"question": form.instance})
        return _to_questions(service.slug)
    context = {"form": form, "service": service, "question": form.instance, "active": "services"}
    return render(request, "bookings/services/question.html", context)


def _service(request: CalendarRequest, slug: str) -> Service:
    services = allowed(request.user, Action.EDIT_SERVICES, Service.objects.all(), owner="staff")
    return get_object_or_404(services, slug=slug)


def _question(request: CalendarRequest, slug: str, pk: int) -> Question:
    return get_object_or_404(Question.objects.select_related("service"), service=_service(request, slug), pk=pk)


def _to_questions(slug: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('services:edit', args=[slug])}#questions")
