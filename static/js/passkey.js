// Ties the form of a page to the passkeys of the browser: what is done stands in the form, the challenge beside it.
const passkeyForm = document.getElementById("passkey-form");
const passkeyFailure = document.getElementById("passkey-failure");
const isPossible = Boolean(window.PublicKeyCredential);

if (passkeyForm && isPossible) {
  const kind = passkeyForm.dataset.passkey;
  passkeyForm.hidden = false;
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
  passkeyFailure.hidden = false;
});
