// The words of the platform, each with one translation. The page 术语 shows them; a test holds the dictionaries to them.

import type { Bilingual } from "./language.svelte";

export type Term = { term: Bilingual; about: Bilingual; /** What the English of every text with this word holds. */ held?: RegExp };

export const TERMS: Term[] = [
  {
    term: { zh: "事项", en: "matter" },
    about: { zh: "从发现到办结的一件事，有编号、状态和期限；抄告、复查等是它的子事项。", en: "One affair from its finding to its end, with a number, a state and clocks; a referral or a re-check is its child." },
  },
  {
    term: { zh: "网格", en: "cell" },
    about: { zh: "以道路中心线为界、有编码和责任人的巡查单元，按日生效和终止。", en: "A coded unit of patrol between road centre lines, with an inspector; it begins and ends on a day." },
  },
  {
    term: { zh: "网格责任人", en: "inspector" },
    about: { zh: "对一个或几个网格的巡查负责的监管员。", en: "The officer who answers for the patrol of one or more cells." },
  },
  {
    term: { zh: "网格划分", en: "division" },
    about: { zh: "把辖区切分为网格；先拟草案、作比较，再定日生效。", en: "How the jurisdiction is cut into cells: drafted, compared, then in force from a day." },
  },
  {
    term: { zh: "巡查", en: "visit, patrol" },
    about: { zh: "到户走访并留下记录。覆盖只按走访计算，不按轨迹。", en: "Calling at premises and recording it. Coverage counts visits, never tracks." },
    held: /visit|patrol|inspect|coverage|field/i,
  },
  {
    term: { zh: "应巡未巡", en: "coverage debt" },
    about: { zh: "超过规定间隔仍未走访的户，可按风险加权。", en: "Premises whose interval has passed without a visit; weighted by risk where said." },
    held: /debt/i,
  },
  {
    term: { zh: "发现", en: "finding" },
    about: { zh: "巡查中登记的问题；一次发现开启一个事项。", en: "What an inspector reports on patrol; it opens a matter." },
  },
  {
    term: { zh: "经济户口", en: "register of businesses" },
    about: { zh: "辖区内全部经营户的登记，无照经营的也在内。", en: "All who trade in the jurisdiction, those without a licence among them." },
  },
  {
    term: { zh: "一户一档", en: "file of a business" },
    about: { zh: "一户的证照、走访、照片和历次事项集中在一处。", en: "A business's licences, visits, photos and past matters in one place." },
  },
  {
    term: { zh: "无照台账", en: "unlicensed ledger" },
    about: { zh: "无照经营电子监管台账，由事项自动生成，不另行填写。", en: "The ledger of those who trade without a licence; it follows from the matters, nobody fills it in." },
    held: /ledger/i,
  },
  {
    term: { zh: "无照", en: "unlicensed" },
    about: { zh: "应有而没有有效营业执照。", en: "Without the valid business licence that is required." },
    held: /unlicensed|no licence|licence is not valid/i,
  },
  {
    term: { zh: "抄告", en: "referral" },
    about: { zh: "把事项书面告知有职责的部门；部门签收、反馈或说明理由退回。", en: "Telling the department in charge in writing; it receives, answers, or returns with a reason." },
    held: /refer/i,
  },
  {
    term: { zh: "签收", en: "receipt" },
    about: { zh: "收件单位确认已收到。", en: "The addressee confirms that it has arrived." },
    held: /recei|signed by/i,
  },
  {
    term: { zh: "反馈", en: "feedback, answer" },
    about: { zh: "部门对抄告的书面答复。", en: "The department's written answer to a referral." },
    held: /feedback|answer/i,
  },
  {
    term: { zh: "督办", en: "escalation" },
    about: { zh: "月通报督促后仍未整改，移送效能部门督办。", en: "What the monthly bulletin could not move goes to the efficiency office." },
    held: /escalat|efficiency|urg/i,
  },
  {
    term: { zh: "联席会议", en: "joint conference" },
    about: { zh: "成员单位议定事项并逐项落实。", en: "Its members pass resolutions, each followed to its end." },
    held: /conference|meeting/i,
  },
  {
    term: { zh: "立案", en: "filing a case" },
    about: { zh: "经批准开始行政处罚的普通程序。", en: "With approval, the ordinary procedure of a penalty begins." },
    held: /fil(e|ing)|case|seizure/i,
  },
  {
    term: { zh: "流程", en: "procedure" },
    about: { zh: "事项可走的步骤、每步由谁办、期限多长，连同依据。", en: "The steps open to a matter, who takes them, within which limit, and by which rule." },
    held: /procedure/i,
  },
  {
    term: { zh: "期限", en: "clock, limit" },
    about: { zh: "法定或本局规定的办理时间，系统按工作日历推算到日并说明算法。", en: "The time set by law or by the bureau, counted to a day by the calendar of working days, with its reason." },
  },
  {
    term: { zh: "逾期", en: "overdue" },
    about: { zh: "期限已过而未办妥。", en: "The clock has run out and it is not done." },
    held: /overdue|late|over\b/i,
  },
  {
    term: { zh: "办结", en: "ended, closed" },
    about: { zh: "事项到达终点，此后不再变动。", en: "The matter has come to its end and changes no more." },
    held: /end|clos/i,
  },
  {
    term: { zh: "轮岗交接", en: "rotation, handover" },
    about: { zh: "网格换责任人时逐项列明、双方签字的移交。", en: "What passes from one inspector to another, listed item by item and signed by both." },
  },
  {
    term: { zh: "未落点", en: "not placed" },
    about: { zh: "已在经济户口、尚无地图位置和网格编码的户。", en: "In the register, but without a place on the map and a code yet." },
    held: /plac/i,
  },
  {
    term: { zh: "令牌", en: "token" },
    about: { zh: "供软件读取数据的凭据，权限不超过发给的人。", en: "Lets software read what its holder may read, and no more." },
    held: /token/i,
  },
];
