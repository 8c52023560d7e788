// A run reads itself anew each second. What is being pressed or is selected stays until the next time,
// since a press on a link that is replaced meanwhile does nothing.
let isPressed = false;
const release = () => setTimeout(() => { isPressed = false; });

document.addEventListener("pointerdown", () => { isPressed = true; });
document.addEventListener("pointerup", release);
document.addEventListener("pointercancel", release);

function isSelectedIn(place) {
  const selection = getSelection();
  return !selection.isCollapsed && place.contains(selection.anchorNode);
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const asker = event.detail.requestConfig.elt;
  if (asker.id !== "run") return;
  if (isPressed || isSelectedIn(asker)) event.detail.shouldSwap = false;
});
