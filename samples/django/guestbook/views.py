from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from guestbook import facts, notes
from guestbook.forms import NoteForm


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST or None)
    if form.is_valid():
        try:
            notes.add(settings.GUESTBOOK_FILE, **form.cleaned_data)
            return redirect("index")
        except OSError as error:
            form.add_error(None, f"The book cannot be written: {error.strerror}.")
    context = {
        "form": form,
        "info": facts.info(START_MS),
        "notes": notes.read(settings.GUESTBOOK_FILE),
    }
    return render(request, "guestbook/index.html", context, status=400 if form.errors else 200)


@require_safe
def info(request: HttpRequest) -> JsonResponse:
    return JsonResponse(facts.info(START_MS))


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


START_MS = facts.age_ms()
