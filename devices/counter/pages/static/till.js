// The till's page: one field takes amounts and barcodes, one key takes the money. Everything works
// from the keyboard, and without a network.
import { add, amountIn, basket, body, change, clear, hear, restore, setBuyer, shown, total, yuan } from "./basket.js";
import { charge, showKept, showPhone, showQr, showSale, startEnding } from "./ending.js";
import { dropSale, findGoods, keepSale, keptSales } from "./keep.js";
import { startLens } from "./lens.js";
import { startShelf } from "./shelf.js";
import { Away, Refused, tell } from "./talk.js";

const by = (id) => document.getElementById(id);
const till = by("till"), words = JSON.parse(till.dataset.words);
const method = () => document.querySelector("[name=method]:checked").value;
let isAway = false, isBusy = false;

const say = (text) => { by("told").textContent = text; };

// ── what is typed and scanned ──
const chosen = () => document.querySelector("[name=department]:checked");

const addTyped = ({ fen, quantity }) => {
  const department = chosen(), name = by("name").value.trim();
  if (!department) return;
  add({
    title: name || department.dataset.name, specText: "", quantity, skuCode: "", name,
    department: department.value, priceFen: fen, weightG: null,
  });
};

const addGoods = (one, quantity = 1, weightG = null) => add({
  title: one.title, specText: one.specText, quantity, skuCode: one.skuCode, name: "",
  department: "", priceFen: one.priceFen, weightG,
});

const PAY_CODE = /^1[0-5]\d{16}$/;

const scan = async (text) => {
  if (PAY_CODE.test(text) && basket.lines.length) {
    choose("code");
    by("auth").value = text;
    return take();
  }
  try {
    const found = await tell("/scan", { storeCode: till.dataset.store, text });
    away(false);
    return addGoods(found, found.quantity, found.weightG);
  } catch (error) {
    if (!(error instanceof Away)) return say(error.message || words.unknown);
    away(true);
    const kept = await findGoods(text);
    return kept ? addGoods(kept) : say(words.unknown);
  }
};

const enter = (event) => {
  event.preventDefault();
  const text = by("text").value.trim();
  say("");
  if (!text) {
    if (basket.lines.length) (method() === "cash" ? by("given") : by("take")).focus();
    return;
  }
  by("text").value = "";
  const plain = text.normalize("NFKC"), amount = /^\d{8,}$/.test(plain) ? null : amountIn(plain);
  if (amount && chosen()) {
    addTyped(amount);
    by("name").value = "";
  } else if (amount || !/[\dA-Za-z]{3}/.test(plain)) {
    say(words.amount);
  } else {
    scan(plain);
  }
  by("text").focus();
};

// ── the basket ──
const line = (one, place) => {
  const item = document.createElement("li"), name = document.createElement("b");
  name.textContent = one.title;
  const spec = document.createElement("small");
  spec.textContent = [one.specText, yuan(one.priceFen)].filter(Boolean).join(" · ");
  const steps = document.createElement("span");
  steps.className = "count";
  for (const [sign, pieces, label] of [["−", -1, words.less], ["+", 1, words.more]]) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "soft", textContent: sign });
    button.setAttribute("aria-label", `${label}：${one.title}`);
    button.addEventListener("click", () => change(place, pieces));
    steps.append(button);
  }
  const count = document.createElement("output");
  count.textContent = one.quantity;
  steps.firstElementChild.after(count);
  const sum = document.createElement("span");
  sum.className = "sum";
  sum.textContent = yuan(one.priceFen * one.quantity);
  item.append(name, spec, steps, sum);
  return item;
};

const gift = (one) => {
  const item = document.createElement("li"), name = document.createElement("b");
  name.textContent = `${words.gift}：${one.title} ×${one.quantity}`;
  item.append(name);
  return item;
};

const drawSums = () => {
  const found = shown(), off = found?.discountFen ?? 0;
  by("off").hidden = off <= 0;
  by("discount").textContent = `−${yuan(off)}`;
  by("total").textContent = yuan(total());
  const reasons = new Set([...(found?.why ?? []), ...(found?.lines ?? []).flatMap((x) => x.why)]);
  if (found?.isMember) reasons.add(words.member);
  by("why").replaceChildren(...[...reasons].map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
};

const draw = ({ isSettled, refused, isAway: gone }) => {
  by("lines").replaceChildren(
    ...basket.lines.map(line), ...(shown()?.lines ?? []).filter((one) => one.isGift).map(gift),
  );
  by("empty").hidden = basket.lines.length > 0;
  drawSums();
  if (isSettled && basket.lines.length) away(gone);
  by("wrong").textContent = refused?.message ?? "";
  const isWaiting = ["code", "qr", "phone"].includes(method());
  by("take").textContent = `${isWaiting ? words.charge : words.take} ${yuan(total())}`;
  by("take").disabled = isBusy || !basket.lines.length || Boolean(refused) || (isAway && isWaiting);
  drawChange();
};

const drawChange = () => {
  const laid = amountIn(by("given").value), short = laid ? laid.fen - total() : 0;
  by("change").textContent = laid ? `${words.change} ${yuan(short)}` : "";
  by("change").classList.toggle("error", short < 0);
  const due = total(), notes = [1000, 2000, 5000, 10000].filter((fen) => fen > due).slice(0, 3);
  by("notes").replaceChildren(...(due ? notes : []).map((fen) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "soft", textContent: fen / 100 });
    button.addEventListener("click", () => { by("given").value = fen / 100; drawChange(); });
    return button;
  }));
};

// ── taking the money ──
const choose = (value) => {
  document.querySelector(`[name=method][value=${value}]`).checked = true;
  for (const part of document.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== value;
  draw({ isSettled: false, refused: null, isAway });
};

const moneyNow = () => {
  const amountFen = total(), kind = method();
  if (!amountFen || !["cash", "card", "other"].includes(kind)) return [];
  const laid = kind === "cash" ? amountIn(by("given").value) : null;
  if (laid && laid.fen < amountFen) return null;
  return [{
    method: kind, amountFen, givenFen: laid?.fen ?? null,
    slipNo: (kind === "card" && by("slip").value.trim()) || null,
  }];
};

const take = async (sellsAnyway = false) => {
  const money = moneyNow();
  if (isBusy || !basket.lines.length) return;
  if (money === null) { by("given").focus(); return; }
  const how = method(), code = by("auth").value.trim();
  if (how === "code" && !PAY_CODE.test(code)) { by("auth").focus(); return; }
  isBusy = true;
  by("take").disabled = true;
  const sale = {
    key: basket.key, at: Date.now(), state: "going", amountFen: total(),
    body: { ...body(till.dataset.store), expectedFen: total(), money, sellsAnyway },
  };
  try {
    const found = await send(sale, money.length > 0);
    await after(found, sale, how, code);
  } catch (error) {
    refuse(error);
  } finally {
    isBusy = false;
    draw({ isSettled: false, refused: null, isAway });
  }
};

// Kept before it is sent. Null: nobody answered, and money is in the drawer, so it goes later.
const send = async (sale, isPaid) => {
  if (isPaid) await keepSale(sale);
  try {
    const found = await tell("/sales", sale.body);
    if (isPaid) await dropSale(sale.key);
    away(false);
    return found;
  } catch (error) {
    const isLate = error instanceof Away || isLater(error) || error.status === 401;
    if (isPaid && isLate) {
      away(true);
      return null;
    }
    if (isPaid) await dropSale(sale.key);
    throw error;
  }
};

const after = async (found, sale, how, code) => {
  const [paid] = sale.body.money;
  clear();
  for (const id of ["given", "slip", "auth", "member", "coupon"]) by(id).value = "";
  by("anyway").hidden = true;
  if (found) showSale(found);
  else showKept(sale.amountFen, paid?.givenFen ? paid.givenFen - paid.amountFen : 0);
  await showBacklog();
  if (!found || found.isPaid) return;
  if (how === "code") await charge(code);
  if (how === "qr") await showQr();
  if (how === "phone") showPhone();
};

const refuse = (error) => {
  if (error instanceof Away) {
    away(true);
    by("wrong").textContent = words.broken;
    return;
  }
  if (!(error instanceof Refused)) throw error;
  if (error.status === 401) say(words.login);
  by("wrong").textContent = error.message || words.broken;
  by("anyway").hidden = error.code !== "counter.shelf_short" || !moneyNow()?.length;
  if (error.code === "counter.price_changed") setTimeout(() => change(0, 0), 0);
};

// ── what waits for the network ──
const away = (is) => {
  isAway = is;
  by("net").textContent = is ? words.offline : words.online;
  by("net").className = is ? "off" : "on";
};

// The shop is there and cannot now: it is asked again.
const isLater = (error) => error instanceof Refused && (error.status === 429 || error.status >= 500);

let isFlushing = false;
const flush = async () => {
  if (isFlushing) return;
  isFlushing = true;
  try {
    for (const sale of await keptSales()) {
      const isUnderWay = isBusy && sale.key === basket.key;
      if (sale.state !== "refused" && !isUnderWay) await deliver(sale);
    }
  } catch (error) {
    if (error instanceof Refused && error.status === 401) say(words.login);
    else if (!(error instanceof Away || isLater(error))) throw error;
  } finally {
    isFlushing = false;
    await showBacklog();
  }
};

// Later it is told as what it is: sold then, for what the screen showed then. Where the shop has it
// already it answers the same sale; what it will not take stays here for a person.
const deliver = async (sale) => {
  const late = { ...sale.body, soldAt: new Date(sale.at).toISOString() };
  try {
    await tell("/sales", late);
    await dropSale(sale.key);
    away(false);
  } catch (error) {
    if (!(error instanceof Refused) || error.status === 401 || isLater(error)) throw error;
    await keepSale({ ...sale, state: "refused", why: error.message });
  }
};

const showBacklog = async () => {
  const sales = await keptSales();
  by("backlog").hidden = !sales.length;
  by("backlog-count").textContent = sales.length;
  by("queue").replaceChildren(...sales.map((sale) => {
    const item = document.createElement("li"), at = new Date(sale.at);
    const isRefused = sale.state === "refused";
    item.textContent = `${at.toLocaleTimeString()} ${yuan(sale.amountFen)} ${isRefused ? `${words.needs_person}：${sale.why}` : words.queued}`;
    if (isRefused) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "soft small", textContent: words.retry });
      button.addEventListener("click", async () => {
        await keepSale({ ...sale, state: "going" });
        flush();
      });
      item.append(" ", button);
    }
    return item;
  }));
};

// ── beginning ──
const isTyping = (at) => at.matches?.("input:not([type=radio]), select, textarea, button, a, summary");

document.addEventListener("keydown", (event) => {
  if (by("done").open) return;
  if (event.key === "F2") { choose("cash"); by("given").focus(); event.preventDefault(); }
  if (event.key === "F4") { by("text").focus(); event.preventDefault(); }
  if (event.key === "Escape" && event.target.id !== "find") by("text").focus();
  if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !isTyping(event.target)) by("text").focus();
});

// A page that went away while it sent: the sale is in the queue, and is not to be rung up again.
const begin = async () => {
  await restore();
  if ((await keptSales()).some((sale) => sale.key === basket.key)) clear();
  by("text").focus();
  await flush();
};

hear(draw);
by("entry").addEventListener("submit", enter);
by("pay").addEventListener("submit", (event) => { event.preventDefault(); take(); });
by("anyway").addEventListener("click", () => take(true));
by("given").addEventListener("input", drawChange);
for (const one of document.querySelectorAll("[name=method]")) {
  one.addEventListener("change", () => choose(one.value));
}
for (const id of ["member", "coupon"]) {
  by(id).addEventListener("change", () => setBuyer(by("member").value.trim(), by("coupon").value.trim()));
}
startEnding(words, () => by("text").focus());
startLens(scan);
startShelf(words, (one) => { say(""); addGoods(one); }, say);
away(!navigator.onLine);
begin();
setInterval(flush, 10_000);
window.addEventListener("online", flush);
window.addEventListener("offline", () => away(true));
navigator.storage?.persist?.();
navigator.serviceWorker?.register("/store/till/worker.js", { scope: "/store/till" }).catch(() => {});
