// Sends a card through WeCom's own window. The server decided what is on it and who shares it.
"use strict";

const form = document.querySelector("#share");
const told = document.querySelector("#told");
const { corp, agent, timestamp, nonce, signature } = form.dataset;

const allowed = new Promise((resolve) => {
  if (!window.wx || !signature) return resolve(false);
  window.wx.agentConfig({
    corpid: corp,
    agentid: agent,
    timestamp,
    nonceStr: nonce,
    signature,
    jsApiList: ["sendChatMessage", "getCurExternalChat"],
    success: () => resolve(true),
    fail: () => resolve(false),
  });
});

// A card goes to the chat the panel was opened in, so that chat is the one its source code names.
async function chooseThisChat() {
  if (!(await allowed)) return;
  window.wx.invoke("getCurExternalChat", {}, (answer) => {
    const options = [...(form.elements.group_id?.options ?? [])];
    const here = options.find((option) => option.dataset.chat === answer.chatId);
    if (!here) return;
    for (const option of options) if (option !== here) option.remove();
  });
}
chooseThisChat();

function send(card) {
  const miniprogram = { appid: card.appId, title: card.title, imgUrl: card.imageUrl, page: card.page };
  return new Promise((resolve) => {
    window.wx.invoke("sendChatMessage", { msgtype: "miniprogram", enterChat: false, miniprogram }, (answer) =>
      resolve(String(answer.err_msg)),
    );
  });
}

async function share(body) {
  const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
  if (!answer.ok) return form.dataset.failed;
  const outcome = await send(await answer.json());
  if (outcome === "sendChatMessage:ok") return form.dataset.sent;
  return outcome.endsWith(":cancel") ? form.dataset.cancelled : form.dataset.failed;
}

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!window.wx || !button) return; // outside WeCom the page with the path to copy opens instead
  event.preventDefault();
  if (!(await allowed)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    return form.submit();
  }
  const body = new URLSearchParams(new FormData(form, button)); // a disabled button is no field
  button.disabled = true;
  told.textContent = "…";
  try {
    told.textContent = await share(body);
  } catch {
    told.textContent = form.dataset.failed;
  }
  button.disabled = false;
  button.focus();
});
