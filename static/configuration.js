// Locks the checkbox of the linked calendar as soon as it is chosen; without this file, when the choice is saved.
"use strict";

// "linked": chosen here. "former": linked until now; it still blocks when another calendar takes its place.
const lockOf = (row, box, linked) => {
  if (box.value === linked) return "linked";
  return linked && "former" in row.dataset ? "former" : "";
};

const lock = (row, box, kind) => {
  if (!box.disabled) box.dataset.free = box.checked ? "yes" : "";
  box.checked = Boolean(kind) || box.dataset.free !== "";
  box.disabled = Boolean(kind);
  row.querySelector("[data-sent]").disabled = !kind;
  row.dataset.lock = kind;
  for (const words of row.querySelectorAll("[data-of-lock]")) words.hidden = words.dataset.ofLock !== kind;
  if (kind) box.setAttribute("aria-describedby", `${kind}-${box.value}`);
  else box.removeAttribute("aria-describedby");
};

const draw = () => {
  const linked = document.querySelector('input[name="linked_calendar"]:checked');
  if (!linked) return;
  for (const box of document.querySelectorAll('input[type="checkbox"][name="conflict_calendars"]')) {
    const row = box.closest(".calendar");
    lock(row, box, lockOf(row, box, linked.value));
  }
};

document.addEventListener("change", (event) => {
  if (event.target.name === "linked_calendar") draw();
});
// A new calendar was decided about on this page: its box follows, so that saving does not undo that.
document.addEventListener("htmx:load", (event) => {
  const decided = event.detail.elt.querySelector("[data-decided]");
  if (!decided) return;
  const box = document.querySelector(
    `input[type="checkbox"][name="conflict_calendars"][value="${decided.dataset.decided}"]`,
  );
  if (!box || box.disabled) return;
  box.checked = box.defaultChecked = decided.dataset.blocks === "yes";
  box.dispatchEvent(new Event("change", { bubbles: true }));
});
// When the browser returns to the page it restores the choice.
window.addEventListener("pageshow", draw);
