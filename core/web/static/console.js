"use strict";
// What htmx could not do is said in words, on every page of the console; a part that came is quiet.
(() => {
  const say = (what) => {
    const place = document.getElementById("notice");
    if (place) place.textContent = what ? place.dataset[what] : "";
  };
  document.addEventListener("htmx:responseError", () => say("failed"));
  document.addEventListener("htmx:sendError", () => say("offline"));
  document.addEventListener("htmx:afterSwap", () => say(""));
})();
