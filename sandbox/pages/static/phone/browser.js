// What a scan opens: a web page inside the phone, a mini-program page, or plain text.

import { h, show, toast } from "./dom.js";
import * as wechat from "./wechat.js";

export async function scanText(text) {
  if (!text) return;
  const found = await wechat.scan(text);
  if (found.kind === "url") location.hash = `#/web/${encodeURIComponent(found.url)}`;
  else if (found.kind === "mini_program") location.search = `?path=${encodeURIComponent(`${found.page || "pages/home/index"}?${found.query || ""}`)}`;
  else toast(found.text || "扫到了");
}

export function openUrl(url) {
  const place = new URL(url);
  if (!["http:", "https:"].includes(place.protocol)) throw new Error("打不开这个地址");
  const frame = h("iframe", { class: "browser", src: url, title: "网页" });
  const bar = h("p", { class: "address" }, h("span", {}, place.host + place.pathname), " ", h("a", { href: url, target: "_blank", rel: "noopener" }, "新窗口"));
  show("浏览器", bar, frame);
}
