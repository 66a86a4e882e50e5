// Looks every two seconds whether the calendars changed, and shows the week anew when they did.
const week = document.getElementById("week");

async function look() {
  if (document.hidden) return;
  const seen = encodeURIComponent(week.dataset.state);
  const answer = await fetch(`${week.dataset.refresh}&seen=${seen}`);
  if (answer.status !== 200) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  week.dataset.state = fresh.content.querySelector("[data-fresh]").dataset.fresh;
  const focused = document.activeElement?.getAttribute("href");
  week.replaceChildren(fresh.content);
  if (focused) week.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

setInterval(() => look().catch(() => {}), 2000);
document.addEventListener("visibilitychange", () => look().catch(() => {}));

// A phone opens at today. scrollIntoView would scroll the page around this frame, too.
const today = document.querySelector(".today");
if (today && !location.search && !location.hash) {
  const margin = parseFloat(getComputedStyle(today).scrollMarginTop);
  scrollTo({ top: today.getBoundingClientRect().top + scrollY - margin, behavior: "instant" });
}
