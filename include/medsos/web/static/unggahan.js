// One-tap copying, sharing and picking of a screenshot. Without this script everything still works by hand.
document.documentElement.classList.add("js");

// The clipboard is offered only on secure addresses; on a plain http office network the old way still works.
async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // A frame may be denied the clipboard; the old way needs no permission.
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "out-of-sight";
  document.body.append(area);
  area.select();
  area.setSelectionRange(0, text.length);
  let copied = false;
  try {
    copied = document.execCommand("copy");
  } catch {
    copied = false;
  }
  area.remove();
  return copied;
}

function say(button, words, good) {
  button.dataset.words ??= button.textContent;
  button.textContent = words;
  button.classList.toggle("did", good);
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    button.textContent = button.dataset.words;
    button.classList.remove("did");
  }, 2500);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const copied = await copyText(document.getElementById(button.dataset.copy).textContent);
    button.focus();
    say(button, copied ? button.dataset.done : "Tekan lama pada teks untuk menyalin", copied);
  });
}

// Sharing hands the file to an app on the phone. It must follow the tap at once, so a large file may need two.
const fetched = new Map();
async function fileOf(button) {
  const address = button.dataset.share;
  if (!fetched.has(address)) {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    fetched.set(address, new File([await answer.blob()], button.dataset.name, { type: button.dataset.type }));
  }
  return fetched.get(address);
}

function canShare(button) {
  try {
    const sample = new File(["-"], button.dataset.name, { type: button.dataset.type });
    return Boolean(navigator.canShare?.({ files: [sample] }));
  } catch {
    return false;
  }
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (!canShare(button)) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.share({ files: [await fileOf(button)] });
    } catch (error) {
      if (error.name === "NotAllowedError") say(button, "Siap. Ketuk sekali lagi", false);
      else if (error.name !== "AbortError") say(button, "Gagal. Pakai Unduh", false);
    }
  });
}

for (const picker of document.querySelectorAll("[data-picker]")) {
  const input = picker.querySelector("input");
  const shown = picker.querySelector("img");
  const chosen = picker.querySelector(".chosen");
  input.addEventListener("change", () => {
    const file = input.files[0];
    shown.hidden = true;
    if (shown.src) URL.revokeObjectURL(shown.src);
    if (!file) {
      chosen.textContent = "";
      return;
    }
    if (file.size > Number(input.dataset.most)) {
      chosen.textContent = `“${file.name}” terlalu besar. Pilih tangkapan layar biasa.`;
      input.value = "";
      return;
    }
    chosen.textContent = file.name;
    shown.onload = () => { shown.hidden = false; };
    shown.src = URL.createObjectURL(file);
    picker.querySelector("label").textContent = "Ganti gambar";
  });
}

// What is being mended is no longer marked as wrong.
for (const field of document.querySelectorAll("[aria-invalid]")) {
  field.addEventListener("input", () => {
    field.removeAttribute("aria-invalid");
    for (const told of field.closest(".field").querySelectorAll(".problem")) told.remove();
  }, { once: true });
}

// The account's recent posts come from the platform, which may be slow; the page does not wait for them.
function offerAddresses(list) {
  const field = document.getElementById("tautan");
  for (const button of list.querySelectorAll("[data-fill]")) {
    if (!field) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      field.value = button.dataset.fill;
      field.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    });
  }
}

for (const place of document.querySelectorAll("[data-load]")) {
  const link = place.querySelector("a");
  if (!link) continue;
  const before = [...place.childNodes];
  const wait = document.createElement("p");
  wait.className = "quiet";
  wait.setAttribute("role", "status");
  wait.textContent = "Sedang membaca akun …";
  place.replaceChildren(wait);
  fetch(place.dataset.load, { credentials: "same-origin" })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)))))
    .then((html) => {
      const list = new DOMParser().parseFromString(html, "text/html").getElementById("terbaru");
      if (!list) throw new Error("no list");
      place.replaceChildren(...list.childNodes);
      offerAddresses(place);
    })
    .catch(() => place.replaceChildren(...before));
}

// An upload takes some seconds on a phone: the button says so, and cannot be pressed twice.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "ya";
    if (event.submitter) {
      event.submitter.dataset.words = event.submitter.textContent;
      event.submitter.textContent = "Mengirim …";
    }
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[data-words]")) button.textContent = button.dataset.words;
  }
});
