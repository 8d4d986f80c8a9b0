// The member: points, and the phone number that is asked for only when points need it.

import { action, h, show, toast } from "./dom.js";
import * as shop from "./shop.js";
import * as wechat from "./wechat.js";

async function givePhone() {
  const code = await wechat.phoneCode();
  await shop.savePhone(code);
  toast("手机号已保存");
  await meScreen();
}

export async function meScreen(isCurrent = () => true) {
  const me = await shop.me();
  if (!isCurrent()) return;
  const name = me.name || document.getElementById("phone").dataset.name;
  const row = (label, value) => [h("dt", {}, label), h("dd", {}, value)];
  show(
    "我的",
    h("div", { class: "me-card" }, h("span", { class: "face", "aria-hidden": "true" }, name.slice(0, 1)), h("div", {}, h("strong", {}, name), h("small", {}, me.memberNo ?? me.memberId ?? ""))),
    h("p", { class: "points" }, h("span", { class: "number" }, String(me.points ?? 0)), " 积分"),
    h("dl", { class: "facts" }, me.tier ? row("等级", me.tier) : null, row("手机", me.phone || me.phoneMasked || "未绑定"), me.behaviourPoints ? row("互动积分", String(me.behaviourPoints)) : null),
    me.phone || me.phoneMasked ? null : h("div", { class: "buy" }, action("绑定手机号，付款积分", givePhone)),
  );
}
