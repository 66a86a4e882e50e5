// The page of the demo. It works without this file where all panes are in view.
"use strict";

// A link that opens in a pane brings the pane into view, and a thing to try that happens on the iPhone brings that into view.
// Where the panes stand one below the other, they are often off the screen.
document.addEventListener("click", (event) => {
  const target = event.target.closest("a[target]")?.target ?? (event.target.closest(".bar__do") ? "iphone" : "");
  document.querySelector(`iframe[name="${target}"]`)?.closest("section").scrollIntoView();
});
