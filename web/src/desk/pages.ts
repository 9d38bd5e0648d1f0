// The pages of the desk beside the map: one line each. The rail shows their groups, the bar above the page
// the pages of the group that is open. A page is fetched when it is first opened.

import type { Component } from "svelte";
import type { Bilingual } from "$shared/i18n/language.svelte";
import { session } from "$shared/session.svelte";

interface Page {
  group: Group;
  title: Bilingual;
  /** Whether the one who is signed in has it. */
  show: () => boolean;
  /** The page; without one the place of the page is the map with a list. */
  load?: () => Promise<{ default: Component }>;
}

export const GROUPS = {
  command: { title: { zh: "指挥", en: "Command" }, icon: "M3 6l6-3 6 3 6-3v15l-6 3-6-3-6 3zM9 3v15M15 6v15" },
  ledger: { title: { zh: "台账", en: "Ledgers" }, icon: "M5 3h14v18H5zM9 8h6M9 12h6M9 16h4" },
  joint: { title: { zh: "协同", en: "Joint" }, icon: "M4 8h13l-4-4M20 16H7l4 4" },
  law: { title: { zh: "办案", en: "Cases" }, icon: "M12 3v18M5 21h14M4 7h16M7 7l-3 7h6zM17 7l-3 7h6z" },
  grid: { title: { zh: "网格", en: "Grid" }, icon: "M3 3h18v18H3zM3 11h9M12 3v18M12 15h9" },
  office: { title: { zh: "管理", en: "Office" }, icon: "M12 4a4 4 0 110 8 4 4 0 010-8zM4 21c0-5 4-7 8-7s8 2 8 7" },
} as const satisfies Record<string, { title: Bilingual; icon: string }>;
export type Group = keyof typeof GROUPS;

const always = () => true;

const pages = {
  queue: { group: "command", title: { zh: "事项队列", en: "Queue" }, show: () => session.may("matters:read") },
  unplaced: { group: "command", title: { zh: "未落点", en: "Not placed" }, show: () => session.may("businesses:edit") },
  offenders: { group: "command", title: { zh: "清零清单", en: "Lists to be empty" }, show: () => session.may("matters:read-all"), load: () => import("./Offenders.svelte") },
  urging: { group: "command", title: { zh: "预警督办", en: "Warnings, urging" }, show: () => session.may("matters:read"), load: () => import("./urging/Urging.svelte") },
  spotchecks: { group: "command", title: { zh: "督查抽查", en: "Spot checks" }, show: () => session.may("spotchecks:run"), load: () => import("./spotchecks/SpotChecks.svelte") },
  transfers: { group: "command", title: { zh: "不在我格", en: "Not in my cell" }, show: () => session.may("findings:report"), load: () => import("./transfers/Transfers.svelte") },
  duty: { group: "command", title: { zh: "值班表", en: "Duty roster" }, show: () => session.may("people:read"), load: () => import("./Duty.svelte") },
  leaves: { group: "command", title: { zh: "请假与代岗", en: "Leave" }, show: () => session.may("people:read"), load: () => import("./Leaves.svelte") },
  ledger: { group: "ledger", title: { zh: "无照台账", en: "Unlicensed ledger" }, show: () => session.may("matters:read-all"), load: () => import("./Ledger.svelte") },
  imports: { group: "ledger", title: { zh: "数据导入", en: "Imports" }, show: () => session.may("imports:run"), load: () => import("./Imports.svelte") },
  outboxes: { group: "ledger", title: { zh: "离线发件箱", en: "Outbox files" }, show: () => session.may("imports:run"), load: () => import("./OutboxFiles.svelte") },
  skips: { group: "ledger", title: { zh: "跳过的走访点", en: "Stops passed over" }, show: () => session.may("visits:read"), load: () => import("./Skips.svelte") },
  referrals: { group: "joint", title: { zh: "抄告", en: "Referrals" }, show: always, load: () => import("./Referrals.svelte") },
  escalation: { group: "joint", title: { zh: "通报督办", en: "Escalation" }, show: () => session.may("matters:read-all"), load: () => import("./Escalation.svelte") },
  campaigns: { group: "joint", title: { zh: "联合整治", en: "Joint action" }, show: always, load: () => import("./Campaigns.svelte") },
  conference: { group: "joint", title: { zh: "联席会议", en: "Conference" }, show: () => session.may("matters:read-all"), load: () => import("./Conference.svelte") },
  approvals: { group: "law", title: { zh: "待批", en: "To sign" }, show: () => session.may("people:read"), load: () => import("./approvals/Approvals.svelte") },
  publicity: { group: "law", title: { zh: "处罚公示", en: "Publicity" }, show: () => session.may("matters:read-all"), load: () => import("./Publicity.svelte") },
  prints: { group: "law", title: { zh: "打印登记", en: "Printing log" }, show: () => session.may("documents:prints"), load: () => import("./documents/Prints.svelte") },
  reviews: { group: "law", title: { zh: "案卷评查", en: "Review of files" }, show: () => session.may("reviews:own"), load: () => import("./reviews/Reviews.svelte") },
  division: { group: "grid", title: { zh: "网格划分", en: "Division" }, show: () => session.may("division:plan"), load: () => import("./Division.svelte") },
  handovers: { group: "grid", title: { zh: "轮岗交接", en: "Rotation" }, show: () => session.may("matters:read-all"), load: () => import("./Handovers.svelte") },
  workload: { group: "grid", title: { zh: "工作量推演", en: "Workload" }, show: () => session.may("board:read"), load: () => import("./Simulator.svelte") },
  people: { group: "office", title: { zh: "人员与岗位", en: "People" }, show: () => session.may("people:read"), load: () => import("./People.svelte") },
  appraisal: { group: "office", title: { zh: "我的考核", en: "My appraisal" }, show: () => session.may("appraisals:own"), load: () => import("./MyAppraisal.svelte") },
  departments: { group: "office", title: { zh: "部门与机构", en: "Departments" }, show: () => session.may("people:read"), load: () => import("./departments/Departments.svelte") },
  assign: { group: "grid", title: { zh: "责任区", en: "Assignments" }, show: () => session.may("cells:assign"), load: () => import("./Assign.svelte") },
  audit: { group: "office", title: { zh: "审计", en: "Audit" }, show: () => session.may("audit:read"), load: () => import("./Audit.svelte") },
  procedures: { group: "office", title: { zh: "流程图解", en: "Procedures" }, show: () => session.may("procedures:read"), load: () => import("./Procedures.svelte") },
  law: { group: "law", title: { zh: "法规依据", en: "Law by date" }, show: () => session.may("procedures:read") && session.may("people:read"), load: () => import("./Law.svelte") },
  delegations: { group: "law", title: { zh: "行政委托", en: "Delegation" }, show: () => session.may("people:read"), load: () => import("./Delegations.svelte") },
  glossary: { group: "office", title: { zh: "术语", en: "Glossary" }, show: () => session.may("cells:read"), load: () => import("./Glossary.svelte") },
  limits: { group: "office", title: { zh: "环节期限", en: "Limits" }, show: () => session.may("limits:set") || session.may("board:read"), load: () => import("./Limits.svelte") },
  calendar: { group: "office", title: { zh: "工作日历", en: "Calendar" }, show: () => session.may("calendar:read"), load: () => import("./Calendar.svelte") },
  connect: { group: "office", title: { zh: "接口与令牌", en: "Interfaces, tokens" }, show: () => session.may("cells:read"), load: () => import("./Connect.svelte") },
} satisfies Record<string, Page>;

export type View = keyof typeof pages;
export const PAGES: Record<View, Page> = pages;

/** The page of that name; the queue when there is none. */
export function viewOf(name: string | null): View {
  return name !== null && name in PAGES ? (name as View) : "queue";
}

/** The groups with something to show, each with its pages, in their order. */
export function shown(): { group: Group; views: View[] }[] {
  const views = (Object.keys(PAGES) as View[]).filter((view) => PAGES[view].show());
  return (Object.keys(GROUPS) as Group[])
    .map((group) => ({ group, views: views.filter((view) => PAGES[view].group === group) }))
    .filter((one) => one.views.length > 0);
}
