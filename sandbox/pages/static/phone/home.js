// The shop's first screen: which store, what it sells, at this store's price.

import { h, picture, show, yuan } from "./dom.js";
import * as shop from "./shop.js";

const search = { q: "", category: "" };

export async function currentStore() {
  const stores = await shop.stores();
  const list = Array.isArray(stores) ? stores : stores.items;
  const code = shop.recall("storeCode");
  const found = list.find((store) => store.code === code) || list[0];
  if (found) shop.remember({ storeCode: found.code });
  return { store: found, list };
}

function storeChoice(store, list) {
  const options = list.map((one) => h("option", { value: one.code, selected: one.code === store.code }, one.name));
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

function categories(items) {
  const names = [...new Set([search.category, ...items.map((item) => item.category)].filter(Boolean))];
  const choose = (name) => () => {
    search.category = search.category === name ? "" : name;
    homeScreen();
  };
  return h("div", { class: "chips", role: "group", "aria-label": "类目" }, names.map((name) => h("button", { type: "button", class: "chip", "aria-pressed": String(name === search.category), onclick: choose(name) }, name)));
}

function tile(item) {
  const price = item.priceFen ?? item.listPriceFen ?? item.listFen;
  const list = item.listPriceFen ?? item.listFen ?? price;
  return h(
    "a",
    { class: "goods", href: `#/product/${encodeURIComponent(item.productId ?? item.id)}` },
    picture(shop.pictureUrl(item.picture), item.title),
    h("span", { class: "goods-title" }, item.title),
    h("span", { class: "price" }, yuan(price), list > price ? h("s", {}, yuan(list)) : null),
  );
}

export async function homeScreen(isCurrent = () => true) {
  const { store, list } = await currentStore();
  if (!store) throw new Error("还没有门店，请先导入品牌资料");
  const page = await shop.products({ storeCode: store.code, ...search });
  if (!isCurrent()) return;
  const grid = h("div", { class: "grid" }, page.items.map(tile));
  const more = h("div", { class: "more" });
  let cursor = page.nextCursor;
  const next = async () => {
    const following = await shop.products({ storeCode: store.code, ...search, cursor });
    grid.append(...following.items.map(tile));
    cursor = following.nextCursor;
    if (!cursor) more.replaceChildren();
  };
  if (cursor) more.append(h("button", { type: "button", class: "soft", onclick: next }, "看更多"));
  const empty = page.items.length ? null : h("p", { class: "empty" }, "没有找到商品");
  show("商城", storeChoice(store, list), searchBox(), categories(page.items), empty, grid, more);
}
