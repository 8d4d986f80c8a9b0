// The goods of the store as a touch screen: picture, price, what is on offer. They are kept for
// the hours without a network. Beside them the orders from elsewhere that wait here.
import { Away, ask, tell } from "./talk.js";
import { keepGoods, keptGoods, newKey } from "./keep.js";
import { yuan } from "./basket.js";

const MOST = 3000;
const by = (id) => document.getElementById(id);
const store = () => encodeURIComponent(by("till").dataset.store);
let words = {}, pick = () => {}, cursor = "", asked = "";

const tile = (one) => {
  const item = document.createElement("li"), button = document.createElement("button");
  button.type = "button";
  const picture = document.createElement(one.picture ? "img" : "span");
  picture.className = "face";
  if (one.picture) Object.assign(picture, { src: one.picture, alt: "", loading: "lazy" });
  const name = document.createElement("b");
  name.textContent = one.title;
  const spec = document.createElement("small");
  spec.textContent = one.specText;
  const price = document.createElement("span");
  price.className = "price";
  price.textContent = yuan(one.priceFen);
  if (one.listFen > one.priceFen) {
    const list = document.createElement("s");
    list.textContent = yuan(one.listFen);
    price.append(" ", list);
  }
  button.append(picture, name, spec, price);
  for (const offer of one.offers.slice(0, 2)) {
    const tag = document.createElement("i");
    tag.textContent = offer;
    button.append(tag);
  }
  button.addEventListener("click", () => pick(one));
  item.append(button);
  return item;
};

const show = (goods, isMore) => {
  const grid = by("grid");
  if (!isMore) grid.replaceChildren();
  grid.append(...goods.map(tile));
  if (!grid.childElementCount) {
    const item = document.createElement("li");
    item.className = "quiet";
    item.textContent = words.no_goods;
    grid.append(item);
  }
  by("further").hidden = !cursor;
};

const page = async (text, from) => {
  const more = from ? `&cursor=${encodeURIComponent(from)}` : "";
  const found = await ask(`/book?store=${store()}&text=${encodeURIComponent(text)}${more}`);
  await keepGoods(found.goods);
  return found;
};

const look = async (text, from = "") => {
  asked = text;
  try {
    const found = await page(text, from);
    if (asked !== text) return;
    cursor = found.next;
    show(found.goods, Boolean(from));
  } catch (error) {
    if (!(error instanceof Away)) throw error;
    const all = await keptGoods();
    cursor = "";
    show(all.filter((one) => `${one.title}${one.specText}${one.skuCode}`.includes(text)).slice(0, 120), false);
  }
};

// The whole shelf is kept page by page when nothing else is asked.
const fill = async () => {
  let from = "", count = 0;
  do {
    const found = await page("", from);
    from = found.next;
    count += found.goods.length;
  } while (from && count < MOST);
};

const showTasks = (found) => {
  const items = found.tasks.map((task) => {
    const item = document.createElement("li"), number = document.createElement("b");
    number.textContent = task.orderNo;
    const state = document.createElement("span");
    state.className = "mark";
    state.textContent = words[task.state] ?? task.state;
    const what = document.createElement("p");
    what.textContent = task.place ? `${task.what} · ${task.place}` : task.what;
    item.append(number, " ", state, what);
    return item;
  });
  if (!items.length) {
    const item = document.createElement("li");
    item.className = "quiet";
    item.textContent = words.tasks_none;
    items.push(item);
  }
  by("tasks").replaceChildren(...items);
};

const choose = (name) => {
  for (const one of ["goods", "online"]) {
    const tab = by(`tab-${one}`);
    tab.setAttribute("aria-selected", String(one === name));
    tab.tabIndex = one === name ? 0 : -1;
    by(one).hidden = one !== name;
  }
  if (name === "online") ask("/tasks").then(showTasks, () => {});
};

const swing = (event) => {
  if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
  const other = event.target.id === "tab-goods" ? "online" : "goods";
  choose(other);
  by(`tab-${other}`).focus();
};

export const startShelf = (said, picked, tellClerk) => {
  [words, pick] = [said, picked];
  let waits = 0;
  by("find").addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(() => look(by("find").value.trim()), 200);
  });
  by("further").addEventListener("click", () => look(asked, cursor));
  for (const one of ["goods", "online"]) {
    by(`tab-${one}`).addEventListener("click", () => choose(one));
    by(`tab-${one}`).addEventListener("keydown", swing);
  }
  by("hand").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      showTasks(await tell("/hand-over", { key: newKey(), code: by("code").value.trim() }));
      by("code").value = "";
      tellClerk(words.given);
    } catch (error) {
      tellClerk(error.message || words.broken);
    }
  });
  look("").then(fill).catch(() => {});
};
