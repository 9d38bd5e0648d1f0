// The one way to the API: typed by the OpenAPI document, problem+json turned into `Problem`.

import createClient, { type Middleware } from "openapi-fetch";
import { language } from "../i18n/language.svelte";
import type { paths } from "./schema";

export type Fault = { pointer: string; detail: string };

/** An answer of 4xx or 5xx, or no answer at all (status 0: the network is away). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly faults: Fault[] = [],
    readonly body: Record<string, unknown> = {},
  ) {
    super(detail);
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

let csrf = "";
/** The token that cookie-authenticated writes must carry; the session answer gives it. */
export function setCsrf(token: string): void {
  csrf = token;
}
export function csrfHeader(): Record<string, string> {
  return csrf ? { "X-CSRF-Token": csrf } : {};
}

let place = "";
/** The jurisdiction that this page was opened in; answers out of another mean that a tab beside it went into a
 * copy to practise in, or came back, and that this page shows what it should not. */
export function setPlace(id: string): void {
  place = id;
}
function overtaken(response: Response): boolean {
  const answered = response.headers.get("X-Gridsup-Place");
  return !!place && !!answered && answered !== place;
}

let waiting = 0;
/** How many questions have no answer yet. */
export const underWay = (): number => waiting;

const edge: Middleware = {
  onRequest({ request }) {
    waiting++;
    request.headers.set("Accept-Language", language.now === "zh" ? "zh-CN" : "en");
    if (!["GET", "HEAD"].includes(request.method) && csrf) request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  async onResponse({ response }) {
    waiting--;
    if (overtaken(response) && !response.url.endsWith("/api/session")) location.reload();
    if (response.ok && response.headers.get("Content-Type")?.startsWith("text/html")) throw strange();
    if (response.ok) return response;
    throw await problemOf(response);
  },
  onError() {
    waiting--;
    return noNetwork();
  },
};

/** No answer at all. */
export function noNetwork(): Problem {
  return new Problem(0, "offline", language.now === "zh" ? "网络未连接，请稍后再试。" : "No network; try again later.");
}

/** A page where data was asked for: a public network that wants to be signed in to first. Not the server's word. */
function strange(): Problem {
  return new Problem(0, "other-network", language.now === "zh" ? "连上的网络没有通到平台：公共无线网要先登录，或换用手机流量。" : "This network does not lead to the server: sign in to the public Wi-Fi first, or use mobile data.");
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return new Problem(
    response.status,
    String(body.code ?? "unknown"),
    String(body.detail ?? body.title ?? response.statusText),
    (body.faults as Fault[] | undefined) ?? [],
    body,
  );
}

export const api = createClient<paths>({ baseUrl: "/" });
api.use(edge);

/** The data of an answer; errors have been thrown as `Problem` before. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
