// Looks again every two seconds and replaces the parts marked data-live that have changed.
"use strict";

const PAUSE_MS = 2000;
const parts = [...document.querySelectorAll("[data-live]")];

function isInUse(part) {
  return part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
}

function renew(part, fresh) {
  if (!fresh || isInUse(part) || fresh.innerHTML === part.dataset.seen) return;
  const first = part.dataset.seen === undefined;
  part.dataset.seen = fresh.innerHTML;
  if (first && fresh.innerHTML === part.innerHTML) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const isAtEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 40;
  part.replaceChildren(...fresh.cloneNode(true).childNodes);
  if (isAtEnd) part.scrollTop = part.scrollHeight;
  if (focused) part.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
}

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        parts.forEach((part) => renew(part, page.getElementById(part.id)));
      }
    } catch {
      // the sandbox is restarting; the next look will tell
    }
  }
  setTimeout(look, PAUSE_MS);
}

document.querySelectorAll(".talk").forEach((talk) => (talk.scrollTop = talk.scrollHeight));
if (parts.length) setTimeout(look, PAUSE_MS);
