// Agreeing: the text is shown once, the answer is kept by the shop, buying goes on in any case.

import { h } from "./dom.js";
import * as shop from "./shop.js";

const dialog = document.getElementById("sheet");

// One question from the bottom of the screen; true when the first button was chosen.
export function askOnSheet(title, body, yes, no) {
  return new Promise((resolve) => {
    const end = (answer) => () => {
      dialog.close();
      resolve(answer);
    };
    dialog.replaceChildren(
      h("h3", { id: "sheet-title" }, title),
      ...body,
      h("button", { type: "button", onclick: end(true) }, yes),
      h("button", { type: "button", class: "soft", onclick: end(false) }, no),
    );
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}

export async function askForMembership() {
  if (shop.recall("asked")) return;
  const membership = (await shop.consents()).find((one) => one.purpose === "membership");
  if (membership && membership.givenVersion !== membership.version) {
    const agrees = await askOnSheet("会员服务", [h("p", { class: "consent" }, membership.textZh)], "同意", "暂不");
    if (agrees) await shop.agree("membership", membership.version);
  }
  shop.remember({ asked: true });
}

export async function askForPhone() {
  const phone = (await shop.consents()).find((one) => one.purpose === "phone");
  const text = phone ? phone.textZh : "用于累计积分和售后联系。";
  return askOnSheet("允许使用您的手机号？", [h("p", { class: "consent" }, text)], "允许", "拒绝");
}
