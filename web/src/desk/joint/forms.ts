// How the forms of joint work begin: as the version in force has them, and with what is known.

import { api, data } from "$shared/api/client";
import { language, say, type Bilingual } from "$shared/i18n/language.svelte";
import { toasts } from "$shared/ui/toasts.svelte";
import { desk } from "../desk.svelte";
import type { View } from "../pages";

/** The JSON Schema of the opening step of the version that new matters take today. */
export async function openingForm(pack: string): Promise<Record<string, any>> {
  return actionForm(pack, null);
}

/** The JSON Schema of a step; of the opening when `action` is null. */
export async function actionForm(pack: string, action: string | null): Promise<Record<string, any>> {
  const all = await data(api.GET("/api/procedures"));
  const version = all.find((one) => one.id === pack && one.current)?.version;
  if (!version) throw new Error(pack);
  const full = await data(api.GET("/api/procedures/{pack}/{version}", { params: { path: { pack, version } } }));
  return full.actions[action ?? full.opening]?.form ?? {};
}

/** The joint enforcement team (P10-A11), a row for each unit: the liaison is named, who does not take part is struck. */
export async function teamRows(): Promise<{ unit: string; liaison: string }[]> {
  const { team } = await data(api.GET("/api/joint/members"));
  return team.map((one) => ({ unit: language.now === "zh" ? one.zh : one.en, liaison: "" }));
}

/** Steps of one matter that take others along: their page does them, and says how. */
const ON_THEIR_PAGE: Record<string, { view: View; how: Bilingual }> = {
  "conference_resolution.carry_over": { view: "conference", how: { zh: "登记下次会议的召开情况时，未完事项自动结转", en: "Recording the next meeting carries over what is open" } },
  "joint_conference.hold": { view: "conference", how: { zh: "请在会议旁按“登记召开情况”", en: "Record it beside the meeting" } },
  "escalation.publish": { view: "escalation", how: { zh: "印发月通报时一并督促整改", en: "Issuing the bulletin urges every unit" } },
  "work_bulletin.issue": { view: "escalation", how: { zh: "请在月通报旁按“印发并督促整改”", en: "Issue it beside the bulletin, which urges every unit" } },
};

/** Turns to the page that takes this step, and says how; false where the matter's own panel takes it. */
export function onItsPage(step: string): boolean {
  const there = ON_THEIR_PAGE[step];
  if (!there) return false;
  toasts.good(say(there.how));
  desk.view = there.view;
  return true;
}
