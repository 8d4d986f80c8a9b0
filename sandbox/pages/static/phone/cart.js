// The cart, its quote with every reason, and the way to an order.

import { action, h, picture, show, yuan } from "./dom.js";
import { currentStore } from "./home.js";
import { payFor } from "./orders.js";
import * as shop from "./shop.js";

let checkoutKey = shop.newKey();
let delivery = "pickup";

const plain = (lines) => lines.map(({ skuCode, quantity }) => ({ skuCode, quantity }));

async function write(storeCode, lines) {
  checkoutKey = shop.newKey();
  const kept = await shop.putCart(storeCode, plain(lines));
  count(kept);
  return kept;
}

function count(cart) {
  const pieces = cart.lines.reduce((sum, line) => sum + line.quantity, 0);
  const badge = document.getElementById("cart-count");
  badge.textContent = pieces;
  badge.hidden = pieces === 0;
}

export async function countCart() {
  const { store } = await currentStore();
  count(await shop.cart(store.storeCode));
}

export async function addToCart(storeCode, skuCode, quantity) {
  const { lines } = await shop.cart(storeCode);
  const known = lines.find((line) => line.skuCode === skuCode);
  if (known) known.quantity += quantity;
  else lines.push({ skuCode, quantity });
  await write(storeCode, lines);
}

function lineRow(line, quoted, change) {
  const { title } = line;
  const facts = Object.values(line.spec).join(" · ");
  const price = quoted ? h("span", { class: "price" }, yuan(quoted.payableFen)) : h("span", { class: "warn" }, "已下架");
  const step = (by) => action(by > 0 ? "＋" : "－", () => change(line, line.quantity + by), "step");
  return h(
    "li",
    { class: "line" },
    picture(shop.pictureUrl(line.picture), title, "thumb"),
    h("div", { class: "line-text" }, h("strong", {}, title), h("small", {}, facts), price, line.available < line.quantity ? h("small", { class: "warn" }, `本店只有 ${line.available} 件`) : null),
    h("div", { class: "stepper", role: "group", "aria-label": `${title} 的数量` }, step(-1), h("output", {}, String(line.quantity)), step(1)),
  );
}

export function reasonList(reasons) {
  if (!reasons?.length) return null;
  return h(
    "details",
    { class: "why", open: true },
    h("summary", {}, "为什么是这个价"),
    h("ul", {}, reasons.map((reason) => h("li", { class: reason.won ? "" : "lost" }, h("span", {}, reason.text), h("span", {}, reason.won ? `-${yuan(reason.amountFen)}` : "未采用")))),
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

function emptyCart() {
  show("购物车", h("p", { class: "empty" }, "购物车是空的"), h("p", { class: "more" }, h("a", { class: "button", href: "#/home" }, "去逛逛")));
}

async function checkOut(store, lines) {
  const placed = await shop.placeOrder({ storeCode: store.storeCode, lines: plain(lines), delivery }, checkoutKey);
  await write(store.storeCode, []);
  location.hash = `#/order/${encodeURIComponent(placed.orderId)}`;
  await payFor(placed.orderId, placed.payableFen);
}

export async function cartScreen(isCurrent = () => true) {
  const { store } = await currentStore();
  const cart = await shop.cart(store.storeCode);
  if (!isCurrent()) return;
  count(cart);
  if (!cart.lines.length) {
    emptyCart();
    return;
  }
  paint(store, cart);
}

function paint(store, { lines, quote }) {
  const change = async (line, quantity) => {
    const kept = lines.map((one) => (one === line ? { ...one, quantity } : one)).filter((one) => one.quantity > 0);
    await write(store.storeCode, kept);
    await cartScreen();
  };
  const quoted = (line) => quote?.lines.find((one) => one.skuCode === line.skuCode);
  const wanted = lines.filter((line) => line.isOnSale);
  show(
    "购物车",
    h("p", { class: "quiet" }, `从 ${store.name} 购买`),
    h("ul", { class: "lines" }, lines.map((line) => lineRow(line, quoted(line), change))),
    quote ? [reasonList(quote.reasons), deliveryChoice(), totals(quote)] : null,
    quote ? h("div", { class: "buy" }, action(`提交订单 ${yuan(quote.payableFen)}`, () => checkOut(store, wanted))) : null,
  );
}
