import { mount } from "svelte";
import { language } from "$shared/i18n/language.svelte";
import "$shared/tokens.css";
import Door from "./Door.svelte";

language.set(language.now);
mount(Door, { target: document.getElementById("app")! });
