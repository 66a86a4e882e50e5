// Conveniences. Every page works without this file.
"use strict";

// A form that is on its way is not sent twice; coming back to the page frees it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// Signing in, in whichever tab, makes the tokens of all open forms invalid. The cookie always has the valid one.
const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1];

document.addEventListener(
  "submit",
  (event) => {
    const field = event.target.querySelector("input[name=csrfmiddlewaretoken]");
    if (field) field.value = csrfToken() ?? field.value;
  },
  { capture: true },
);

// Was something typed or chosen on the page that is not saved yet?
const isUnsaved = (field) => {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  const chosen = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(chosen, 0);
};

document.addEventListener("htmx:configRequest", (event) => {
  const { headers } = event.detail;
  if ("X-CSRFToken" in headers) headers["X-CSRFToken"] = csrfToken() ?? headers["X-CSRFToken"];
  if ([...document.querySelectorAll("main :is(input, select, textarea)")].some(isUnsaved)) {
    headers["Kalends-Unsaved"] = "true"; // if the session has ended, the page must not leave for sign-in
  }
});

// The sentence about an ended session goes with the next attempt; in a dialog it is shown where it can be reached.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb !== "get") document.querySelector("#signed-out")?.remove();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const notice = event.target.querySelector("#signed-out");
  const dialog = document.querySelector("dialog[open]");
  if (notice && dialog) dialog.prepend(notice);
});

// An open menu closes with Escape and with a click beside it.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
};

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A dialog opens once htmx has put something into it.
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("h2[tabindex]")?.focus({ preventScroll: true });
  dialog.scrollTop = 0;
});

// On a phone the tabs scroll sideways: bring the current one into view.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A button that copies a text; without this file it is not shown, and the text can be copied by hand.
const showCopyButtons = (part) => {
  for (const button of part.querySelectorAll("button[data-copy]")) button.hidden = !navigator.clipboard;
};
showCopyButtons(document);
document.addEventListener("htmx:load", (event) => showCopyButtons(event.target));

// A button that shows what is typed in a password field, and hides it again.
for (const button of document.querySelectorAll("button[data-shows]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.shows);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.copied;
});
