"""From what a person types to the address that is asked first."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from connections.providers.provider import Provider


def start_url(provider: Provider, typed: str) -> str:
    """The start address of an account at `provider`; `typed` is what a person entered as its server ("" for nothing).

    `cloud.example.org` means https. A path that the server needs is added, such as Nextcloud's `/remote.php/dav/`, also
    below a directory; the address of one of the server's pages, copied from a browser, will do as well. Where the start
    address has to be discovered, what was typed is given back: it may be an e-mail address.
    """
    typed = typed.strip()
    if not typed:
        return provider.fixed_url
    if provider.discovers:
        return typed
    address = typed if "://" in typed else f"https://{typed}"
    return address if provider.fixed_url else _below(address, provider)


def _below(address: str, provider: Provider) -> str:
    """The path of the provider's calendars, below the address of its server."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    path = parts.path
    for cut in (provider.path.rstrip("/"), *provider.page_paths):
        if cut:
            path = f"{path}/".partition(f"{cut}/")[0]
    return urlunsplit((parts.scheme, parts.netloc, path.rstrip("/") + provider.path, "", ""))
