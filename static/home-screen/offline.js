// The page that was asked for has this address still: load it once Kalends answers.
"use strict";

const RETRY_AFTER = 10_000; // milliseconds

const loadIfReachable = async () => {
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.reload();
};

window.addEventListener("online", loadIfReachable);
document.addEventListener("visibilitychange", () => document.hidden || loadIfReachable());
setInterval(loadIfReachable, RETRY_AFTER);
