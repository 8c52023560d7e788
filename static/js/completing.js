// A search line offers what the word under the caret can become (www.w3.org/WAI/ARIA/apg/patterns/combobox).
// Places in a line are counted in characters as Python counts them, not in halves of surrogate pairs.
const PAUSE = 120;
let asked = new AbortController();
let waiting = 0;

const lineOf = (event) => event.target.closest?.("input[data-completions]");
const listOf = (line) => document.getElementById(line.getAttribute("aria-controls"));
const isOpen = (line) => line.getAttribute("aria-expanded") === "true";
// Options that were asked for an earlier text would take back what was typed since.
const isFresh = (line) => isOpen(line) && listOf(line).dataset.line === line.value;
const beforeCaret = (line) => line.value.slice(0, line.selectionStart ?? 0);

function close(line) {
  clearTimeout(waiting);
  asked.abort();
  listOf(line).hidden = true;
  line.setAttribute("aria-expanded", "false");
  line.removeAttribute("aria-activedescendant");
}

function choose(line, option) {
  for (const other of listOf(line).children) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    line.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else line.removeAttribute("aria-activedescendant");
}

async function ask(line) {
  clearTimeout(waiting);
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  const url = new URL(line.dataset.completions, location.href);
  url.searchParams.set("q", line.value);
  url.searchParams.set("caret", [...beforeCaret(line)].length);
  try {
    const answer = await fetch(url, { signal });
    // A log-in that is over leads to a page, which is no list of options.
    if (!answer.ok || answer.redirected) return close(line);
    const options = await answer.text();
    if (signal.aborted || document.activeElement !== line) return;
    const list = listOf(line);
    list.innerHTML = options;
    list.dataset.line = line.value;
    list.hidden = !list.children.length;
    list.scrollTop = 0;
    line.setAttribute("aria-expanded", String(!list.hidden));
    line.removeAttribute("aria-activedescendant");
  } catch (error) {
    // A newer question took its place, or nobody answers: what is typed is searched all the same.
    if (!signal.aborted) close(line);
  }
}

function askSoon(line) {
  clearTimeout(waiting);
  asked.abort();
  if (/(^|\s)$/.test(beforeCaret(line))) close(line);
  else waiting = setTimeout(ask, PAUSE, line);
}

function accept(line, option) {
  line.value = option.dataset.line;
  const caret = [...line.value].slice(0, Number(option.dataset.caret)).join("").length;
  line.setSelectionRange(caret, caret);
  close(line);
  // The list follows as if it had been typed; after the name of a field come its values.
  line.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
  if (beforeCaret(line).endsWith(":")) ask(line);
}

document.addEventListener("input", (event) => {
  const line = lineOf(event);
  if (line && !event.isComposing && event.inputType !== "insertReplacementText") askSoon(line);
});

document.addEventListener("compositionend", (event) => {
  const line = lineOf(event);
  if (line) askSoon(line);
});

document.addEventListener("keydown", (event) => {
  const line = lineOf(event);
  // Enter and arrows belong to the input method while it is at work; 229 is Safari's word for that.
  if (!line || event.isComposing || event.keyCode === 229) return;
  const options = [...listOf(line).children];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
  if (event.key === "Escape" && isOpen(line)) close(line);
  else if (event.key === "ArrowDown" && !isFresh(line)) ask(line);
  else if (event.key === "ArrowDown") choose(line, options[at + 1]);
  else if (event.key === "ArrowUp" && isFresh(line)) choose(line, at < 0 ? options.at(-1) : options[at - 1]);
  else if (["Enter", "Tab"].includes(event.key) && isFresh(line) && at >= 0 && isPlain) accept(line, options[at]);
  else {
    // The search itself, or another word; Tab closes by leaving.
    if (["Enter", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) close(line);
    return;
  }
  event.preventDefault();
}, true);

// A press keeps the focus in the line.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest?.(".completions")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const option = event.target.closest?.(".completions [role=option]");
  if (!option) return;
  const line = document.querySelector(`[aria-controls="${option.parentElement.id}"]`);
  if (isFresh(line)) accept(line, option);
});

document.addEventListener("focusout", (event) => {
  const line = lineOf(event);
  if (line && isOpen(line)) close(line);
});
