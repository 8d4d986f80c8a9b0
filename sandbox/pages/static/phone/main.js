// Opens the mini program: from a card's path or from the desk, then follows the address bar.

import { show, toast } from "./dom.js";
import { openUrl, scanText } from "./browser.js";
import { askForMembership } from "./consent.js";
import { cartScreen, countCart } from "./cart.js";
import { homeScreen } from "./home.js";
import { meScreen } from "./me.js";
import { orderScreen, ordersScreen } from "./orders.js";
import { productScreen } from "./product.js";
import * as shop from "./shop.js";

const phone = document.getElementById("phone");
const SCREENS = {
  home: homeScreen,
  product: productScreen,
  cart: cartScreen,
  orders: ordersScreen,
  order: orderScreen,
  me: meScreen,
  web: openUrl,
};

// A card's path, as pages/product/index?id=…&source=…, says which screen opens and who shared it.
function launch(path) {
  const [page, query = ""] = path.split("?");
  const values = Object.fromEntries(new URLSearchParams(query));
  const kind = Object.keys(SCREENS).find((name) => page.includes(`/${name}/`)) || "home";
  const key = values.id || values.productId || values.orderId || "";
  return { source: values.source || "", hash: key ? `#/${kind}/${encodeURIComponent(key)}` : `#/${kind}` };
}

let turn = 0;
async function follow() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  const screen = SCREENS[name] ? name : "home";
  const mine = ++turn;
  document.getElementById("back").hidden = !["product", "order", "web"].includes(screen);
  for (const tab of document.querySelectorAll("#tabs a")) {
    tab.toggleAttribute("aria-current", tab.hash === `#/${screen}`);
  }
  try {
    await SCREENS[screen](...rest.map(decodeURIComponent), () => mine === turn);
  } catch (failure) {
    if (mine === turn) show("商城", Object.assign(document.createElement("p"), { className: "empty", textContent: failure.message }));
  }
}

async function start() {
  const { path } = phone.dataset;
  const opened = launch(path);
  const fresh = path || !shop.recall("token");
  try {
    if (fresh) await shop.login(opened.source);
  } catch (failure) {
    toast(failure.message);
  }
  if (path) history.replaceState(null, "", location.pathname + opened.hash);
  addEventListener("hashchange", follow);
  await follow();
  countCart().catch(() => {});
  await askForMembership().catch((failure) => toast(failure.message));
  const wanted = new URLSearchParams(location.search).get("scan");
  if (wanted) await scanText(wanted);
}

document.getElementById("back").addEventListener("click", () => history.back());
document.getElementById("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  scanText(new FormData(event.target).get("qr").trim()).catch((failure) => toast(failure.message));
});
document.getElementById("codes").addEventListener("click", (event) => {
  const code = event.target.closest("[data-scan]");
  if (code) scanText(code.dataset.scan).catch((failure) => toast(failure.message));
});
start();
