import { mount } from "svelte";
import { Problem } from "$shared/api/client";
import { language } from "$shared/i18n/language.svelte";
import { showBand } from "$shared/practice/open";
import { session } from "$shared/session.svelte";
import "$shared/tokens.css";
import "./field.css";
import App from "./App.svelte";
import { endSession, isShut } from "./lock.svelte";
import { remember, remembered } from "./offline/me";

const PATIENCE = 2_000;
const DOOR = `/?next=${encodeURIComponent("/field/")}`;

// Who is here: the server's word, or, without a network, whoever signed in on this phone last.
async function start(): Promise<void> {
  language.set(language.now);
  const known = remembered();
  try {
    const answer = session.load();
    const late = new Promise<never>((_, refuse) => known && setTimeout(() => refuse(new Problem(0, "slow", "")), PATIENCE));
    await remember(await Promise.race([answer, late]));
    if (isShut() && (await endSession())) return location.replace(DOOR);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      return location.replace(DOOR);
    }
    if (known) session.take(known);
  }
  await showBand();
  const target = document.getElementById("app")!;
  target.replaceChildren();
  mount(App, { target });
}

void start();
