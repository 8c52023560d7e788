// "/" goes to the search box in the top bar, on every page.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector(".topbar [data-hotkey='/']");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
