// Connects forms that ask for a passkey with allauth's scripts. They are shown only where passkeys can be used.
(() => {
  const ids = { credential: "passkey_credential", data: "passkey_data", passwordless: "id_passwordless" };
  const kinds = {
    add: (o) => allauth.webauthn.forms.addForm({ ids: { ...ids, ...o } }),
    authenticate: (o) => allauth.webauthn.forms.authenticateForm({ ids: { ...ids, ...o } }),
    login: (o) => allauth.webauthn.forms.loginForm({ ids: { ...ids, ...o } }),
  };

  // A passkey belongs to a name, so browsers refuse addresses of numbers.
  const hasName = !/^[\d.]+$|^\[/.test(location.hostname);
  if (!window.isSecureContext || !window.PublicKeyCredential || !hasName) return;

  document.querySelectorAll("[data-passkey-unusable]").forEach((sentence) => (sentence.hidden = true));
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    kinds[form.dataset.passkey]({ [form.dataset.passkey]: "passkey_button" });
  });

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelectorAll("[data-passkey-error]").forEach((sentence) => {
      sentence.setAttribute("role", "alert");
      sentence.hidden = false;
    });
  });
})();
