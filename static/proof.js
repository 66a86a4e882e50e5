// Solves the ALTCHA challenge of a form while it is filled in, and holds it back until that is done. Where the browser
// cannot, the form is sent without a solution, and the server says what then applies.
"use strict";

const solution = document.querySelector("[data-challenge]");
const proving = document.querySelector("[data-proving]");

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hexOf = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

// The key of one try: PBKDF2 of the nonce, followed by the number of the try in four octets.
const derive = async (parameters, counter) => {
  const password = new Uint8Array([...bytesOf(parameters.nonce), 0, 0, 0, 0]);
  new DataView(password.buffer).setUint32(password.length - 4, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytesOf(parameters.salt), iterations: parameters.cost };
  return hexOf(await crypto.subtle.deriveBits(how, key, parameters.keyLength * 8));
};

const solve = async (challenge) => {
  for (let counter = 0; ; counter += 1) {
    const derivedKey = await derive(challenge.parameters, counter);
    if (derivedKey.startsWith(challenge.parameters.keyPrefix)) return { counter, derivedKey };
  }
};

const prove = async () => {
  const challenge = JSON.parse(solution.dataset.challenge);
  solution.value = btoa(JSON.stringify({ challenge, solution: await solve(challenge) }));
};

// Without https browsers have no WebCrypto.
if (solution && window.crypto?.subtle) {
  document.querySelector("[data-unproven]").hidden = true;
  let isDone = false;
  let button = null; // that was pressed meanwhile
  let isSent = false;
  solution.form.addEventListener("submit", (event) => {
    if (isDone || event.submitter?.hasAttribute("formaction")) return; // the other buttons lead to other pages
    event.preventDefault();
    event.stopPropagation(); // for the page it has not been sent
    [button, isSent, proving.hidden] = [event.submitter, true, false];
  });
  prove().finally(() => {
    [isDone, proving.hidden] = [true, true];
    if (isSent) solution.form.requestSubmit(button);
  });
}
