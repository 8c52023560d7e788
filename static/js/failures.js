// htmx shows nothing when a request fails: say what happened, until the next one goes well.
const failure = document.getElementById("failure");

function say(sentence) {
  failure.textContent = sentence;
  failure.hidden = !sentence;
}

document.body.addEventListener("htmx:sendError", () => say(failure.dataset.unsent));
document.body.addEventListener("htmx:timeout", () => say(failure.dataset.unsent));
document.body.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 503) say(failure.dataset.busy);
  else say(status < 500 ? failure.dataset.refused : failure.dataset.failed);
});
document.body.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) say("");
});
