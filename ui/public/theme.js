// Sets the colours before the first paint. A file of its own, not an inline script: the CSP forbids those.
(() => {
  let chosen = "system";
  try {
    chosen = localStorage.getItem("nexdesk.theme") || "system";
  } catch {
    /* storage switched off: follow the system */
  }
  const dark = chosen === "dark" || (chosen === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
