// Looks every few seconds whether what the page waits for has happened, and only then goes there: a page that
// reloads under the reader takes a screen reader back to its top.
const EVERY = 3000;
const waiting = document.querySelector("[data-wait]");

async function look() {
  try {
    const answer = await fetch(waiting.dataset.wait, { cache: "no-store" });
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-wait]");
    if (answer.ok && found?.textContent !== waiting.textContent) {
      window.location.replace(answer.url);
      return;
    }
  } catch {
    // No connection just now; the next look will tell.
  }
  setTimeout(look, EVERY);
}

if (waiting) setTimeout(look, EVERY);
