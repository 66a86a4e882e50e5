// With the keyboard: t, n and the arrows lead on; from the card of a booking, Move lets the arrows move it.
// On a phone the week opens at today.
"use strict";

(() => {
  const narrow = matchMedia("(max-width: 55.99rem)");
  if (narrow.matches && !location.hash) document.querySelector(".week #today")?.scrollIntoView();

  const LINKS = { t: "#week-today", n: "#week-new", ArrowLeft: "#week-previous", ArrowRight: "#week-next" };
  const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const STORED = "kalends-keys";

  const keys = document.querySelector("#keys");
  const useKeys = document.querySelector("#use-keys");
  keys.hidden = narrow.matches;
  useKeys.checked = localStorage.getItem(STORED) !== "off";
  useKeys.addEventListener("change", () => localStorage.setItem(STORED, useKeys.checked ? "on" : "off"));

  const isTyping = (element) => Boolean(element.closest("input, select, textarea, dialog, [contenteditable]"));

  const follow = (event) => {
    const link = document.querySelector(LINKS[event.key] ?? "#none");
    if (!link || !useKeys.checked || isTyping(event.target)) return;
    event.preventDefault();
    link.click();
  };

  // A client who was found is in the week that is shown already.
  addEventListener("hashchange", () => (document.querySelector("#go-to").open = false));

  // --- Moving a booking ---

  let moving = null;

  const show = () => {
    const { column, row, rows } = moving;
    calendar.drawFrame(column, row, row + rows);
    const person = column.closest(".week--people") ? column.closest(".day").querySelector("h2 a").textContent : "";
    calendar.say(`${calendar.dayAndClock(calendar.momentAt(column, row))} ${person}`);
    column.querySelector(".day__frame").scrollIntoView({ block: "nearest" });
  };

  const start = (piece) => {
    const [first, end] = calendar.rowsOf(piece);
    moving = { piece, column: piece.closest(".day__hours"), row: first, rows: end - first };
    calendar.state.isBusy = true;
    piece.classList.add("slot--lifted");
    document.querySelector("#card").close();
    piece.querySelector("a").focus();
    show();
    calendar.say(calendar.said.dataset.moving);
  };

  const stop = () => {
    moving.piece.classList.remove("slot--lifted");
    moving = null;
    calendar.state.isBusy = false;
    calendar.removeFrame();
  };

  const nextRow = (column, row, step) => {
    const next = row + step * calendar.STEP_ROWS;
    if (next < 0 || next >= calendar.rowCount()) return row;
    return calendar.momentAt(column, next) ? next : nextRow(column, next, step);
  };

  const step = ([across, down]) => {
    const columns = calendar.columns();
    const column = columns[columns.indexOf(moving.column) + across] ?? moving.column;
    const row = down ? nextRow(column, moving.row, down) : moving.row;
    if (calendar.momentAt(column, row)) Object.assign(moving, { column, row });
    show();
  };

  const finish = () => {
    const { piece, column, row } = moving;
    stop();
    calendar.say("");
    calendar.openMove(piece.dataset.move, column, row);
  };

  const whileMoving = (event) => {
    if (event.key in MOVES) step(MOVES[event.key]);
    else if (event.key === "Enter") finish();
    else if (event.key === "Escape") {
      stop();
      calendar.say(calendar.said.dataset.left);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (moving) whileMoving(event);
      else follow(event);
    },
    { capture: true },
  );

  // Elsewhere Move is the link to the page that offers other times.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-move]");
    const piece = link && document.querySelector(`.week .slot[data-move="${link.dataset.move}"]`);
    if (!piece || narrow.matches) return;
    event.preventDefault();
    start(piece);
  });
})();
