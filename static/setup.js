// Chooses the time zone of this computer; without this file people choose it themselves.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const select of document.querySelectorAll("select[data-own-zone]")) {
  const untouched = select.value === "UTC" && !select.hasAttribute("aria-invalid");
  if (untouched && [...select.options].some((option) => option.value === zone)) select.value = zone;
}
