// With a finger: a long press lifts a booking, which then follows the finger. A swipe scrolls as ever.
"use strict";

(() => {
  const LONG_PRESS = 400; // milliseconds
  const TREMBLE = 10; // pixels; more is a swipe
  const EDGE = 120; // pixels; so near the upper or lower edge, where bars lie, the page scrolls on
  const SCROLL_STEP = 8; // pixels each time the screen is drawn
  let pressed = null; // { piece, x, y, timer }, until it is lifted or swiped
  let lifted = null; // { x, y, week, scrolled }

  const forget = () => {
    clearTimeout(pressed?.timer);
    pressed = null;
  };

  const pointer = () => ({ clientX: lifted.x, clientY: lifted.y });

  const lift = () => {
    const { piece, x, y } = pressed;
    forget();
    const week = piece.closest(".week");
    lifted = { x, y, week, scrolled: scrollY };
    week.classList.add("week--lifting"); // on a phone, where days are lists, their hours appear
    const { top, height } = piece.getBoundingClientRect();
    scrollBy({ top: top + height / 2 - y, behavior: "instant" });
    calendar.lift(pointer(), piece);
    scrollOn();
  };

  const scrollOn = () => {
    if (!lifted) return;
    const step = lifted.y < EDGE ? -SCROLL_STEP : lifted.y > innerHeight - EDGE ? SCROLL_STEP : 0;
    if (step) {
      scrollBy({ top: step, behavior: "instant" });
      calendar.follow(pointer());
    }
    requestAnimationFrame(scrollOn);
  };

  const drop = () => {
    forget();
    if (!lifted) return;
    lifted.week.classList.remove("week--lifting");
    scrollTo({ top: lifted.scrolled, behavior: "instant" });
    lifted = null;
  };

  document.addEventListener("pointerdown", (event) => {
    const piece = event.target.closest(".week .slot[data-move]");
    forget();
    if (event.pointerType !== "touch" || !event.isPrimary || !piece) return;
    pressed = { piece, x: event.clientX, y: event.clientY, timer: setTimeout(lift, LONG_PRESS) };
  });

  document.addEventListener("pointermove", (event) => {
    if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > TREMBLE) forget();
    if (lifted && event.isPrimary) Object.assign(lifted, { x: event.clientX, y: event.clientY });
  });

  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);

  // What is lifted neither scrolls the page, nor opens a menu, nor is pressed when the finger leaves it.
  const keep = (event) => {
    if (lifted && event.cancelable) event.preventDefault();
  };
  document.addEventListener("touchmove", keep, { passive: false });
  document.addEventListener("contextmenu", (event) => {
    if (pressed || lifted) event.preventDefault();
  });
  window.addEventListener("touchend", keep, { capture: true, passive: false });
})();
