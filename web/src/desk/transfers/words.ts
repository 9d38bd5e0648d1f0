import { dictionary } from "$shared/i18n/language.svelte";

export const w = dictionary({
  title: { zh: "不在我格", en: "Not in my cell" },
  how: {
    zh: "巡查员认为事项不在自己网格的，按位置移交邻格责任人；对方不接收，或位置找不到责任人的，由指挥席裁定。期限照常计算，每一步都记入事项经过。",
    en: "An inspector hands a matter that lies in another's cell to its inspector; the desk decides where that one does not take it, or the place is nobody's. Clocks go on, and each step stands in the matter's history.",
  },
  open: { zh: "只看未定的", en: "Only unsettled" },
  matter: { zh: "事项", en: "Matter" },
  from: { zh: "移交人", en: "From" },
  to: { zh: "按位置属于", en: "By its place" },
  reason: { zh: "理由", en: "Why" },
  asked: { zh: "等对方接收", en: "Waits for the neighbour" },
  to_desk: { zh: "待裁定", en: "To be decided" },
  taken: { zh: "已接收", en: "Taken" },
  decided: { zh: "已裁定", en: "Decided" },
  withdrawn: { zh: "已撤回", en: "Withdrawn" },
  state: { zh: "状态", en: "State" },
  at: { zh: "提出时间", en: "Handed on" },
  refusal: { zh: "对方不接收：{reason}", en: "Not taken: {reason}" },
  decide: { zh: "裁定", en: "Decide" },
  belongs: { zh: "裁定该事项属于", en: "The matter belongs to" },
  stays: { zh: "维持原网格 {code} {officer}", en: "stays in {code} {officer}" },
  other: { zh: "其他网格", en: "Another cell" },
  cell: { zh: "网格", en: "Cell" },
  because: { zh: "裁定理由", en: "Reason" },
  done: { zh: "已裁定：{title}", en: "Decided: {title}" },
});
