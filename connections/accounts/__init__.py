"""What a staff member does with an account: connect, reconnect, disconnect, choose calendars and their rules."""

from __future__ import annotations

from connections.accounts.choosing import change_rules, configure, decide_about_new_calendar
from connections.accounts.connecting import ReconnectReport, connect, disconnect, reconnect
from connections.accounts.credentials import clean_password, looks_like_app_password
from connections.accounts.feeds import connect_feed, reconnect_feed
from connections.accounts.looking import Preview, preview
from connections.accounts.refusals import ConfigurationRefused, ConnectFailed

__all__ = [
    "ConfigurationRefused",
    "ConnectFailed",
    "Preview",
    "ReconnectReport",
    "change_rules",
    "clean_password",
    "configure",
    "connect",
    "connect_feed",
    "decide_about_new_calendar",
    "disconnect",
    "looks_like_app_password",
    "preview",
    "reconnect",
    "reconnect_feed",
]
