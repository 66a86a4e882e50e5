"""The page on which owners create and revoke app-specific passwords."""

from __future__ import annotations

import secrets

from werkzeug import Request, Response

from sandbox.pages import render
from sandbox.server.store.accounts import MAX_APP_PASSWORDS, Account, TooManyPasswords

_new_passwords: dict[str, str] = {}  # by ticket, until they have been shown


def show(account: Account, request: Request) -> Response:
    """The list of passwords, and a new password when it is shown for the first time."""
    return _page(
        account, password=_new_passwords.pop(request.args.get("new", ""), ""), done=request.args.get("done", "")
    )


def create(account: Account, request: Request) -> Response:
    """Create an app-specific password with a label."""
    label = request.form.get("label", "").strip()
    if not label:
        return _page(account, problem="Enter a name, so that you know later what the password is for.")
    try:
        password = account.new_app_password(label)
    except TooManyPasswords:
        return _page(account, problem=f"You can have {MAX_APP_PASSWORDS} passwords. Revoke one that you no longer use.")
    ticket = secrets.token_urlsafe(8)
    _new_passwords[ticket] = password
    return render.see(f"/account/{account.dsid}/?new={ticket}")


def revoke(account: Account, request: Request) -> Response:
    """Revoke one password, by its number, or all."""
    if request.form.get("all"):
        account.revoke_all()
        return render.see(f"/account/{account.dsid}/?done=all")
    account.revoke_number(request.form.get("number", ""))
    return render.see(f"/account/{account.dsid}/?done=one")


def change_apple_password(account: Account, request: Request) -> Response:
    """Change the Apple password, which revokes every app-specific one."""
    account.change_main_password()
    return render.see(f"/account/{account.dsid}/?done=changed")


def _page(account: Account, *, password: str = "", problem: str = "", done: str = "") -> Response:
    messages = {
        "one": "The password is revoked. Apps that used it can no longer sign in.",
        "all": "All app-specific passwords are revoked.",
        "changed": "The Apple password is changed. All app-specific passwords are revoked.",
    }
    return render.page(
        "passwords.html",
        status=422 if problem else 200,
        account=account,
        passwords=[
            {"label": one.label, "number": one.number, "day": one.created[:10]} for one in account.app_passwords
        ],
        full=len(account.app_passwords) >= MAX_APP_PASSWORDS,
        limit=MAX_APP_PASSWORDS,
        password=password,
        problem=problem,
        done=messages.get(done, ""),
    )
