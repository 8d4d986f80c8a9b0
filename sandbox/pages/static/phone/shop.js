// The shop's API as the mini program calls it: one session, logged in again when it ends.

import * as wechat from "./wechat.js";

const phone = document.getElementById("phone").dataset;
const KEY = `mini-program:${phone.app}:${phone.user}`;
const kept = JSON.parse(localStorage.getItem(KEY) || "{}");

export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function remember(facts) {
  Object.assign(kept, facts);
  localStorage.setItem(KEY, JSON.stringify(kept));
}

export const recall = (name) => kept[name];

async function send(method, path, body, headers) {
  const answer = await fetch(`/phone/${encodeURIComponent(phone.user)}/request`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ method, path: `/api/v1${path}`, body, headers }),
  });
  if (!answer.ok) throw new Refused(answer.status, "phone", "手机没有网络");
  return answer.json();
}

function checked({ status, body }) {
  if (status >= 200 && status < 300) return body;
  if (status === 0) throw new Refused(0, "offline", "店铺没有回答，请稍后再试");
  throw new Refused(status, body?.error?.code, body?.error?.message || `出错了（${status}）`);
}

export async function login(source) {
  const code = await wechat.login();
  const given = source ? { code, source } : { code };
  const body = checked(await send("POST", "/login", given, {}));
  remember({ token: body.token, ...(source ? { source } : {}) });
  if (source && body.member.store) remember({ storeCode: body.member.store.storeCode });
  return body;
}

async function ask(method, path, body, once) {
  for (let tries = 0; ; tries += 1) {
    const headers = { Authorization: `Bearer ${kept.token || ""}` };
    if (once) headers["Idempotency-Key"] = once;
    const answer = await send(method, path, body, headers);
    if (answer.status !== 401 || tries > 0) return checked(answer);
    await login();
  }
}

const query = (values) => {
  const given = Object.entries(values).filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : "";
};
const id = encodeURIComponent;

export const newKey = () => crypto.randomUUID();
export const stores = () => ask("GET", "/stores");
export const products = (wanted) => ask("GET", `/products${query(wanted)}`);
export const product = (productId, storeCode) => ask("GET", `/products/${id(productId)}${query({ storeCode })}`);
export const cart = (storeCode) => ask("GET", `/cart${query({ storeCode })}`);
export const putCart = (storeCode, lines) => ask("PUT", "/cart", { storeCode, lines }, newKey());
export const placeOrder = (given, key) => ask("POST", "/orders", kept.source ? { ...given, source: kept.source } : given, key);
export const orders = (cursor) => ask("GET", `/orders${query({ cursor })}`);
export const order = (orderId) => ask("GET", `/orders/${id(orderId)}`);
export const cancelOrder = (orderId) => ask("POST", `/orders/${id(orderId)}/cancel`, {}, newKey());
export const pay = (orderId, key) => ask("POST", `/orders/${id(orderId)}/payments`, {}, key);
export const me = () => ask("GET", "/me");
export const savePhone = (code) => ask("POST", "/phone", { code }, newKey());
export const consents = () => ask("GET", "/consents");
export const agree = (purpose, version) => ask("POST", "/consents", { purpose, version }, newKey());
export const disagree = (purpose) => ask("DELETE", `/consents/${id(purpose)}`);

export function pictureUrl(path) {
  if (!path) return "";
  return /^(https?:|data:)/.test(path) ? path : phone.shop + path;
}
