"use strict";
// On every page of the console: the page one is on shows in its row, also on a phone; and what htmx
// could not do is said in words.
(() => {
  const say = (what) => {
    const place = document.getElementById("notice");
    if (place) place.textContent = what ? place.dataset[what] : "";
  };
  const bar = document.querySelector(".sub"), here = bar?.querySelector("[aria-current]");
  if (here) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  document.addEventListener("htmx:responseError", () => say("failed"));
  document.addEventListener("htmx:sendError", () => say("offline"));
  document.addEventListener("htmx:afterSwap", () => say(""));
})();
