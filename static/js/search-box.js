// The box in the top bar as a combobox: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
// The focus stays in the box; the arrow keys only say which choice is meant.
const searchBox = document.getElementById("site-search");
const searchPopup = document.getElementById("search-popup");
let chosenChoice = null;
// False as soon as the person has left or closed it: an answer that comes later opens nothing.
let wantsChoices = false;

const allChoices = () => [...searchPopup.querySelectorAll("[role=option]")];
const searchLine = () => searchBox.value.trim();

function choose(choice) {
  chosenChoice?.setAttribute("aria-selected", "false");
  chosenChoice = choice ?? null;
  if (!chosenChoice) {
    searchBox.removeAttribute("aria-activedescendant");
    return;
  }
  chosenChoice.setAttribute("aria-selected", "true");
  searchBox.setAttribute("aria-activedescendant", chosenChoice.id);
  chosenChoice.scrollIntoView({ block: "nearest" });
}

function openPopup() {
  const meant = chosenChoice?.href;
  searchPopup.hidden = !searchPopup.childElementCount;
  searchBox.setAttribute("aria-expanded", String(allChoices().length > 0));
  choose(allChoices().find((choice) => choice.href === meant));
}

function closePopup() {
  wantsChoices = false;
  searchPopup.hidden = true;
  searchBox.setAttribute("aria-expanded", "false");
  choose(null);
}

function askForChoices() {
  const isTheSame = searchPopup.querySelector("[data-line]")?.dataset.line === searchLine();
  wantsChoices = true;
  if (isTheSame) openPopup();
  else htmx.trigger(searchBox, "suggest");
}

function move(step) {
  const choices = allChoices();
  const place = choices.indexOf(chosenChoice);
  const last = choices.length - 1;
  if (place < 0) choose(choices[step > 0 ? 0 : last]);
  else choose(choices[(place + step + choices.length) % choices.length]);
}

searchBox.setAttribute("role", "combobox");
searchBox.setAttribute("aria-autocomplete", "list");
searchBox.setAttribute("aria-controls", "search-choices");
searchBox.setAttribute("aria-expanded", "false");

// What an input method is still composing is no question yet; the end of it is.
document.addEventListener("input", (event) => {
  if (event.target === searchBox && event.isComposing) event.stopPropagation();
}, true);
searchBox.addEventListener("compositionend", () => {
  searchBox.dispatchEvent(new Event("input", { bubbles: true }));
});

searchBox.addEventListener("input", () => {
  choose(null);
  wantsChoices = searchLine() !== "";
  if (!wantsChoices) closePopup();
});
searchBox.addEventListener("htmx:beforeRequest", (event) => {
  if (!wantsChoices) event.preventDefault();
});
searchPopup.addEventListener("htmx:beforeSwap", (event) => {
  const asked = event.detail.requestConfig.parameters.q;
  if (!wantsChoices || asked !== searchBox.value) event.detail.shouldSwap = false;
});
searchPopup.addEventListener("htmx:afterSwap", openPopup);

searchBox.addEventListener("keydown", (event) => {
  // 229: the key belongs to an input method, also where the browser says that it has just ended.
  if (event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!searchLine()) return;
    event.preventDefault();
    if (searchPopup.hidden) askForChoices();
    if (!searchPopup.hidden) move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && chosenChoice) {
    event.preventDefault();
    chosenChoice.click();
  } else if (event.key === "Escape" && !searchPopup.hidden) {
    event.preventDefault();
    closePopup();
  }
});

// A press beside the box closes; one on a choice must not take the focus out of the box first.
searchPopup.addEventListener("mousedown", (event) => event.preventDefault());
searchBox.addEventListener("blur", closePopup);
// A page that comes back out of the browser's memory comes back as it was left.
addEventListener("pageshow", closePopup);
