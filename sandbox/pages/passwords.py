"""The page on which an owner makes and revokes app-specific passwords."""

from __future__ import annotations

import secrets

from werkzeug import Request, Response

from sandbox.pages import render
from sandbox.server.store.accounts import APP_PASSWORDS, Account, TooManyPasswords

_once: dict[str, str] = {}  # a new password, until it was shown


def show(account: Account, request: Request) -> Response:
    """The list, and a new password the one time it can be seen."""
    return _page(account, password=_once.pop(request.args.get("new", ""), ""), done=request.args.get("done", ""))


def create(account: Account, request: Request) -> Response:
    """A new app-specific password with a label."""
    label = request.form.get("label", "").strip()
    if not label:
        return _page(account, problem="Give the password a name, so that you know later what it is for.")
    try:
        password = account.new_app_password(label)
    except TooManyPasswords:
        return _page(account, problem=f"You can have {APP_PASSWORDS} passwords. Revoke one that you no longer use.")
    ticket = secrets.token_urlsafe(8)
    _once[ticket] = password
    return render.see(f"/account/{account.dsid}/?new={ticket}")


def revoke(account: Account, request: Request) -> Response:
    """Revoke one, by its number, or all."""
    if request.form.get("all"):
        account.revoke_all()
        return render.see(f"/account/{account.dsid}/?done=all")
    account.revoke_number(request.form.get("number", ""))
    return render.see(f"/account/{account.dsid}/?done=one")


def change_apple_password(account: Account, request: Request) -> Response:
    """Another Apple password: every app-specific one is revoked with the old one."""
    account.change_main_password()
    return render.see(f"/account/{account.dsid}/?done=changed")


def _page(account: Account, *, password: str = "", problem: str = "", done: str = "") -> Response:
    told = {
        "one": "The password is revoked. What used it can no longer sign in.",
        "all": "All app-specific passwords are revoked.",
        "changed": "The Apple password is changed. All app-specific passwords are revoked with it.",
    }
    return render.page(
        "passwords.html",
        status=422 if problem else 200,
        account=account,
        passwords=[{"label": one.label, "number": one.number, "day": one.made[:10]} for one in account.app_passwords],
        full=len(account.app_passwords) >= APP_PASSWORDS,
        limit=APP_PASSWORDS,
        password=password,
        problem=problem,
        done=told.get(done, ""),
    )
