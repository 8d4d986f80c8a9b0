// The cart, its quote with every reason, and the way to an order.

import { action, h, picture, show, yuan } from "./dom.js";
import { currentStore } from "./home.js";
import { payFor } from "./orders.js";
import * as shop from "./shop.js";

let checkoutKey = shop.newKey();
let delivery = "pickup";

const skuOf = (line) => line.skuId ?? line.sku?.id;
const plain = (lines) => lines.map((line) => ({ skuId: skuOf(line), quantity: line.quantity }));

async function read() {
  const found = await shop.cart();
  return { ...found, lines: found.lines || found.items || [] };
}

async function write(storeCode, lines) {
  checkoutKey = shop.newKey();
  const found = await shop.putCart({ storeCode, lines: plain(lines) });
  await countCart(found);
}

export async function countCart(given) {
  const found = given?.lines ? given : await read();
  const count = found.lines.reduce((sum, line) => sum + line.quantity, 0);
  const badge = document.getElementById("cart-count");
  badge.textContent = count;
  badge.hidden = count === 0;
}

export async function addToCart(storeCode, skuId, quantity) {
  const { lines } = await read();
  const known = lines.find((line) => skuOf(line) === skuId);
  if (known) known.quantity += quantity;
  else lines.push({ skuId, quantity });
  await write(storeCode, lines);
}

function lineRow(line, quoted, change) {
  const title = line.title ?? line.sku?.title ?? "";
  const facts = line.specText ?? Object.values(line.spec || {}).join(" · ");
  const step = (by) => action(by > 0 ? "＋" : "－", () => change(line, line.quantity + by), "step");
  return h(
    "li",
    { class: "line" },
    picture(shop.pictureUrl(line.picture), title, "thumb"),
    h("div", { class: "line-text" }, h("strong", {}, title), h("small", {}, facts), h("span", { class: "price" }, yuan(quoted?.payableFen ?? (line.priceFen ?? 0) * line.quantity))),
    h("div", { class: "stepper", role: "group", "aria-label": `${title} 的数量` }, step(-1), h("output", {}, String(line.quantity)), step(1)),
  );
}

export function reasonList(reasons) {
  if (!reasons?.length) return null;
  return h(
    "details",
    { class: "why", open: true },
    h("summary", {}, "为什么是这个价"),
    h("ul", {}, reasons.map((reason) => h("li", { class: reason.won === false ? "lost" : "" }, h("span", {}, reason.zh), h("span", {}, reason.won === false ? "未采用" : `-${yuan(reason.amountFen)}`)))),
  );
}

function totals(quote) {
  const row = (label, value, look = "") => h("p", { class: `total ${look}` }, h("span", {}, label), h("span", {}, value));
  return h(
    "div",
    { class: "totals" },
    row("商品", yuan(quote.goodsFen)),
    quote.discountFen ? row("优惠", `-${yuan(quote.discountFen)}`) : null,
    quote.freightFen ? row("运费", yuan(quote.freightFen)) : null,
    row("应付", yuan(quote.payableFen), "due"),
    quote.pointsEarned ? h("p", { class: "quiet" }, `付款后得 ${quote.pointsEarned} 积分`) : null,
  );
}

function deliveryChoice() {
  const choice = (value, label) => h("label", {}, h("input", { type: "radio", name: "delivery", value, checked: value === delivery, onchange: () => (delivery = value) }), ` ${label}`);
  return h("fieldset", { class: "delivery" }, h("legend", {}, "怎么拿货"), choice("pickup", "到店自提"));
}

export async function cartScreen(isCurrent = () => true) {
  const { store } = await currentStore();
  const { lines } = await read();
  if (!isCurrent()) return;
  if (!lines.length) {
    show("购物车", h("p", { class: "empty" }, "购物车是空的"), h("p", { class: "more" }, h("a", { class: "button", href: "#/home" }, "去逛逛")));
    return;
  }
  const quote = await shop.quote({ storeCode: store.code, lines: plain(lines) });
  if (!isCurrent()) return;
  const change = async (line, quantity) => {
    const kept = lines.map((one) => (one === line ? { ...one, quantity } : one)).filter((one) => one.quantity > 0);
    await write(store.code, kept);
    await cartScreen();
  };
  const order = async () => {
    const placed = await shop.placeOrder({ storeCode: store.code, lines: plain(lines), delivery }, checkoutKey);
    await write(store.code, []);
    const orderId = placed.orderId ?? placed.id;
    location.hash = `#/order/${encodeURIComponent(orderId)}`;
    await payFor(orderId, placed.payableFen);
  };
  const quoted = (line) => quote.lines.find((one) => skuOf(one) === skuOf(line));
  show(
    "购物车",
    h("p", { class: "quiet" }, `从 ${store.name} 购买`),
    h("ul", { class: "lines" }, lines.map((line) => lineRow({ ...quoted(line), ...line }, quoted(line), change))),
    reasonList(quote.reasons),
    deliveryChoice(),
    totals(quote),
    h("div", { class: "buy" }, action(`提交订单 ${yuan(quote.payableFen)}`, order)),
  );
}
