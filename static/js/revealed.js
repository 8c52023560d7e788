// Browsers may keep a page for going back to it, also one that no cache may keep: so the password leaves with the person.
addEventListener("pagehide", () => document.querySelector(".revealed")?.remove());
