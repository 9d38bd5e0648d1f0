import { dictionary } from "$shared/i18n/language.svelte";

export const w = dictionary({
  title: { zh: "轮岗交接单", en: "Rotation sheets" },
  intro: { zh: "网格换人时，把网格、在办事项、扣押物品和未了指令列成清单；双方本人签字后，自交接日起由接收人负责。", en: "When cells change hands: cells, open matters, goods and commands are listed; when both have signed, the taker is responsible." },
  drawUp: { zh: "制作交接单", en: "Draw up a handover" },
  all: { zh: "全部", en: "All" },
  giverFirst: { zh: "请先选择交出人", en: "Choose who hands over first" },
  noCells: { zh: "该员目前不负责任何网格", en: "Holds no cell now" },
  refresh: { zh: "重新生成清单", en: "Freeze the lists anew" },
  refreshed: { zh: "清单已更新", en: "The lists are new" },
  void: { zh: "作废", en: "Void" },
  amend: { zh: "更正", en: "Correct" },
  why: { zh: "请写明原因", en: "Say why" },
  correction: { zh: "请写明更正内容", en: "Say what is corrected" },
  count: { zh: "{n} 个网格", en: "{n} cells" },
});
