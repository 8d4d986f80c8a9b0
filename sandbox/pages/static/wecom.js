// Opens the side panel for the chat in hand: first WeCom learns where the member is, then it loads.
"use strict";

const panel = document.getElementById("panel");

async function open() {
  const { member, chat, user, src } = panel.dataset;
  await fetch(`/_sim/members/${encodeURIComponent(member)}/panel`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ chat_id: chat, user_id: user }),
  });
  panel.src = src;
}

open();
