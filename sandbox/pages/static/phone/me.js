// The member: points, what was agreed to, and the phone number, asked for only when points need it.

import { askForPhone } from "./consent.js";
import { action, day, h, show, toast } from "./dom.js";
import * as shop from "./shop.js";
import * as wechat from "./wechat.js";

const PURPOSES = { membership: "会员服务", phone: "手机号", marketing: "营销消息", franchisee: "向加盟商提供" };
const TIERS = { standard: "普通会员" };

async function givePhone() {
  if (!(await askForPhone())) return;
  const saved = await shop.savePhone(await wechat.phoneCode());
  toast(`已绑定 ${saved.phone}`);
  await meScreen();
}

function consentRow(consent) {
  const isGiven = consent.givenVersion === consent.version;
  const turn = async () => {
    if (isGiven) await shop.disagree(consent.purpose);
    else if (consent.purpose === "phone") await givePhone();
    else await shop.agree(consent.purpose, consent.version);
    await meScreen();
  };
  return h(
    "li",
    {},
    h("div", {}, h("strong", {}, PURPOSES[consent.purpose] || consent.purpose), h("small", {}, isGiven ? `${day(consent.givenAt)} 同意` : consent.textZh)),
    action(isGiven ? "撤回" : "同意", turn, "soft"),
  );
}

export async function meScreen(isCurrent = () => true) {
  const [me, consents] = await Promise.all([shop.me(), shop.consents()]);
  if (!isCurrent()) return;
  const { name } = document.getElementById("phone").dataset;
  const row = (label, value) => (value ? [h("dt", {}, label), h("dd", {}, value)] : null);
  show(
    "我的",
    h("div", { class: "me-card" }, h("span", { class: "face", "aria-hidden": "true" }, name.slice(0, 1)), h("div", {}, h("strong", {}, name), h("small", {}, me.memberId))),
    h("p", { class: "points" }, h("span", { class: "number", id: "points" }, String(me.points)), " 积分"),
    h("dl", { class: "facts" }, row("等级", TIERS[me.tier] || me.tier), row("手机", me.phone || "未绑定"), row("服务门店", me.store?.storeName), row("我的导购", me.guide?.displayName)),
    me.phone ? null : h("div", { class: "ask" }, me.phoneWanted ? h("p", {}, "绑定手机号，积分就能在门店使用。") : null, action("绑定手机号", givePhone)),
    h("ul", { class: "consents" }, consents.map(consentRow)),
  );
}
