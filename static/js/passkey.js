// Ties the form of a page to the passkeys of the browser: what is done stands in the form, the challenge beside it.
const form = document.getElementById("passkey-form");
const failure = document.getElementById("passkey-failure");
const isPossible = Boolean(window.PublicKeyCredential);

if (form && isPossible) {
  const kind = form.dataset.passkey;
  form.hidden = false;
  allauth.webauthn.forms[`${kind}Form`]({
    ids: {
      [kind]: "passkey-button",
      credential: "passkey-credential",
      passwordless: "passkey-alone",
      data: "passkey-data",
    },
  });
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  failure.hidden = false;
});
