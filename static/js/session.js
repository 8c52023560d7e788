// A session ends when nobody uses it. What a page asks by itself is no use of it, so it is marked; two minutes
// before the end the person is asked, and after it nothing stays on the screen.
const WARNING = 120;
const sessionNote = document.getElementById("session-end");
let sessionTimer;

function isUnattended(event) {
  return !event || event.type === "load" || event.type === "fetches-over";
}

document.body.addEventListener("htmx:configRequest", (event) => {
  if (isUnattended(event.detail.triggeringEvent)) event.detail.headers["X-Unattended"] = "true";
});

function wait(seconds) {
  clearTimeout(sessionTimer);
  sessionNote.hidden = seconds > WARNING;
  const until = seconds > WARNING ? seconds - WARNING : seconds;
  sessionTimer = setTimeout(look, (until + 1) * 1000);
}

// Another window may have used the session meanwhile, so the server is asked each time.
async function look() {
  let seconds;
  try {
    const answer = await fetch(sessionNote.dataset.left, { headers: { "X-Unattended": "true" } });
    if (!answer.ok) throw new Error(answer.status);
    seconds = (await answer.json()).seconds;
  } catch {
    clearTimeout(sessionTimer);
    sessionTimer = setTimeout(look, 10_000);
    return;
  }
  if (seconds > 0) wait(seconds);
  else location.replace(location.pathname + location.search);
}

sessionNote.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const answer = await fetch(sessionNote.action, { method: "POST", body: new FormData(sessionNote) });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    wait((await answer.json()).seconds);
  } catch {
    look();
  }
});

// A computer that slept has not counted.
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
wait(Number(sessionNote.dataset.seconds));
