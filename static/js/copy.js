// Buttons with data-copy put that text on the clipboard, and say so in the live region.
document.documentElement.classList.add("js");

// Browsers offer the clipboard over HTTPS and on this computer only; elsewhere the old way still works.
function copyFromField(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}

async function copy(text) {
  if (!navigator.clipboard) return copyFromField(text);
  return navigator.clipboard.writeText(text).then(() => true, () => copyFromField(text));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const copied = await copy(button.dataset.copy);
  button.focus();
  document.getElementById("announce").textContent = copied ? button.dataset.copied : button.dataset.notCopied;
  button.classList.toggle("done", copied);
  setTimeout(() => button.classList.remove("done"), 1500);
});
