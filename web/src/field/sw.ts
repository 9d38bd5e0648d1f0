// The field page without a network: the shell (page, scripts, styles, fonts) is kept when the page is installed;
// tiles and matters are kept as they were last seen. The build writes the shell's list into __SHELL__.

declare const __SHELL__: { page: string; files: string[] };

const worker = self as unknown as ServiceWorkerGlobalScope;
const { page, files } = __SHELL__;
const SHELL = "gridsup-shell";
const SEEN = "gridsup-seen";
const PATIENCE = 4_000;

worker.addEventListener("install", (event) => event.waitUntil(keepShell()));
worker.addEventListener("activate", (event) => event.waitUntil(dropOld().then(() => worker.clients.claim())));
worker.addEventListener("message", (event) => event.data === "take-over" && void worker.skipWaiting());

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fromShell(page, request));
  else if (files.includes(pathname)) event.respondWith(fromShell(pathname, request));
  else if (pathname.startsWith("/api/tiles/basemap/")) event.respondWith(seenFirst(request));
  else if (/^\/api\/(tiles\/|matters\/\d+$)/.test(pathname)) event.respondWith(freshFirst(request));
});

/** Files carry a hash of their content in their name, so one that is here already is not fetched again. */
async function keepShell(): Promise<void> {
  const shell = await caches.open(SHELL);
  const have = new Set((await shell.keys()).map((request) => new URL(request.url).pathname));
  const wanted = [page, ...files].filter((file) => file === page || !have.has(file));
  await shell.addAll(wanted.map((file) => new Request(file, { cache: "reload" })));
}

async function dropOld(): Promise<void> {
  const shell = await caches.open(SHELL);
  for (const request of await shell.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== page && !files.includes(pathname)) await shell.delete(request);
  }
}

async function fromShell(path: string, request: Request): Promise<Response> {
  return (await (await caches.open(SHELL)).match(path)) ?? fetch(request);
}

async function fetchAndKeep(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.ok) await (await caches.open(SEEN)).put(request, response.clone());
  return response;
}

/** What hardly ever changes: at once from the phone, renewed behind it. */
async function seenFirst(request: Request): Promise<Response> {
  const seen = await (await caches.open(SEEN)).match(request, { ignoreVary: true });
  const fresh = fetchAndKeep(request);
  if (!seen) return fresh;
  fresh.catch(() => undefined);
  return seen;
}

/** What changes: from the server; from the phone when the server does not answer, or not in time. */
async function freshFirst(request: Request): Promise<Response> {
  const seen = await (await caches.open(SEEN)).match(request, { ignoreVary: true });
  const fresh = fetchAndKeep(request);
  if (!seen) return fresh;
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(seen), PATIENCE));
  return Promise.race([fresh.catch(() => seen), late]);
}
