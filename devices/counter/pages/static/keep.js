// What this browser keeps: the sales that the shop has not taken yet, the goods of the store, and
// the sale that is being rung up. A sale is written here before it is sent, and goes when the shop
// has answered for it: a lost answer or a reload loses nothing, and the shop knows a key it has seen.
const open = () => new Promise((done, fail) => {
  const asked = indexedDB.open("daogou-till", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("sales", { keyPath: "key" });
    asked.result.createObjectStore("goods", { keyPath: "skuCode" }).createIndex("barcode", "barcode");
    asked.result.createObjectStore("notes");
  };
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});
let opened = null;

const within = async (store, mode, work) => {
  opened ??= open();
  const base = await opened;
  return new Promise((done, fail) => {
    const turn = base.transaction(store, mode, { durability: "strict" });
    const asked = work(turn.objectStore(store));
    turn.oncomplete = () => done(asked?.result);
    turn.onerror = turn.onabort = () => fail(turn.error);
  });
};

export const keepSale = (sale) => within("sales", "readwrite", (all) => all.put(sale));
export const dropSale = (key) => within("sales", "readwrite", (all) => all.delete(key));
export const keptSales = async () => {
  const found = await within("sales", "readonly", (all) => all.getAll());
  return found.sort((left, right) => left.at - right.at);
};
export const keepGoods = (goods) => within("goods", "readwrite", (all) => {
  for (const one of goods) all.put(one);
});
export const keptGoods = () => within("goods", "readonly", (all) => all.getAll());
export const findGoods = async (text) => {
  const byCode = await within("goods", "readonly", (all) => all.get(text));
  if (byCode) return byCode;
  const label = /^\d{12}$/.test(text) ? `0${text}` : text;
  return within("goods", "readonly", (all) => all.index("barcode").get(label));
};
export const note = (name, value) => within("notes", "readwrite", (all) => all.put(value, name));
export const noted = (name) => within("notes", "readonly", (all) => all.get(name));

export const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};
