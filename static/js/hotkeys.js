// "/" goes to the search box: the page's own where there is one, else the one in the top bar.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector("main [data-hotkey='/']") ?? document.querySelector("[data-hotkey='/']");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
