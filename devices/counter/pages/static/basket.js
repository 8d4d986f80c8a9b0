// The sale that is being rung up: its lines, what they cost by the shop's own rules, and, while the
// shop is away, by the prices this browser has kept.
import { Away, Refused, tell } from "./talk.js";
import { newKey, note, noted } from "./keep.js";

export const yuan = (fen) => `¥${(fen / 100).toFixed(2)}`;

// "12.5", "12.5*3", with full-width digits and the wrong dots of an input method. Null: no amount.
export const amountIn = (text) => {
  const plain = text.normalize("NFKC").replace(/[。．]/g, ".").replace(/[×xX]/g, "*").replace(/[¥￥元\s]/g, "");
  const found = /^(\d{1,6})(?:\.(\d{0,2}))?(?:\*(\d{1,3}))?$/.exec(plain);
  if (!found) return null;
  const fen = Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
  const quantity = Number(found[3] ?? 1);
  return fen > 0 && quantity > 0 ? { fen, quantity } : null;
};

export const basket = { lines: [], key: newKey(), member: "", coupon: "" };
let priced = null, turn = 0, waits = 0, onChange = () => {};

export const hear = (listener) => { onChange = listener; };
export const total = () => priced?.payableFen
  ?? basket.lines.reduce((sum, line) => sum + line.priceFen * line.quantity, 0);
export const shown = () => priced;

const same = (left, right) => left.skuCode === right.skuCode && left.department === right.department
  && left.name === right.name && left.priceFen === right.priceFen
  && left.weightG === null && right.weightG === null;

export const add = (line) => {
  const found = basket.lines.find((one) => same(one, line));
  if (found) found.quantity = Math.min(found.quantity + line.quantity, 999);
  else basket.lines.push(line);
  changed();
};
export const change = (place, pieces) => {
  const line = basket.lines[place];
  line.quantity = Math.min(line.quantity + pieces, 999);
  if (line.quantity < 1) basket.lines.splice(place, 1);
  changed();
};
export const clear = () => {
  Object.assign(basket, { lines: [], key: newKey(), member: "", coupon: "" });
  changed();
};
export const setBuyer = (member, coupon) => {
  if (member === basket.member && coupon === basket.coupon) return;
  Object.assign(basket, { member, coupon });
  changed();
};

export const restore = async () => {
  const before = await noted("basket");
  if (before?.lines?.length) Object.assign(basket, before);
  changed();
};

// What goes to the shop. The same words now and later: a lost answer is asked for again by them.
export const body = (store) => ({
  storeCode: store,
  key: basket.key,
  lines: basket.lines.map(({ quantity, skuCode, department, name, priceFen, weightG }) => (
    { quantity, skuCode, department, name, priceFen, weightG }
  )),
  member: basket.member,
  coupons: basket.coupon ? [basket.coupon] : [],
});

const changed = () => {
  priced = null;
  note("basket", { ...basket });
  onChange({ isSettled: basket.lines.length === 0, refused: null, isAway: false });
  clearTimeout(waits);
  if (basket.lines.length) waits = setTimeout(price, 120);
};

export const price = async () => {
  const mine = ++turn, store = document.getElementById("till").dataset.store;
  let refused = null, isAway = false, found = null;
  try {
    found = await tell("/total", body(store));
  } catch (error) {
    if (error instanceof Away) isAway = true;
    else if (error instanceof Refused) refused = error;
    else throw error;
  }
  if (mine !== turn) return;
  priced = found;
  onChange({ isSettled: true, refused, isAway });
};
