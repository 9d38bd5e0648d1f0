// How every face starts: styles, session, then the page; nobody signed in means the door.

import { mount, type Component } from "svelte";
import { Problem } from "./api/client";
import { language } from "./i18n/language.svelte";
import { showBand } from "./practice/open";
import { session } from "./session.svelte";
import "./tokens.css";

export async function start(App: Component, options: { offline?: boolean } = {}): Promise<void> {
  language.set(language.now);
  try {
    await session.load();
  } catch (error) {
    const away = error instanceof Problem && error.offline;
    if (!(away && options.offline)) {
      location.replace(`/?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
  }
  await showBand();
  mount(App, { target: document.getElementById("app")! });
}
