// What comes after "take": the answer, the paper, the invoice code, a void; and waiting for money
// that comes by phone.
import { Away, ask, tell } from "./talk.js";
import { newKey } from "./keep.js";
import { yuan } from "./basket.js";

const by = (id) => document.getElementById(id);
const OVER = new Set(["printed", "maybe_printed", "failed", "cancelled"]);
let words = {}, onNext = () => {}, sale = null, isShown = false, sure = false, watched = 0;

const draw = (path, size) => {
  by("done-qr").setAttribute("viewBox", `0 0 ${size} ${size}`);
  by("done-qr").firstElementChild.setAttribute("d", path);
};

const paperOf = (found) => {
  const last = found.papers.at(-1);
  if (!last) return words.none;
  return words[last.state === "queued" ? "queued_paper" : last.state] ?? last.state;
};

const headline = (found) => {
  if (found.isVoid) return words.void;
  if (found.isPaid) return words.paid;
  if (found.state === "closed") return words.closed;
  return found.isAsking ? words.asking : words.waiting;
};

const show = (found) => {
  sale = found;
  const isLive = found.isPaid && !found.isVoid, isOpen = !found.isPaid && found.state !== "closed";
  by("done-title").textContent = headline(found);
  by("done-number").textContent = found.orderNo;
  by("done-change").textContent = isLive && found.changeFen
    ? `${words.change} ${yuan(found.changeFen)}` : yuan(found.payableFen);
  by("done-paper").textContent = found.isPaid ? paperOf(found) : "";
  if (found.isPaid) {
    by("done-code").hidden = !isLive;
    by("done-hint").textContent = by("hint-scan").textContent;
    if (found.qr) draw(found.qr, found.qrSize);
    by("rescan").hidden = true;
  }
  by("reprint").hidden = !isLive;
  by("void").hidden = !isLive || found.leftFen < found.paidFen;
  by("drop").hidden = !isOpen;
  if (!by("done").open) by("done").showModal();
};

const wrong = (error) => {
  by("done-wrong").textContent = error.message || words.broken;
};

// Until the money and the paper are where they end, or the next sale begins.
const watch = async (mine, pause = 700) => {
  if (mine !== watched || !isShown || !sale) return;
  const last = sale.papers.at(-1);
  const isDone = sale.state === "closed" || (sale.isPaid && (!last || OVER.has(last.state)));
  if (isDone) return;
  try {
    const found = await ask(`/sales/${sale.saleId}`);
    if (mine !== watched) return;
    show(found);
  } catch (error) {
    if (!(error instanceof Away)) wrong(error);
  }
  setTimeout(() => watch(mine, Math.min(pause * 1.2, 4000)), pause);
};

const follow = (found) => {
  isShown = true;
  show(found);
  watch(++watched);
};

export const showSale = (found) => {
  by("done-wrong").textContent = "";
  by("done-code").hidden = true;
  follow(found);
  by("next").focus();
};

// Nobody is there to answer: the sale lies in this browser and goes later.
export const showKept = (amountFen, changeFen) => {
  sale = null;
  isShown = true;
  by("done-title").textContent = words.paid;
  by("done-number").textContent = words.kept;
  by("done-change").textContent = changeFen ? `${words.change} ${yuan(changeFen)}` : yuan(amountFen);
  for (const id of ["done-paper", "done-wrong"]) by(id).textContent = "";
  for (const id of ["done-code", "rescan", "reprint", "void", "drop"]) by(id).hidden = true;
  if (!by("done").open) by("done").showModal();
  by("next").focus();
};

export const charge = async (code) => {
  by("done-wrong").textContent = "";
  try {
    follow(await tell(`/sales/${sale.saleId}/code`, { key: newKey(), authCode: code }));
  } catch (error) {
    if (!(error instanceof Away)) wrong(error);
    by("rescan").hidden = error instanceof Away;
    by("again-auth").value = "";
    if (!by("rescan").hidden) by("again-auth").focus();
    watch(++watched);
  }
};

export const showQr = async () => {
  try {
    const code = await tell(`/sales/${sale.saleId}/qr`, {});
    draw(code.path, code.size);
    by("done-code").hidden = false;
    by("done-hint").textContent = by("hint-pay").textContent;
  } catch (error) {
    wrong(error);
  }
};

export const showPhone = () => {
  by("done-paper").textContent = by("hint-phone").textContent;
};

const act = async (path, body) => {
  by("done-wrong").textContent = "";
  try {
    follow(await tell(`/sales/${sale.saleId}${path}`, body));
  } catch (error) {
    wrong(error);
  }
};

const next = () => {
  watched += 1;
  isShown = false;
  sure = false;
  by("done").close();
  onNext();
};

export const startEnding = (said, gone) => {
  [words, onNext] = [said, gone];
  by("next").addEventListener("click", next);
  by("done").addEventListener("cancel", (event) => { event.preventDefault(); next(); });
  by("reprint").addEventListener("click", () => act("/again", {}));
  by("drop").addEventListener("click", () => act("/drop", {}));
  by("void").addEventListener("click", () => {
    if (sure) act("/void", { key: `void-${sale.saleId}`.slice(0, 64), reason: words.void_why });
    else by("done-wrong").textContent = words.sure_void;
    sure = !sure;
  });
  by("rescan").addEventListener("submit", (event) => {
    event.preventDefault();
    charge(by("again-auth").value.trim());
  });
};
