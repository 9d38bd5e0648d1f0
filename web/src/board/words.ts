import { dictionary, language } from "$shared/i18n/language.svelte";

export const w = dictionary({
  pages: { zh: "看板页面", en: "Pages of the board" },
  overview: { zh: "总览", en: "Overview" },
  indicators: { zh: "评价指标", en: "Indicators" },
  period: { zh: "统计期间", en: "Period" },
  days30: { zh: "近30天", en: "30 days" },
  month: { zh: "本月", en: "This month" },
  quarter: { zh: "本季度", en: "This quarter" },
  custom: { zh: "自定义", en: "Custom" },
  since: { zh: "开始日期", en: "First day" },
  until: { zh: "结束日期", en: "Last day" },
  exportMap: { zh: "导出热力图", en: "Export map" },
  exportHint: {
    zh: "导出所选期间的覆盖热力图：一个可直接邮寄、离线打开的网页文件。",
    en: "The coverage map of the period as one file that opens offline and can be mailed.",
  },
  live: { zh: "实时", en: "Live" },
  away: { zh: "未连接", en: "Not connected" },
  asOf: { zh: "{time} 更新", en: "as of {time}" },
  what: { zh: "说明：{title}", en: "What {title} counts" },

  households: { zh: "在营户", en: "Households" },
  householdsWhat: {
    zh: "期末有效的网格内，现为在营的经济户口数；未落点、未编入网格的不在内。",
    en: "Businesses that operate now, in the cells in force on the last day; those without a place are not in a cell.",
  },
  inCells: { zh: "{n} 个网格", en: "in {n} cells" },
  unlicensed: { zh: "无照户", en: "Unlicensed" },
  unlicensedWhat: {
    zh: "在营户中现时营业执照状态不是“有效”的户数（无照、过期、吊销等）。",
    en: "Operating households whose licence is not valid now: none, expired, revoked.",
  },
  ofHouseholds: { zh: "占在营户 {n}", en: "{n} of households" },
  coverage: { zh: "巡查覆盖率", en: "Coverage" },
  visitedOf: { zh: "已巡 {n} 户", en: "{n} visited" },
  debt: { zh: "应巡未巡", en: "Not visited in time" },
  debtWhat: {
    zh: "期末距上次巡查已超过规定间隔（或从未巡查）的户数。间隔按风险 1–4 级默认为 180、90、60、30 天，本局可另定。",
    en: "Households whose last visit is longer ago than their interval, or that were never visited, at the end of the period. Intervals for risk 1–4: 180, 90, 60, 30 days unless the bureau set others.",
  },
  open: { zh: "在办事项", en: "Open matters" },
  openWhat: {
    zh: "此刻尚未办结的事项数，含抄告等子事项，与所选期间无关。",
    en: "Matters not ended at this moment, referrals and other child matters among them, whatever the period.",
  },
  found: { zh: "期内发现 {n} 起", en: "{n} found in the period" },
  overdue: { zh: "逾期事项", en: "Overdue matters" },
  overdueWhat: {
    zh: "在办事项中至少一个期限已过的件数，与所选期间无关。",
    en: "Open matters with at least one clock that is over, at this moment, whatever the period.",
  },
  ofOpen: { zh: "占在办 {n}", en: "{n} of open" },

  map: { zh: "网格", en: "Cells" },
  asMap: { zh: "地图", en: "Map" },
  asList: { zh: "排行", en: "Ranking" },
  noCells: { zh: "这一天没有有效的网格。请换一个期间，或先划分网格。", en: "No cell is in force on that day. Choose another period, or divide the ground first." },
  noMap: { zh: "此浏览器不能绘制地图（需要 WebGL 2），以排行代替。", en: "This browser cannot draw the map (WebGL 2 needed); the ranking stands in." },
  mapLabel: { zh: "网格专题图：{measure}", en: "Cells by {measure}" },
  toDesk: { zh: "在指挥台查看", en: "Open on the desk" },
  officer: { zh: "网格责任人", en: "Inspector" },
  nobody: { zh: "无人负责", en: "nobody" },
  visited: { zh: "已巡户", en: "Visited" },
  visits: { zh: "巡查", en: "Visits" },
  visitsTimes: { zh: "巡查次数", en: "Visits" },
  due: { zh: "应巡未巡户", en: "Past their interval" },
  debtShare: { zh: "应巡未巡（加权）", en: "Debt, weighted" },
  findings: { zh: "发现", en: "Findings" },
  closed: { zh: "办结", en: "Closed" },

  states: { zh: "事项状态", en: "Matters by state" },
  statesWhat: {
    zh: "此刻各流程处于各状态的事项数；深色部分为其中逾期的。与所选期间无关。",
    en: "Matters of each procedure by state, at this moment; the dark part is overdue. Whatever the period.",
  },
  withEnded: { zh: "含已办结", en: "with ended" },
  noStates: { zh: "没有在办事项", en: "No open matter" },
  overdueOf: { zh: "其中逾期 {n}", en: "{n} overdue" },

  trend: { zh: "月度趋势", en: "By month" },
  trendWhat: {
    zh: "每月的巡查次数、登记的发现数、办结的主事项数。至少显示截至期末的六个月；末月只计到期末。",
    en: "Visits, findings and ended root matters of each month, for at least six months up to the period's end; the last month counts up to that day.",
  },
  overdueList: { zh: "逾期清单", en: "Overdue list" },
  overdueListWhat: {
    zh: "已到期而仍在运行的期限，逾期最久的在前；一件事项可有多个。点击进入指挥台。",
    en: "Clocks that are over and still run, the longest overdue first; a matter may have several. A click opens the matter on the desk.",
  },
  noOverdue: { zh: "没有逾期的期限", en: "Nothing is overdue" },
  first: { zh: "仅列最早的 {n} 条", en: "the first {n} only" },
  answers: { zh: "责任岗位：{post}", en: "answers for it: {post}" },

  workload: { zh: "人员工作量", en: "Workload" },
  simulate: { zh: "推演", en: "What if" },
  workloadWhat: {
    zh: "期末负责网格的人员：所负责的网格、在营户、在办事项（现状），以及期内的巡查次数和发现数。罚款从不计入。",
    en: "Officers responsible for a cell on the last day: cells, operating households and open matters now; visits and findings of the period. Fines never count.",
  },
  noWorkload: { zh: "还没有人负责网格", en: "Nobody is responsible for a cell yet" },
  name: { zh: "姓名", en: "Name" },
  cells: { zh: "网格", en: "Cells" },
  openShort: { zh: "在办", en: "Open" },
  indicatorsWhat: {
    zh: "评价指标目录：每项列出公式、依据，与上一期间（环比）和上年同期（同比）比较。点指标看分组，点分子、分母看明细。户数以现在的经济户口为准。罚款从不计入。",
    en: "The catalogue of indicators: each with its formula and source, beside the period before and the same period last year. Choose one to break it down; open numerator or denominator for its rows. Households are those registered now. Fines never count.",
  },
  value: { zh: "本期", en: "Now" },
  before: { zh: "环比", en: "Before" },
  beforeTitle: { zh: "上一期间 {since} 至 {until}", en: "the period before, {since} to {until}" },
  lastYear: { zh: "同比", en: "Last year" },
  lastYearTitle: { zh: "上年同期 {since} 至 {until}", en: "the same period last year, {since} to {until}" },
  rule: { zh: "依据 {rule}", en: "asked for by {rule}" },
  rowsOf: { zh: "查看明细：{words}", en: "Open the rows: {words}" },
  better: { zh: "较好", en: "better" },
  worse: { zh: "较差", en: "worse" },
  onMap: { zh: "在地图上看", en: "On the map" },
  groupsTitle: { zh: "{title}：分组", en: "{title}, broken down" },
  groupsWhat: { zh: "所选指标按组计算，公式不变；各组可打开其明细。", en: "The chosen indicator by group, with the same formula; each group opens its rows." },
  cell: { zh: "网格", en: "Cell" },
  station: { zh: "监管所", en: "Station" },
  inspector: { zh: "责任人", en: "Inspector" },
  department: { zh: "部门", en: "Department" },
  ofNone: { zh: "（未归属）", en: "(none)" },
  noRows: { zh: "本期没有可计算的内容", en: "Nothing to count in this period" },
  rowsShown: { zh: "共 {n} 条，列出前 {shown} 条", en: "{n} rows, the first {shown} listed" },
  rowsAll: { zh: "共 {n} 条", en: "{n} rows" },
  sumOf: { zh: "合计 {n}", en: "sum {n}" },
  more: { zh: "再列一些", en: "List more" },
  at: { zh: "时间", en: "When" },
  what1: { zh: "对象", en: "What" },
  amount: { zh: "数值", en: "Value" },
  clocks: { zh: "期限办理", en: "Clocks" },
  clocksWhat: {
    zh: "期内到期的期限：按期办妥、逾期办妥、到期仍未办的件数，以及办妥所用天数的中位数。部门只计抄告后由其答复的期限，监管所计其事项的其余期限。",
    en: "Clocks that fell due in the period: met in time, met late, over and still not met, and the median of the days they took. A department answers for referrals alone, a station for all other clocks of its matters.",
  },
  byDepartment: { zh: "按部门", en: "By department" },
  byStation: { zh: "按监管所", en: "By station" },
  noClocks: { zh: "本期没有到期的期限", en: "No clock fell due in the period" },
  dueCount: { zh: "到期", en: "Due" },
  onTime: { zh: "按期", en: "In time" },
  lateCount: { zh: "逾期办妥", en: "Late" },
  still: { zh: "仍未办", en: "Waiting" },
  medianDays: { zh: "中位天数", en: "Median days" },
  noHotspots: { zh: "热点分析至少需要 {n} 个网格，且各网格的发现密度不能完全相同。", en: "Hotspots need at least {n} cells whose finding densities are not all the same." },
  sortBy: { zh: "按{column}排序", en: "Sort by {column}" },
});

/** 18,532. */
export function number(value: number): string {
  return value.toLocaleString(language.now === "zh" ? "zh-CN" : "en-GB");
}

/** 21.3 %; whole percents from 99.5 on and for none. */
export function percent(part: number, whole: number): string {
  if (!whole) return "–";
  const value = (part / whole) * 100;
  return `${value === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)}%`;
}
