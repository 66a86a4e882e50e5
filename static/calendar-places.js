// Where a moment is on the drawn calendar, and back. Without the scripts of the calendar its links and forms remain.
"use strict";

const calendar = (() => {
  const ROW_MINUTES = 5;
  const STEP_ROWS = 3; // a quarter of an hour
  const SAID_MILLISECONDS = 10_000;
  const said = document.querySelector("#said");

  const columns = () => [...document.querySelectorAll(".week .day__hours")];
  const rowCount = () => Number(document.querySelector(".week").dataset.rows);

  // Which rows an element takes, as its classes say.
  const rowsOf = (element) => {
    const named = (prefix) => [...element.classList].find((name) => name.startsWith(prefix)).slice(prefix.length);
    return [Number(named("from-")), Number(named("to-"))];
  };

  // The moment at a row of a column: that of the hour there, and the minutes since. None where hours are left out.
  const momentAt = (column, row) => {
    for (const hour of column.querySelectorAll(".day__asks a")) {
      const [first, end] = rowsOf(hour);
      if (first <= row && row < end) {
        const began = new Date(new URL(hour.href).searchParams.get("at"));
        return new Date(began.getTime() + (row - first) * ROW_MINUTES * 60_000);
      }
    }
    return null;
  };

  // The row at a height on the page, at a quarter of an hour.
  const rowAt = (column, y) => {
    const { top, height } = column.getBoundingClientRect();
    const row = Math.floor(((y - top) / height) * rowCount());
    const stepped = Math.floor(row / STEP_ROWS) * STEP_ROWS;
    return Math.min(Math.max(stepped, 0), rowCount() - STEP_ROWS);
  };

  // Where days lie one below the other, the height says which of them.
  const columnAt = (x, y) => {
    const found = columns().filter((column) => {
      const { left, right } = column.getBoundingClientRect();
      return left <= x && x < right;
    });
    return found.length > 1 ? found.find((column) => isBeside(column, y)) : found[0];
  };
  const isBeside = (column, y) => {
    const { top, bottom } = column.getBoundingClientRect();
    return top <= y && y < bottom;
  };

  // A frame over rows of a column: what is being chosen or moved.
  const frame = document.createElement("div");
  frame.className = "day__frame";
  frame.setAttribute("aria-hidden", "true");
  const drawFrame = (column, first, end, words = clock) => {
    frame.style.gridRow = `${first + 1} / ${Math.min(end, rowCount()) + 1}`;
    frame.textContent = words(momentAt(column, first));
    column.append(frame);
  };
  const removeFrame = () => frame.remove();

  const format = (options) =>
    new Intl.DateTimeFormat(document.documentElement.lang, {
      timeZone: said.dataset.zone,
      hour12: Boolean(said.dataset.twelveHours),
      ...options,
    });
  const clock = (moment) => (moment ? format({ hour: "numeric", minute: "2-digit" }).format(moment) : "");
  const dayAndClock = (moment) => format({ weekday: "long", hour: "numeric", minute: "2-digit" }).format(moment);

  let forgetting;
  const say = (words) => {
    said.textContent = words;
    clearTimeout(forgetting);
    forgetting = setTimeout(() => (said.textContent = ""), SAID_MILLISECONDS);
  };

  const openCard = (url) => htmx.ajax("GET", url, { target: "#card", swap: "innerHTML show:none" });

  const openHour = (column, first, end) => {
    const query = new URLSearchParams({ at: momentAt(column, first).toISOString() });
    const until = momentAt(column, end - 1);
    if (until) query.set("until", new Date(until.getTime() + ROW_MINUTES * 60_000).toISOString());
    if (column.dataset.staff) query.set("staff", column.dataset.staff);
    openCard(`${said.dataset.hourUrl}?${query}`);
  };

  const openMove = (booking, column, row) => {
    const query = new URLSearchParams({ start: momentAt(column, row).toISOString(), staff: column.dataset.staff });
    openCard(`${said.dataset.moveUrl.replace("/0/", `/${booking}/`)}?${query}`);
  };

  // While somebody chooses or moves, the calendar below the pointer is not replaced.
  const state = { isBusy: false };
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (state.isBusy && event.detail.elt.id === "live") event.preventDefault();
  });

  // Something was done in a card.
  document.body.addEventListener("calendar-changed", (event) => {
    document.querySelector("#card").close();
    say(event.detail.said);
  });

  return {
    STEP_ROWS, clock, columnAt, columns, dayAndClock, drawFrame, momentAt, openHour, openMove, removeFrame, rowAt,
    rowCount, rowsOf, say, said, state,
  };
})();
