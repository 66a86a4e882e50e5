"""Which passwords are accepted, and what others get."""

from __future__ import annotations

import re

import pytest

from sandbox.server.dav.xml import d
from sandbox.server.store.accounts import TooManyPasswords
from tests.sandbox.client import Client


@pytest.fixture
def enter(icloud, account):
    """Try a password; returns the status."""

    def attempt(password, apple_id=account.apple_id):
        return Client(icloud, account, (apple_id, password)).propfind("/", d("current-user-principal")).status

    return attempt


def test_an_app_specific_password_has_four_groups_of_four_letters(account):
    assert re.fullmatch(r"[a-z]{4}(-[a-z]{4}){3}", account.new_app_password())


def test_only_an_app_specific_password_opens_the_calendar(enter, account, app_password):
    assert enter(app_password) == 207
    assert enter(app_password, "ANNA@example.com") == 207
    assert enter(account.main_password) == 401
    assert enter("abcd-efgh-ijkl-mnop") == 401
    assert enter(app_password, "nobody@example.com") == 401


def test_a_401_has_no_body_and_two_challenges(icloud, account):
    answer = Client(icloud, account, ("anna@example.com", "wrong")).ask("PROPFIND", "/")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (401, b"", "0")
    challenges = 'X-MobileMe-AuthToken realm="MMCalDav", Basic realm="MMCalDav"'
    assert answer.headers["WWW-Authenticate"] == challenges
    assert answer.headers["Server"].startswith("AppleHttpServer/")
    assert answer.headers["X-Apple-User-Partition"] == "42"
    assert len(answer.headers["X-Apple-Request-UUID"]) == 36


def test_the_challenges_are_two_header_lines_unless_switched(icloud, account):
    def lines():
        response = Client(icloud, account, None).session.request("PROPFIND", icloud.entry_url, timeout=5)
        return response.raw.headers.getlist("WWW-Authenticate")

    assert len(lines()) == 2
    icloud.switches.joined_challenges = True
    assert len(lines()) == 1


def test_dashes_are_needed_unless_switched(icloud, enter, app_password):
    bare = app_password.replace("-", "")
    assert enter(bare) == 401
    icloud.switches.dashes_optional = True
    assert enter(bare) == 207


def test_a_revoked_password_is_refused_and_the_others_stay(enter, account, app_password):
    other = account.new_app_password("Other")
    account.revoke(app_password)
    assert (enter(app_password), enter(other)) == (401, 207)


def test_one_can_be_revoked_by_its_label(enter, account, app_password):
    account.revoke("Kalends")
    assert enter(app_password) == 401


def test_changing_the_apple_password_revokes_them_all(enter, account, app_password):
    before = account.main_password
    other = account.new_app_password("Other")
    assert account.change_main_password() != before
    assert (enter(app_password), enter(other), account.app_passwords) == (401, 401, [])


def test_the_26th_password_is_refused(account):
    for number in range(25):
        account.new_app_password(f"App {number}")
    with pytest.raises(TooManyPasswords):
        account.new_app_password("One too many")
    account.revoke("App 3")
    assert len(account.new_app_password("Now it fits")) == 19


@pytest.mark.parametrize("told", ["401", "403", "503"])
def test_a_locked_account_is_told_so_in_one_of_three_ways(icloud, enter, account, app_password, told):
    icloud.switches.locked_account = told
    account.lock()
    assert enter(app_password) == int(told)
    account.lock(False)
    assert enter(app_password) == 207


def test_no_password_stands_in_a_repr_or_in_the_file(tmp_path, account, app_password):
    from sandbox.server.server import Sandbox

    assert app_password not in repr(account) + repr(account.app_passwords)
    with Sandbox(tmp_path) as kept:
        password = kept.add_account("ben@example.com").new_app_password()
        files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert password.encode() not in files


def test_too_many_requests_a_minute_are_throttled(icloud, enter, app_password):
    icloud.switches.requests_per_minute = 2
    assert [enter(app_password) for _ in range(3)] == [207, 207, 503]
    icloud.advance(61)
    assert enter(app_password) == 207
