// Inside Airflow's UI our pages live in a sandboxed frame that may neither open windows nor move the page
// around it, nor, on some pages, save files. Such links are therefore followed by the surrounding document.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-outside]");
  if (!link || window.parent === window || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const outer = window.parent.document;
  const copy = outer.createElement("a");
  copy.href = link.href;
  if (link.hasAttribute("download")) copy.download = link.download;
  if (new URL(link.href).origin !== window.location.origin) {
    copy.target = "_blank";
    copy.rel = "noopener noreferrer";
  }
  outer.body.append(copy);
  copy.click();
  copy.remove();
});
