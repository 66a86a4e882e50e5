// Kalends on the home screen of a phone: the page for when there is no connection, and how to put it there.
"use strict";

navigator.serviceWorker?.register("/service-worker.js").catch(() => {}); // without it, browsers show their own page

const DISMISSED = "home-screen-hint-dismissed";
const isSafari = /iPhone/.test(navigator.userAgent) && !/CriOS|FxiOS|EdgiOS|OPiOS/.test(navigator.userAgent);
const hint = document.querySelector("#home-screen-hint");

if (hint && isSafari && navigator.standalone === false && !localStorage.getItem(DISMISSED)) {
  hint.className = "notice";
  hint.hidden = false;
  document.querySelector(".tops").append(hint);
}

hint?.querySelector("button").addEventListener("click", () => {
  localStorage.setItem(DISMISSED, "yes");
  hint.remove();
  document.querySelector("#main").focus();
});
