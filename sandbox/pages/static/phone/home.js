// The shop's first screen: which store, what it sells, at this store's price.

import { h, picture, show, yuan } from "./dom.js";
import * as shop from "./shop.js";

const search = { q: "", category: "" };

let stores;

export async function currentStore() {
  stores ??= await shop.stores();
  const list = stores;
  const code = shop.recall("storeCode");
  const found = list.find((store) => store.storeCode === code) || list[0];
  if (!found) throw new Error("还没有门店，请先导入品牌资料");
  shop.remember({ storeCode: found.storeCode });
  return { store: found, list };
}

function storeChoice(store, list) {
  const options = list.map((one) => h("option", { value: one.storeCode, selected: one === store }, one.name));
  const change = (event) => {
    shop.remember({ storeCode: event.target.value });
    homeScreen();
  };
  return h("label", { class: "store" }, "门店 ", h("select", { onchange: change }, options));
}

function searchBox() {
  const input = h("input", { type: "search", name: "q", value: search.q, placeholder: "搜商品", "aria-label": "搜商品" });
  const submit = (event) => {
    event.preventDefault();
    search.q = input.value.trim();
    homeScreen();
  };
  return h("form", { class: "search", role: "search", onsubmit: submit }, input, h("button", {}, "搜"));
}

function categories(names) {
  const choose = (name) => () => {
    search.category = search.category === name ? "" : name;
    homeScreen();
  };
  return h("div", { class: "chips", role: "group", "aria-label": "类目" }, names.map((name) => h("button", { type: "button", class: "chip", "aria-pressed": String(name === search.category), onclick: choose(name) }, name)));
}

function tile(item) {
  return h(
    "a",
    { class: "goods", href: `#/product/${encodeURIComponent(item.productId)}` },
    picture(shop.pictureUrl(item.picture), item.title),
    h("span", { class: "goods-title" }, item.title),
    h("span", { class: "price" }, yuan(item.priceFen), item.listFen > item.priceFen ? h("s", {}, yuan(item.listFen)) : null),
    item.stock !== "none" ? null : h("span", { class: "quiet" }, "本店缺货"),
  );
}

export async function homeScreen(isCurrent = () => true) {
  stores = undefined; // one may have opened since
  const { store, list } = await currentStore();
  const page = await shop.products({ storeCode: store.storeCode, ...search });
  if (!isCurrent()) return;
  const grid = h("div", { class: "grid" }, page.items.map(tile));
  const more = h("div", { class: "more" });
  let cursor = page.nextCursor;
  const next = async () => {
    const following = await shop.products({ storeCode: store.storeCode, ...search, cursor });
    grid.append(...following.items.map(tile));
    cursor = following.nextCursor;
    if (!cursor) more.replaceChildren();
  };
  if (cursor) more.append(h("button", { type: "button", class: "soft", onclick: next }, "看更多"));
  const empty = page.items.length ? null : h("p", { class: "empty" }, "没有找到商品");
  show("商城", storeChoice(store, list), searchBox(), categories(page.categories), empty, grid, more);
}
