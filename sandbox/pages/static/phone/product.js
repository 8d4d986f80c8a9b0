// One product: choose colour and size, see the price here and the stock here and nearby.

import { action, h, picture, show, toast, yuan } from "./dom.js";
import { addToCart } from "./cart.js";
import { currentStore } from "./home.js";
import * as shop from "./shop.js";

function specNames(skus) {
  return [...new Set(skus.flatMap((sku) => Object.keys(sku.spec)))];
}

function nearest(skus, wanted, name) {
  const fits = (sku) => sku.spec[name] === wanted[name];
  const score = (sku) => Object.keys(wanted).filter((key) => sku.spec[key] === wanted[key]).length;
  return skus.filter(fits).sort((one, other) => score(other) - score(one))[0];
}

function specs(skus, chosen, choose) {
  return specNames(skus).map((name) =>
    h(
      "fieldset",
      { class: "chips" },
      h("legend", {}, name),
      [...new Set(skus.map((sku) => sku.spec[name]))].map((value) =>
        h("button", { type: "button", class: "chip", "aria-pressed": String(chosen.spec[name] === value), onclick: () => choose(nearest(skus, { ...chosen.spec, [name]: value }, name)) }, value),
      ),
    ),
  );
}

const LEFT = { none: "暂时缺货", few: "仅剩少量", some: "有货", plenty: "货源充足" };

function told(one) {
  return one.available === null || one.stock === "none" ? LEFT[one.stock] : `有货 ${one.available} 件`;
}

function stockLines(sku, store) {
  const away = (one) => (one.distanceM < 1000 ? `${one.distanceM} 米` : `${(one.distanceM / 1000).toFixed(1)} 公里`);
  return h(
    "div",
    { class: "stock" },
    h("p", {}, h("strong", {}, store.name), ` ${told(sku)}`),
    sku.nearby.length ? h("ul", {}, sku.nearby.map((one) => h("li", {}, `${one.storeName} ${told(one)} · ${away(one)}`))) : h("p", { class: "quiet" }, "附近门店也没有"),
  );
}

export async function productScreen(productId, isCurrent = () => true) {
  const { store } = await currentStore();
  const product = await shop.product(productId, store.storeCode);
  if (!isCurrent()) return;
  const { skus } = product;
  const paint = (sku) => {
    const buy = async () => {
      await addToCart(store.storeCode, sku.code, 1);
      location.hash = "#/cart";
    };
    const keep = async () => {
      await addToCart(store.storeCode, sku.code, 1);
      toast("已放进购物车");
    };
    show(
      product.title,
      picture(shop.pictureUrl(sku.picture || product.picture), product.title, "hero"),
      h("h3", { class: "name" }, product.title),
      h("p", { class: "price big" }, yuan(sku.priceFen), sku.listFen > sku.priceFen ? h("s", {}, yuan(sku.listFen)) : null),
      product.reductions.length ? h("p", { class: "offers" }, product.reductions.map((one) => h("span", { class: "tag" }, `满 ${yuan(one.thresholdFen)} 减 ${yuan(one.reductionFen)}`))) : null,
      specs(skus, sku, paint),
      stockLines(sku, store),
      product.description ? h("p", { class: "about" }, product.description) : null,
      h("div", { class: "buy" }, action("放进购物车", keep, "soft"), action("立即购买", buy)),
    );
  };
  paint(skus.find((sku) => sku.stock !== "none") || skus[0]);
}
