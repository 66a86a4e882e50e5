// With the mouse: press or drag over hours to choose a time, drag a booking to another time, day or person.
// Fingers drag a booking that they have lifted (calendar-touch.js).
"use strict";

(() => {
  const MOVED = 5; // pixels; less is a press
  let drag = null;

  const begin = (event, kind, column, more) => {
    drag = { kind, column, x: event.clientX, y: event.clientY, isDragging: false, ...more };
    calendar.state.isBusy = true;
  };

  const beginOnHour = (event, column) => {
    const row = calendar.rowAt(column, event.clientY);
    if (calendar.momentAt(column, row)) begin(event, "hour", column, { row });
  };

  const beginOnBooking = (event, piece) => {
    const [first, end] = calendar.rowsOf(piece);
    const column = piece.closest(".day__hours");
    const grabbed = calendar.rowAt(column, event.clientY) - first;
    begin(event, "booking", column, { row: first, first: column, rows: end - first, grabbed, piece });
  };

  document.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const piece = event.target.closest(".week .slot[data-move]");
    const hour = event.target.closest(".week .day__asks a");
    if (piece) beginOnBooking(event, piece);
    else if (hour) beginOnHour(event, hour.closest(".day__hours"));
  });

  const chosenRows = () => {
    const last = Math.max(drag.row, drag.until ?? drag.row);
    return [Math.min(drag.row, drag.until ?? drag.row), last + calendar.STEP_ROWS];
  };

  const chooseTo = (event) => {
    drag.until = calendar.rowAt(drag.column, event.clientY);
    calendar.drawFrame(drag.column, ...chosenRows());
  };

  const moveTo = (event) => {
    const column = calendar.columnAt(event.clientX, event.clientY) ?? drag.column;
    const pointed = calendar.rowAt(column, event.clientY) - drag.grabbed;
    const row = Math.max(Math.round(pointed / calendar.STEP_ROWS) * calendar.STEP_ROWS, 0);
    if (!calendar.momentAt(column, row)) return;
    Object.assign(drag, { column, target: row });
    drag.piece.classList.add("slot--lifted");
    calendar.drawFrame(column, row, row + drag.rows, drag.words);
  };

  // A finger lifts the booking in its middle; the frame says on which day it is.
  calendar.lift = (event, piece) => {
    beginOnBooking(event, piece);
    const grabbed = Math.floor(drag.rows / 2);
    Object.assign(drag, { isDragging: true, grabbed, words: calendar.dayAndClock });
    moveTo(event);
  };
  calendar.follow = (event) => {
    if (drag) moveTo(event);
  };

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.isDragging && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < MOVED) return;
    drag.isDragging = true;
    if (drag.kind === "hour") chooseTo(event);
    else moveTo(event);
  });

  const stop = () => {
    drag?.piece?.classList.remove("slot--lifted");
    drag = null;
    calendar.state.isBusy = false;
    calendar.removeFrame();
  };

  document.addEventListener("pointerup", () => {
    if (!drag) return;
    const { kind, column, row, first, target, isDragging, piece } = drag;
    const rows = isDragging ? chosenRows() : null;
    stop();
    if (!isDragging) return;
    swallowClick();
    if (kind === "hour") calendar.openHour(column, ...rows);
    else if (target !== undefined && (target !== row || column !== first)) {
      calendar.openMove(piece.dataset.move, column, target);
    }
  });

  document.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stop();
  });

  // The click that ends a drag opens nothing.
  const swallowClick = () => {
    const swallow = (event) => {
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
  };

  // A press on an hour chooses that hour.
  document.addEventListener(
    "click",
    (event) => {
      const hour = event.target.closest(".week .day__asks a");
      if (!hour || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      calendar.openHour(hour.closest(".day__hours"), ...calendar.rowsOf(hour));
    },
    { capture: true },
  );

  // The browser would drag the link itself.
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest?.(".week")) event.preventDefault();
  });
})();
