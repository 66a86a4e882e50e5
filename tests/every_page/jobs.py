"""Which test in tests/browser/ does the main job of each page, as a person would."""

from __future__ import annotations

from typing import Final

JOBS: Final = {
    "accessibility/": "public_accessibility::test_every_page_says_what_it_is_and_names_its_controls",
    "account/": "account::test_the_language_changes_and_the_own_booking_page_keeps_its_old_address",
    "account/email/": "passwords::test_another_address_counts_when_its_link_is_opened",
    "account/email/confirm/<str:token>/": "passwords::test_another_address_counts_when_its_link_is_opened",
    "account/password/": "passwords::test_a_password_is_changed_and_the_old_one_no_longer_works",
    "account/second-factor/": "accounts::test_an_app_is_asked_for_and_a_recovery_code_stands_for_it",
    "account/second-factor/app/": "accounts::test_an_app_is_asked_for_and_a_recovery_code_stands_for_it",
    "account/second-factor/app/remove/": "second_factor::test_new_codes_replace_the_old_ones_and_the_app_is_removed",
    "account/second-factor/codes/": "accounts::test_an_app_is_asked_for_and_a_recovery_code_stands_for_it",
    "account/second-factor/codes/new/": "second_factor::test_new_codes_replace_the_old_ones_and_the_app_is_removed",
    "account/second-factor/passkeys/<int:pk>/": "second_factor::test_a_passkey_is_renamed_and_removed",
    "account/second-factor/passkeys/<int:pk>/remove/": "second_factor::test_a_passkey_is_renamed_and_removed",
    "account/second-factor/passkeys/add/": "accounts::test_a_passkey_signs_in_alone",
    "account/sessions/": "accounts::test_signing_out_everywhere_ends_the_other_devices",
    "accounts/login/": "accounts::test_an_app_is_asked_for_and_a_recovery_code_stands_for_it",
    "accounts/login/second-factor/": "accounts::test_an_app_is_asked_for_and_a_recovery_code_stands_for_it",
    "accounts/password/change/": "passwords::test_a_password_is_changed_and_the_old_one_no_longer_works",
    "accounts/password/reset/": "passwords::test_a_forgotten_password_is_replaced_by_a_link_in_a_mail",
    "accounts/password/reset/<uidb36>/<key>/": "passwords::test_a_forgotten_password_is_replaced_by_a_link_in_a_mail",
    "accounts/password/reset/complete/": "passwords::test_a_forgotten_password_is_replaced_by_a_link_in_a_mail",
    "accounts/password/reset/sent/": "passwords::test_a_forgotten_password_is_replaced_by_a_link_in_a_mail",
    "book/": "public_booking::test_a_client_books_and_cancels_and_the_iphone_follows",
    "book/<slug:slug>/": "public_booking::test_a_client_books_and_cancels_and_the_iphone_follows",
    "book/<slug:slug>/details/<str:public_id>/": (
        "public_booking::test_a_client_books_and_cancels_and_the_iphone_follows"
    ),
    "book/<slug:slug>/series/": "public_series::test_six_appointments_are_booked_changed_and_printed",
    "book/with/<slug:slug>/": "account::test_the_language_changes_and_the_own_booking_page_keeps_its_old_address",
    "booking/<str:token>/": "public_booking::test_a_client_books_and_cancels_and_the_iphone_follows",
    "booking/<str:token>/cancel/": "public_booking::test_a_client_books_and_cancels_and_the_iphone_follows",
    "booking/<str:token>/following/": "public_series::test_six_appointments_are_booked_changed_and_printed",
    "booking/<str:token>/reschedule/": "public_reschedule::test_a_client_chooses_another_time_and_the_iphone_follows",
    "booking/<str:token>/slip/": "public_reschedule::test_the_slip_prints_the_appointment_alone",
    "booking/find/": "public_addresses::test_a_client_finds_the_appointment_again_in_german",
    "bookings/": "bookings::test_staff_move_a_booking_then_cancel_it_and_the_iphone_follows",
    "bookings/<int:pk>/": "bookings::test_a_move_on_the_iphone_is_undone",
    "bookings/<int:pk>/cancel/": "bookings::test_staff_move_a_booking_then_cancel_it_and_the_iphone_follows",
    "bookings/<int:pk>/following/": "series_staff::test_staff_book_move_and_print_a_series",
    "bookings/<int:pk>/reschedule/": "bookings::test_staff_move_a_booking_then_cancel_it_and_the_iphone_follows",
    "bookings/calls/": "calls::test_a_client_without_an_address_is_called_with_the_thumb",
    "bookings/changes/mail/<str:token>/": "bookings::test_a_move_on_the_iphone_is_undone",
    "bookings/new/": "new_booking::test_a_known_client_is_booked_with_at_most_twelve_keys_and_a_part_of_the_name",
    "bookings/new/series/": "series_staff::test_staff_book_move_and_print_a_series",
    "bookings/proposals/": "practice_of_three::test_somebody_is_invited_worked_with_and_deactivated",
    "bookings/proposals/day/<int:pk>/": "ill::test_all_clients_of_a_day_are_asked_and_one_chooses",
    "bookings/proposals/mail/<str:token>/": "approval::test_staff_approve_refuse_or_do_nothing",
    "calendars/": "calendar::test_a_booking_is_dragged_to_another_day_after_its_client_was_named",
    "calendars/blocked/<int:pk>/": "calendar::test_a_blocked_slot_is_changed_and_removed_on_its_card",
    "calendars/event/": "calendar::test_the_cards_are_pages_without_barriers",
    "calendars/hour/": "calendar::test_a_free_hour_is_two_presses_from_the_form_with_its_time",
    "calendars/move/<int:pk>/": "calendar::test_the_keyboard_moves_a_booking_and_a_refusal_is_said",
    "calendars/settings/availability/": "availability::test_the_hours_of_a_day_are_copied_and_saved",
    "calendars/settings/closures/": "closures::test_days_are_closed_and_the_booking_inside_is_cancelled",
    "calendars/settings/closures/<int:pk>/": "closures::test_days_are_closed_and_the_booking_inside_is_cancelled",
    "calendars/settings/configuration/": (
        "configuration::test_what_is_linked_is_locked_at_once_and_what_was_linked_goes_on_blocking"
    ),
    "calendars/settings/connections/": "connections::test_an_account_is_disconnected_and_connected_again",
    "calendars/settings/connections/<int:pk>/": "connections::test_a_press_syncs_and_the_page_says_what_came",
    "calendars/settings/connections/<int:pk>/disconnect/": (
        "connections::test_an_account_is_disconnected_and_connected_again"
    ),
    "calendars/settings/connections/<int:pk>/reconnect/": (
        "connections::test_a_revoked_password_is_replaced_and_what_waited_reaches_the_iphone"
    ),
    "calendars/settings/connections/new/": "first_run::test_from_signing_in_to_chosen_calendars_takes_few_clicks",
    "calendars/settings/connections/new/<slug:slug>/": "connect::test_a_nextcloud_in_a_directory_is_connected",
    "calendars/settings/connections/new/icloud/": (
        "first_run::test_from_signing_in_to_chosen_calendars_takes_few_clicks"
    ),
    "calendars/settings/connections/new/ics/": ("feeds::test_a_club_calendar_is_added_blocks_and_gets_a_new_address"),
    "calendars/settings/events/": "events::test_an_event_is_found_and_made_to_block_or_not",
    "calendars/settings/services/": "services::test_somebody_stops_offering_a_service_and_offers_it_again",
    "calendars/settings/services/<slug:slug>/": "services::test_an_owner_weighs_people_for_first_available",
    "calendars/settings/services/<slug:slug>/hours/": ("services::test_somebody_gives_a_service_in_hours_of_their_own"),
    "calendars/settings/services/<slug:slug>/questions/<int:pk>/": (
        "questions::test_an_owner_writes_orders_and_deletes_questions"
    ),
    "calendars/settings/services/<slug:slug>/questions/new/": (
        "questions::test_an_owner_writes_orders_and_deletes_questions"
    ),
    "calendars/settings/services/new/": "services::test_a_service_is_made_with_a_preview_of_what_clients_see",
    "calendars/why/": "why::test_an_hour_answers_in_place_and_for_a_service",
    "clients/": "clients::test_a_client_is_found_renamed_and_merged_and_the_iphone_shows_the_new_name",
    "clients/<int:pk>/": "clients::test_a_client_is_found_renamed_and_merged_and_the_iphone_shows_the_new_name",
    "clients/<int:pk>/erase/": "clients::test_an_erased_client_loses_the_name_on_the_iphone_too",
    "clients/<int:pk>/slip/": "clients::test_the_slip_prints_the_appointments_that_are_to_come",
    "imprint/": "public_accessibility::test_every_page_says_what_it_is_and_names_its_controls",
    "offline/": "home_screen::test_without_a_connection_a_page_says_so_and_no_page_was_stored",
    "privacy/": "public_accessibility::test_every_page_says_what_it_is_and_names_its_controls",
    "reminders/stop/<str:token>/": "reminders::test_a_client_stops_the_reminders_and_keeps_the_appointment",
    "restored/": "restored::test_an_owner_books_what_is_unknown_drops_old_messages_and_finishes",
    "restored/events/<int:pk>/": "restored::test_an_owner_books_what_is_unknown_drops_old_messages_and_finishes",
    "team/": "team::test_somebody_is_invited_accepts_and_is_signed_in",
    "team/<int:pk>/deactivate/": "leaving::test_somebody_leaves_and_comes_back",
    "team/<int:pk>/reactivate/": "leaving::test_somebody_leaves_and_comes_back",
    "team/<int:pk>/role/": "team::test_somebody_is_invited_accepts_and_is_signed_in",
    "team/activity/": "activity::test_what_an_owner_does_is_listed_with_the_latest_first",
    "team/invitations/<str:token>/": "team::test_somebody_is_invited_accepts_and_is_signed_in",
    "team/invite/": "team::test_somebody_is_invited_accepts_and_is_signed_in",
    "team/qr-code/": "qr_code::test_the_code_of_a_service_is_shown_and_downloaded",
    "team/settings/": "practice_settings::test_what_clients_need_is_marked_and_saved_from_anywhere_on_the_page",
    "team/support/": "support::test_an_owner_downloads_the_support_bundle",
}
"""By route of the page: the file in tests/browser/, without `test_` and the ending, and the test in it.

A page that has two addresses has the same test twice.
"""
