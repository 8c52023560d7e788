// What a sheet is of, and when: written as it is printed, since a list turns and is narrowed without a new page, and a
// page may have been open for hours. Without a script browsers print both by themselves.
const ENCODED_LETTERS = /(?:%[89a-f][0-9a-f])+/gi;

function readable(address) {
  try {
    return address.replace(ENCODED_LETTERS, decodeURIComponent);
  } catch {
    return address;
  }
}

addEventListener("beforeprint", () => {
  const line = document.getElementById("paper-line");
  const now = new Date().toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "long" });
  line.querySelector("span").textContent = readable(location.href);
  line.querySelector("time").textContent = now;
});
