// Answers with the offline page while Kalends cannot be reached. It stores the files named here, and never a page.
"use strict";

const FILES = [{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const OFFLINE = FILES[0];
const STORE = `offline ${FILES.join(" ")}`;

const storeFiles = async () => {
  const store = await caches.open(STORE);
  await store.addAll(FILES.map((file) => new Request(file, { cache: "reload" })));
};

const removeFormerFiles = async () => {
  const former = (await caches.keys()).filter((name) => name.startsWith("offline ") && name !== STORE);
  await Promise.all(former.map((name) => caches.delete(name)));
};

const storedFile = async (address) => (await caches.open(STORE)).match(address, { ignoreVary: true });

const fetchOrStored = async (request, address) => {
  try {
    return await fetch(request);
  } catch {
    return (await storedFile(address)) ?? Response.error();
  }
};

addEventListener("install", (event) => event.waitUntil(storeFiles().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(removeFormerFiles().then(() => clients.claim())));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetchOrStored(request, OFFLINE));
  else if (FILES.includes(pathname)) event.respondWith(fetchOrStored(request, pathname));
});
