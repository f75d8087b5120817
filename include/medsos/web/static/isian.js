// Counts while somebody types. The server counts again, with the platforms' own rules, and its word is final.
const MARK = "{tautan_web}";
const ADDRESS = /https?:\/\/[^\s]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:id|com|org|net|info|ly)(?:\/[^\s]*)?/giu;
const ADDRESS_LENGTH = 23;
// X counts these as one, everything else as two.
const LIGHT = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];

function signs(text) {
  return "Segmenter" in Intl ? [...new Intl.Segmenter("id").segment(text)].map((part) => part.segment) : [...text];
}

function weight(sign) {
  if (/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(sign)) return 2;
  let sum = 0;
  for (const letter of sign) {
    const code = letter.codePointAt(0);
    sum += LIGHT.some(([from, to]) => from <= code && code <= to) ? 1 : 2;
  }
  return sum;
}

const COUNTERS = {
  characters: (text) => [...text.normalize("NFC")].length,
  utf16: (text) => text.length,
  x_weighted: (text) => {
    const composed = text.normalize("NFC");
    const addresses = composed.match(ADDRESS) ?? [];
    const rest = composed.replace(ADDRESS, "");
    return addresses.length * ADDRESS_LENGTH + signs(rest).reduce((sum, sign) => sum + weight(sign), 0);
  },
};

function count(field) {
  const told = document.getElementById(`hitung-${field.id}`);
  const text = field.value.trim().replaceAll(MARK, field.dataset.link);
  const length = COUNTERS[field.dataset.count](text);
  const tooLong = field.dataset.limit !== "" && length > Number(field.dataset.limit);
  told.querySelector(".number").textContent = length.toLocaleString("id-ID");
  told.querySelector(".too-long").hidden = !tooLong;
  told.classList.toggle("over-limit", tooLong);
}

for (const field of document.querySelectorAll("textarea[data-count]")) {
  field.addEventListener("input", () => count(field));
}

// What is being mended is no longer marked as wrong.
for (const field of document.querySelectorAll("[aria-invalid]")) {
  field.addEventListener("input", () => {
    field.removeAttribute("aria-invalid");
    for (const told of field.closest(".field").querySelectorAll(".problem")) told.remove();
  }, { once: true });
}

// Leaving the page with words that are stored nowhere is asked about.
for (const form of document.querySelectorAll("form.own-form")) {
  let unsaved = false;
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
}
