import { bodyName } from "../posts";
import { dictionary, language, say } from "../i18n/language.svelte";
import type { components } from "../api/schema";

export type Urging = components["schemas"]["UrgingView"];

export const w = dictionary({
  title: { zh: "预警督办", en: "Warnings, urging" },
  intro: { zh: "将到期和已逾期的期限、由谁承办；选中一项或多项，写明要求即可督办。", en: "Limits that near their end or are over, and who holds them; choose one or many, say what you ask for, and urge." },
  late: { zh: "已逾期", en: "Overdue" },
  soon: { zh: "将到期", en: "Due soon" },
  mine: { zh: "发给我的", en: "To me" },
  sent: { zh: "督办记录", en: "Urgings" },
  tally: { zh: "按承办统计", en: "By holder" },
  ahead: { zh: "另含", en: "Also" },
  onlyWarned: { zh: "仅已预警", en: "only those warned of" },
  withinDays: { zh: "{n} 天内到期", en: "due within {n} days" },
  anyPost: { zh: "全部岗位", en: "All posts" },
  anyBody: { zh: "全部单位", en: "All bodies" },
  find: { zh: "标题或文号", en: "Title or number" },
  matter: { zh: "事项", en: "Matter" },
  clock: { zh: "期限", en: "Limit" },
  holder: { zh: "承办", en: "Held by" },
  due: { zh: "到期", en: "Due" },
  urged: { zh: "督办", en: "Urged" },
  times: { zh: "{n} 次", en: "{n} ×" },
  waits: { zh: "待答复", en: "no answer yet" },
  answered: { zh: "已答复", en: "answered" },
  never: { zh: "未督办", en: "not urged" },
  select: { zh: "选择 {title}", en: "Choose {title}" },
  selectAll: { zh: "全选本页", en: "Choose all shown" },
  urge: { zh: "督办 {n} 项", en: "Urge {n}" },
  urgeNone: { zh: "请先选择", en: "Choose some first" },
  reason: { zh: "要求", en: "What is asked for" },
  reasonHint: { zh: "例如：请于明日下班前处理完，不能完成的说明原因。", en: "Such as: finish by tomorrow evening, or say why not." },
  done: { zh: "已督办 {n} 项", en: "{n} urged" },
  refused: { zh: "{n} 项未督办：", en: "{n} not urged:" },
  answer: { zh: "答复", en: "Answer" },
  answerHint: { zh: "办到哪一步、何时完成", en: "How far it is, and when it will be done" },
  answerSaved: { zh: "答复已送达", en: "Your answer has arrived" },
  by: { zh: "{name} 督办于 {at}", en: "urged by {name}, {at}" },
  answeredBy: { zh: "{name} 答复于 {at}", en: "answered by {name}, {at}" },
  wasLate: { zh: "督办时已逾期", en: "late when urged" },
  withAnswered: { zh: "含已答复", en: "Also answered ones" },
  count: { zh: "督办次数", en: "Urged" },
  ofThemLate: { zh: "其中已逾期", en: "Late by then" },
  answersCount: { zh: "已答复", en: "Answered" },
  since: { zh: "自", en: "From" },
  until: { zh: "至", en: "To" },
  onMatter: { zh: "督办", en: "Urgings" },
  offline: { zh: "答复需要网络，连上后再答复。", en: "Answering needs the network; answer once you are back." },
  toAnswer: { zh: "督办待答复 {n} 件", en: "{n} urgings to answer" },
});

type Holder = components["schemas"]["HolderView"];

/** Body, person and post of who answers for a limit. */
export function holds(one: Holder): string {
  const parts = [one.body && bodyName(one.body), say(one.post_title), one.officer].filter(Boolean);
  return language.now === "zh" ? parts.join(" ") : parts.reverse().join(", ");
}
