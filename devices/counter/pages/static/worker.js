"use strict";
// Keeps the till's page, its scripts and the pictures of goods, so that it opens without a network.
// Asked first is always the shop; what is kept answers only when it does not. Sales are not kept
// here: the page itself puts each into its own store before it sends it.
const KEPT = "daogou-till-1", PATIENCE = 4000;
const PAGE = "/store/till";
const PARTS = [
  "/static/shell.css", "/static/counter/till.css", "/static/counter/till.js",
  "/static/counter/keep.js", "/static/counter/talk.js", "/static/counter/basket.js",
  "/static/counter/shelf.js", "/static/counter/ending.js", "/static/counter/lens.js",
  "/static/counter/till.webmanifest", "/static/icon.svg",
];

self.addEventListener("install", (event) => {
  const fill = async () => {
    const kept = await caches.open(KEPT);
    await kept.addAll(PARTS);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("daogou-till") && name !== KEPT);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

const soon = (request) => Promise.race([
  fetch(request),
  new Promise((_, fail) => setTimeout(() => fail(new Error("slow")), PATIENCE)),
]);

// A page of somebody who is not logged in any more is told, not kept.
const fresh = async (request, name) => {
  const kept = await caches.open(KEPT);
  try {
    const answer = await soon(request);
    if (answer.ok && !answer.redirected) await kept.put(name, answer.clone());
    if (answer.status < 500) return answer;
    return (await kept.match(name)) ?? answer;
  } catch (error) {
    const found = await kept.match(name);
    if (found) return found;
    throw error;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === PAGE && request.mode === "navigate") {
    event.respondWith(fresh(request, PAGE + url.search.replace(/[?&]lang=\w+/, "")));
  } else if (url.pathname.startsWith("/static/") || url.pathname.startsWith("/pictures/")) {
    event.respondWith(fresh(request, url.pathname));
  }
});
