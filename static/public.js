// Conveniences of the pages for clients. Every page works without this file.
"use strict";

// Where the client's own clock counts, show their times at once, unless they have chosen a place already.
const shownZone = document.body.dataset.detectZone;
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (shownZone && ownZone && shownZone !== ownZone) {
  const address = new URL(location.href);
  address.searchParams.set("zone", ownZone);
  location.replace(address);
}

// What is wrong is read first.
document.querySelector("[data-focus]")?.focus();

// A form that is on its way is not sent twice; coming back to the page frees it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Whoever is typing keeps the time, asked at most once a minute.
const details = document.querySelector("form[data-extend]");
let extendedAt = Date.now();
const extend = () => {
  extendedAt = Date.now();
  fetch(details.dataset.extend, { method: "POST", credentials: "omit" });
};
details?.addEventListener("input", () => {
  if (Date.now() - extendedAt >= 60_000) extend();
});

// Whoever leaves the page without sending the form gives the time back. Whoever loads the page again or comes back to
// it keeps the time: the page before gave it back only after this one had been sent.
if (details) {
  window.addEventListener("pagehide", () => {
    if (!details.dataset.sent) navigator.sendBeacon(details.dataset.release);
  });
  window.addEventListener("pageshow", (event) => {
    const [navigation] = performance.getEntriesByType("navigation");
    if (event.persisted || (navigation && navigation.type !== "navigate")) extend();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
