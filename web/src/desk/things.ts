// How a thing of a seizure or preservation is kept, goes from hand to hand, and leaves its list.

import type { Bilingual } from "$shared/i18n/language.svelte";

export const HANDS: Record<string, Bilingual> = {
  taken: { zh: "清点登记", en: "listed" },
  handed: { zh: "移交保管", en: "handed on" },
  moved: { zh: "改换存放处", en: "kept elsewhere" },
  sampled: { zh: "抽样取证", en: "sampled" },
  inspected: { zh: "开封检查", en: "inspected" },
  lab: { zh: "送检、送鉴定", en: "sent to be tested" },
  back: { zh: "检验后取回", en: "taken back from testing" },
  left: { zh: "移出清单", en: "left the list" },
};

export const KEEPING: Record<"own" | "sealed" | "entrusted", Bilingual> = {
  own: { zh: "本局保管", en: "kept by the bureau" },
  sealed: { zh: "就地加封，由当事人看管", en: "sealed in place, watched by the party" },
  entrusted: { zh: "委托第三人保管", en: "entrusted to a third party" },
};

export const RECEIPTS: Record<"signed" | "refused" | "none", Bilingual> = {
  signed: { zh: "已签收", en: "received" },
  refused: { zh: "拒签，已注明", en: "signature refused, noted" },
  none: { zh: "无接收人签收", en: "nobody to receive" },
};

/** The way that a thing left the list by. */
export const WAYS: Record<string, Bilingual> = {
  returned: { zh: "已返还", en: "returned to" },
  confiscated: { zh: "已没收，移交", en: "confiscated, to" },
  destroyed: { zh: "已销毁，执行：", en: "destroyed by" },
  transferred: { zh: "已移送", en: "transferred to" },
  auctioned: { zh: "已拍卖、变卖，交", en: "sold through" },
  testing: { zh: "已送检", en: "sent for testing to" },
  seized: { zh: "已转查封扣押，保管：", en: "now under seizure, held by" },
};
