// Each answered question is an entry in the history. Only letters that follow one another quickly share
// one, so that Back returns to the earlier search and not to half of this one.
const PAUSE = 1500;
let typed = { at: -Infinity, question: "" };

document.body.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  const { history, requestConfig } = event.detail;
  const question = new URL(history.path, location.href).searchParams.get("q") ?? "";
  const now = performance.now();
  const isTyping = requestConfig.triggeringEvent?.type === "input";
  const goesOn = typed.question !== "" && question.startsWith(typed.question) && now - typed.at < PAUSE;
  if (isTyping && goesOn) history.type = "replace";
  typed = { at: now, question: isTyping ? question : "" };
});

// What was clicked beside the list is written into its search line, unless somebody types there.
document.body.addEventListener("htmx:afterSettle", () => {
  const question = new URLSearchParams(location.search).get("q") ?? "";
  for (const line of document.querySelectorAll("form.filters input[name='q']")) {
    if (line !== document.activeElement) line.value = question;
  }
});
