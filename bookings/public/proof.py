"""Proof of work: while forms are under attack, the browser solves an ALTCHA challenge before it sends one.

The challenge is signed, valid for one form and for half an hour, and each solution is accepted once. Whoever runs no
JavaScript sends none; what then applies is for the form to say.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode
from binascii import Error as InvalidBase64
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from altcha import create_challenge, verify_solution

from bookings.links import keyed_hash
from bookings.public.page import PublicRequest
from practice.sign_in import tries

FIELD = "altcha"
VALID = timedelta(minutes=30)  # shorter than `tries` remember what they met
ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 5000
"""Of one try, about two milliseconds."""
MAX_TRIES = 512
"""Between none and so many are needed: about half a second on average, some seconds on a slow phone."""
MAX_LENGTH = 2000
_PURPOSE = "kalends proof of work"


class Proof(Enum):
    """What a form says for itself."""

    ENOUGH = auto()  # it is solved, or nothing is asked
    NONE = auto()  # there is no solution
    UNUSABLE = auto()  # the solution is wrong, too old, of another form or used before


def challenge_for(request: PublicRequest, form: str) -> str:
    """The challenge of the form with this name as JSON; "" if none is asked."""
    if not request.practice.under_attack:
        return ""
    challenge = create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=secrets.randbelow(MAX_TRIES),
        expires_at=request.now + VALID,
        data={"form": form},
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("solution"),
    )
    return json.dumps(challenge.to_dict())


def take_proof(request: PublicRequest, form: str) -> Proof:
    """What the request proves, for the form with this name. A solution is used up by that."""
    solution = request.POST.get(FIELD, "")
    if not request.practice.under_attack:
        return Proof.ENOUGH
    if not solution:
        return Proof.NONE
    is_right = len(solution) <= MAX_LENGTH and _is_of(solution, form) and _is_solved(solution)
    return Proof.ENOUGH if is_right and tries.is_first(_key_of(solution), request.now) else Proof.UNUSABLE


def _is_solved(solution: str) -> bool:
    return verify_solution(solution, _key("challenge"), hmac_key_secret=_key("solution")).verified


def _is_of(solution: str, form: str) -> bool:
    """Does it claim to be of this form? Whether that is true is for the signature to say."""
    try:
        return bool(_read(solution)["challenge"]["parameters"]["data"] == {"form": form})
    except (InvalidBase64, ValueError, KeyError, TypeError, RecursionError):
        return False


def _key_of(solution: str) -> str:
    """By what a solution is met again, however it is written; it has been verified."""
    return tries.key_of(_PURPOSE, _read(solution)["challenge"]["parameters"]["nonce"])


def _read(solution: str) -> Any:
    return json.loads(b64decode(solution))


def _key(of: str) -> str:
    return keyed_hash(_PURPOSE, of)
