// The switches of the printers: no paper, open cover, unplugged.
"use strict";

document.getElementById("printers").addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-set]");
  if (!button) return;
  const id = button.closest("[data-printer]").dataset.printer;
  button.disabled = true;
  await fetch(`/_sim/printers/${encodeURIComponent(id)}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: button.dataset.set,
  });
  location.reload();
});
