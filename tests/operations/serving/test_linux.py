"""What is asked of the C library is accepted there."""

from __future__ import annotations

import ctypes

from operations.serving.linux import MALLOC_OPTIONS, return_free_memory


def test_glibc_accepts_each_option() -> None:
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    accepted = [set_option(*option) for option in MALLOC_OPTIONS.items()] if set_option else []
    assert set(accepted) <= {1}
    return_free_memory()
