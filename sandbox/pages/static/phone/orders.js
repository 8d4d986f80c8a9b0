// Orders and the payment sheet: the phone checks nothing itself, WeChat does when it pays.

import { action, day, h, picture, show, toast, yuan } from "./dom.js";
import { reasonList } from "./cart.js";
import { askOnSheet } from "./consent.js";
import * as shop from "./shop.js";
import * as wechat from "./wechat.js";

const STATES = { placed: "待付款", paid: "已付款", shipped: "已发货", done: "已完成", closed: "已关闭" };

function askToPay(amountFen) {
  const body = [h("p", { class: "price big" }, yuan(amountFen)), h("p", { class: "quiet" }, "付给店铺 · 零钱")];
  return askOnSheet("微信支付", body, "确认支付", "取消");
}

async function waitUntilPaid(orderId) {
  for (let tries = 0; tries < 40; tries += 1) {
    const order = await shop.order(orderId);
    if (order.state !== "placed") return order;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("已付款，店铺还在确认，请稍后看订单");
}

export async function payFor(orderId, amountFen) {
  const values = await shop.pay(orderId, shop.newKey());
  if (!(await askToPay(amountFen))) {
    toast("没有付款，可以在订单里再付");
    await orderScreen(orderId);
    return;
  }
  await wechat.requestPayment(values);
  toast("支付成功");
  await waitUntilPaid(orderId);
  await orderScreen(orderId);
}

function lines(order) {
  return h(
    "ul",
    { class: "lines" },
    order.lines.map((line) =>
      h(
        "li",
        { class: "line" },
        picture(shop.pictureUrl(line.picture), line.title, "thumb"),
        h("div", { class: "line-text" }, h("strong", {}, line.title), h("small", {}, line.specText)),
        h("div", { class: "line-end" }, h("span", {}, `× ${line.quantity}`), h("span", { class: "price" }, yuan(line.payableFen))),
      ),
    ),
  );
}

async function cancel(orderId) {
  await shop.cancelOrder(orderId);
  toast("订单已取消");
  await orderScreen(orderId);
}

export async function orderScreen(orderId, isCurrent = () => true) {
  const order = await shop.order(orderId);
  if (!isCurrent()) return;
  const { state } = order;
  show(
    "订单",
    h("p", { class: `state ${state}` }, STATES[state] || order.state),
    h("dl", { class: "facts" }, h("dt", {}, "订单号"), h("dd", {}, order.orderNo), h("dt", {}, "下单"), h("dd", {}, day(order.placedAt)), h("dt", {}, "门店"), h("dd", {}, order.storeName), order.paidAt ? [h("dt", {}, "付款"), h("dd", {}, day(order.paidAt))] : null, order.pickupCode ? [h("dt", {}, "提货码"), h("dd", { class: "pickup" }, order.pickupCode)] : null),
    lines(order),
    reasonList(order.reasons),
    h("p", { class: "total due" }, h("span", {}, state === "placed" ? "应付" : "实付"), h("span", {}, yuan(state === "placed" ? order.payableFen : order.paidFen))),
    state === "placed" ? h("div", { class: "buy" }, action("取消订单", () => cancel(orderId), "soft"), action("去付款", () => payFor(orderId, order.payableFen))) : null,
  );
}

export async function ordersScreen(isCurrent = () => true) {
  const { items } = await shop.orders();
  if (!isCurrent()) return;
  const row = (order) =>
    h(
      "a",
      { class: "order", href: `#/order/${encodeURIComponent(order.orderId)}` },
      h("span", { class: "order-head" }, h("strong", {}, STATES[order.state] || order.state), h("small", {}, day(order.placedAt))),
      h("span", {}, order.lines.map((line) => line.title).join("，") || order.orderNo),
      h("span", { class: "price" }, yuan(order.payableFen)),
    );
  show("订单", items.length ? items.map(row) : h("p", { class: "empty" }, "还没有订单"));
}
