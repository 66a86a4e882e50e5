"""Storing the logo of the practice."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from practice.models import Logo, Practice
from practice.profile.pictures import NotAPicture, Picture, TooLarge, make_logo

TOO_LARGE = _("This picture is too large. Take one of at most 5 MB and 25 million pixels.")
NOT_A_PICTURE = _("This is no picture that can be used. Take a PNG, JPEG or WebP file.")


def read_logo(file: bytes) -> Picture:
    """The logo in the file; ValidationError with a sentence if it cannot be used."""
    try:
        return make_logo(file)
    except TooLarge:
        raise ValidationError(TOO_LARGE, code="too_large") from None
    except NotAPicture:
        raise ValidationError(NOT_A_PICTURE, code="not_a_picture") from None


def store_logo(practice: Practice, picture: Picture) -> None:
    """Let the picture be the logo of the practice, which must be saved."""
    Logo.objects.update_or_create(
        practice=practice,
        defaults={
            "content": picture.content,
            "content_type": picture.content_type,
            "digest": picture.digest,
            "width": picture.width,
            "height": picture.height,
        },
    )
