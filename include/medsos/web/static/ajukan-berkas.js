// Uploads in pieces. An upload that broke off goes on by itself: after a lost connection, and, because the
// browser keeps the file beside the page, also after the page was closed and opened again.
{
  const place = document.getElementById("taruh");
  const input = document.getElementById("berkas");
  const list = document.getElementById("daftar-berkas");
  const refusals = document.getElementById("ditolak");
  const form = document.getElementById("permohonan");
  const PIECE = 4 * 1024 * 1024;

  const headers = (more = {}) => ({ "X-Medsos-Token": form.dataset.token, ...more });
  const megabytes = (size) => `${(size / 1e6).toLocaleString("id-ID", { maximumFractionDigits: 1 })} MB`;
  const stampOf = (file) => String(file.lastModified);

  // Files that are on their way, by the id that the server gave them. Where the browser has no such place, or
  // does not answer, an upload goes on without; only a closed page then asks for the file again.
  const PATIENCE = 2000;
  const cupboard = (() => {
    const opened = new Promise((resolve) => {
      setTimeout(() => resolve(null), PATIENCE);
      try {
        const asked = indexedDB.open("medsos-unggahan", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("berkas");
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
    const act = async (mode, what) => {
      const base = await opened;
      if (!base) return undefined;
      return new Promise((resolve) => {
        setTimeout(resolve, PATIENCE);
        try {
          const asked = what(base.transaction("berkas", mode).objectStore("berkas"));
          asked.onsuccess = () => resolve(asked.result);
          asked.onerror = () => resolve(undefined);
        } catch {
          resolve(undefined);
        }
      });
    };
    return {
      put: (id, file) => act("readwrite", (store) => store.put(file, id)),
      get: (id) => act("readonly", (store) => store.get(id)),
      drop: (id) => act("readwrite", (store) => store.delete(id)),
    };
  })();

  function line(id, file) {
    let item = list.querySelector(`[data-unfinished="${id}"]`);
    if (!item) {
      item = document.createElement("li");
      item.className = "file unfinished";
      item.dataset.unfinished = id;
      const about = document.createElement("div");
      about.className = "about";
      const name = document.createElement("p");
      name.className = "name";
      name.textContent = file.name;
      const bar = document.createElement("progress");
      bar.max = file.size;
      bar.value = 0;
      bar.setAttribute("aria-label", `Kemajuan ${file.name}`);
      const state = document.createElement("p");
      state.className = "quiet state";
      about.append(name, bar, state);
      item.append(about);
      list.append(item);
    }
    return { item, bar: item.querySelector("progress"), state: item.querySelector(".state") };
  }

  // Beside the list, which comes anew with every file that is done.
  function refuse(name, sentence) {
    const told = document.createElement("p");
    told.className = "problem refused";
    told.textContent = sentence || `Berkas “${name}” tidak dapat diunggah. Coba lagi.`;
    refusals.append(told);
  }

  function send(address, file, offset, shown) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("PATCH", address);
      for (const [name, value] of Object.entries(headers({ "Upload-Offset": String(offset) }))) {
        request.setRequestHeader(name, value);
      }
      request.upload.onprogress = (event) => shown(offset + event.loaded);
      request.onload = () => resolve(request);
      request.onerror = () => resolve(null);
      request.ontimeout = () => resolve(null);
      request.send(file.slice(offset, offset + PIECE));
    });
  }

  function answerOf(request) {
    try {
      return JSON.parse(request.responseText);
    } catch {
      return {};
    }
  }

  async function upload(id, file, offset) {
    const address = `${place.dataset.announce}/${id}`;
    // The list may have been renewed meanwhile, so the line is looked for each time.
    const shown = (bytes) => {
      const { bar, state } = line(id, file);
      bar.value = bytes;
      state.textContent = bytes >= file.size
        ? "Memeriksa berkas …" : `${megabytes(bytes)} dari ${megabytes(file.size)}`;
    };
    shown(offset);
    let failures = 0;
    for (;;) {
      const request = await send(address, file, offset, shown);
      if (request && request.status === 200) {
        failures = 0;
        const told = answerOf(request);
        if (told.selesai || told.sudah >= file.size) break;
        offset = told.sudah;
        continue;
      }
      if (request && request.status === 409) {
        const told = answerOf(request);
        if (told.sudah === undefined) break;
        offset = told.sudah;
        failures += 1;
      } else if (request && request.status >= 400 && request.status < 500) {
        line(id, file).item.remove();
        await cupboard.drop(id);
        refuse(file.name, request.status === 422 ? answerOf(request).masalah : "");
        return;
      } else if (request && request.status >= 500 && failures >= PAUSES.length) {
        line(id, file).state.textContent = "Server tidak dapat memproses berkas ini. Beri tahu admin sistem.";
        return;
      } else {
        failures += 1;
        line(id, file).state.textContent = "Sambungan terputus; dilanjutkan sendiri …";
      }
      if (failures > 0) await pause(PAUSES[Math.min(failures, PAUSES.length) - 1]);
      if (!request) {
        try {
          const there = await fetch(address, { method: "HEAD", credentials: "same-origin" });
          if (there.ok) offset = Number(there.headers.get("Upload-Offset"));
        } catch {
          // Still away; the next try will tell.
        }
      }
    }
    await cupboard.drop(id);
    document.dispatchEvent(new Event("medsos:renew"));
  }

  async function announce(file) {
    if (file.size > Number(place.dataset.most)) {
      refuse(file.name, `Berkas “${file.name}” berukuran ${megabytes(file.size)}; paling besar ${megabytes(Number(place.dataset.most))}. Perkecil lalu kirim lagi.`);
      return;
    }
    // The same file announced again is the same upload, so a lost answer does no harm.
    const answer = await patiently(place.dataset.announce, {
      method: "POST",
      headers: headers({ "Content-Type": "application/json" }),
      body: JSON.stringify({ nama: file.name, ukuran: file.size, cap: stampOf(file) }),
    });
    if (!answer) {
      refuse(file.name, `Berkas “${file.name}” belum diunggah: sambungan terputus. Pilih lagi.`);
      return;
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.status !== 201) {
      refuse(file.name, told.masalah);
      return;
    }
    line(told.id, file);
    await cupboard.put(told.id, file);
    await upload(told.id, file, told.sudah);
  }

  // One after the other: two at once would only share the same line.
  let queue = Promise.resolve();
  function take(files) {
    refusals.replaceChildren();
    for (const file of files) queue = queue.then(() => announce(file));
  }

  function takeChosen() {
    take([...input.files]);
    input.value = "";
  }
  input.addEventListener("change", takeChosen);

  place.querySelector(".drop-hint").hidden = false;
  const target = document.getElementById("f-materials");
  for (const kind of ["dragenter", "dragover"]) {
    target.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      place.classList.add("over");
    });
  }
  target.addEventListener("dragleave", (event) => {
    if (!target.contains(event.relatedTarget)) place.classList.remove("over");
  });
  target.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    place.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
  // A file that misses the place must not replace the page.
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());

  for (const item of list.querySelectorAll("[data-unfinished]")) {
    const id = item.dataset.unfinished;
    queue = queue.then(async () => {
      const file = await cupboard.get(id);
      if (!file || file.size !== Number(item.dataset.size)) return;
      await upload(id, file, item.querySelector("progress").value);
    });
  }

  // On a slow connection a file may have been chosen before this script was there.
  takeChosen();
}
