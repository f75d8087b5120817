// Keeps the draft while it is typed and renews the preview. Without this script every button still works.
document.documentElement.classList.add("js");

const form = document.getElementById("permohonan");
const told = document.getElementById("tersimpan");
const WAIT = 700;
const PAUSES = [1, 2, 4, 8, 15];

let timer = 0;
let running = null;
let again = false;
let leaving = false;

function values() {
  const data = new FormData(form);
  // Files go their own way, piece by piece.
  data.delete("berkas");
  data.set("aksi", "simpan");
  return data;
}

// Asks again while the connection is away or the server is in trouble; null when it stays so.
async function patiently(address, asked = {}) {
  for (let failures = 0; ; failures += 1) {
    try {
      const answer = await fetch(address, { credentials: "same-origin", ...asked });
      if (answer.status < 500 || failures === PAUSES.length) return answer;
    } catch {
      if (failures === PAUSES.length) return null;
    }
    await pause(PAUSES[failures]);
  }
}

// Shorter when the browser says that it is connected again.
function pause(seconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    window.addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

async function save() {
  clearTimeout(timer);
  if (leaving) return;
  if (running) {
    again = true;
    return;
  }
  running = new AbortController();
  told.textContent = "Menyimpan …";
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: values(), credentials: "same-origin", signal: running.signal,
    });
    if (!answer.ok || !new URL(answer.url).pathname.startsWith(new URL(form.action).pathname)) {
      throw new Error(String(answer.status));
    }
    show(await answer.text());
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    told.textContent = `Draf tersimpan ${two(now.getHours())}.${two(now.getMinutes())}`;
  } catch (error) {
    if (error.name !== "AbortError") {
      told.textContent = "Draf belum tersimpan; dicoba lagi saat Anda mengubah sesuatu.";
    }
  } finally {
    running = null;
  }
  if (again && !leaving) {
    again = false;
    save();
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(save, WAIT);
}

// Another script has changed what belongs to the draft: files came or went.
document.addEventListener("medsos:renew", async () => {
  const answer = await patiently(form.action);
  if (answer?.ok) show(await answer.text(), true);
  else told.textContent = "Daftar berkas belum dapat diperbarui. Muat ulang halaman; berkasnya tidak hilang.";
});

function show(html, filesToo = false) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.getElementById("kanal-pratinjau");
  const old = document.getElementById("kanal-pratinjau");
  if (!fresh) return;
  for (const article of fresh.querySelectorAll("article")) {
    const before = document.getElementById(article.id);
    if (before) keep(before, article);
    else watch(article);
  }
  old.replaceChildren(...fresh.childNodes);
  if (filesToo) {
    const files = page.getElementById("daftar-berkas");
    if (files) document.getElementById("daftar-berkas").replaceChildren(...files.childNodes);
    document.dispatchEvent(new Event("medsos:files"));
  }
}

// The old picture stays until the new one is there; opened texts stay open.
function keep(before, article) {
  const words = before.querySelector("details");
  if (words && words.open) article.querySelector("details").open = true;
  const shown = article.querySelector("img");
  const address = shown.getAttribute("src");
  const old = before.querySelector("img");
  if (old.getAttribute("src") === address) {
    shown.replaceWith(old);
    return;
  }
  shown.src = old.getAttribute("src");
  article.classList.add("drawing");
  const next = new Image();
  next.onload = () => {
    shown.src = address;
    article.classList.remove("drawing");
  };
  next.onerror = () => explain(article, address);
  next.src = address;
}

function watch(article) {
  const image = article.querySelector("img");
  image.addEventListener("error", () => explain(article, image.getAttribute("src")), { once: true });
}

// A picture that cannot be drawn comes with a sentence why.
async function explain(article, address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (answer.status !== 422) return;
  const place = article.querySelector(".drawn");
  place.textContent = await answer.text();
  place.hidden = false;
}

for (const article of document.querySelectorAll("#kanal-pratinjau article")) {
  const image = article.querySelector("img");
  if (image.complete && image.naturalWidth === 0) explain(article, image.getAttribute("src"));
  else watch(article);
}

// How much room is left; the server counts again.
for (const field of form.querySelectorAll("[data-most]:is(input, textarea)")) {
  const left = document.createElement("p");
  left.className = "left";
  field.after(left);
  const most = Number(field.dataset.most);
  const count = () => {
    const length = [...field.value.trim().normalize("NFC")].length;
    left.textContent = `${length.toLocaleString("id-ID")} dari ${most.toLocaleString("id-ID")}`;
    left.classList.toggle("over-limit", length > most);
  };
  field.addEventListener("input", count);
  count();
}

form.addEventListener("input", (event) => {
  if (event.target.type === "file") return;
  const field = event.target.closest("[aria-invalid]");
  if (field) {
    field.removeAttribute("aria-invalid");
    for (const problem of field.closest(".field, details").querySelectorAll(".problem")) problem.remove();
  }
  later();
});

// On a slow connection something may have been typed before this script was there.
if ([...form.elements].some((field) => field.defaultValue !== undefined && field.type !== "file"
  && (field.value !== field.defaultValue || field.checked !== field.defaultChecked))) later();

// Other types need other fields: the page comes anew, with all that was typed.
for (const group of form.querySelectorAll("[data-reload]")) {
  group.addEventListener("change", () => form.requestSubmit(form.querySelector("[value=jenis]")));
}

// What is on its way must not arrive after the button; and one press is enough.
form.addEventListener("submit", (event) => {
  if (leaving) {
    event.preventDefault();
    return;
  }
  leaving = true;
  clearTimeout(timer);
  running?.abort();
  if (event.submitter?.value === "kirim") {
    event.submitter.dataset.words = event.submitter.textContent;
    event.submitter.textContent = "Mengirim …";
  }
});
window.addEventListener("pageshow", () => {
  leaving = false;
  for (const button of form.querySelectorAll("button[data-words]")) button.textContent = button.dataset.words;
});
// A page that is put aside on a phone may not come back.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && told.textContent !== "" && !running && timer) save();
});
