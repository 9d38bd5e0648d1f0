import { dictionary } from "$shared/i18n/language.svelte";

export const w = dictionary({
  title: { zh: "接口与令牌", en: "Interfaces and tokens" },
  intro: {
    zh: "供 QGIS 等地理信息软件和脚本读取网格、经济户口、事项、发现。读到的与您在平台上能看到的一致；证件号和电话不提供。",
    en: "For QGIS, other GIS programs and scripts: cells, businesses, matters, findings. A program sees what you may see here; ID and phone numbers are never given.",
  },
  addresses: { zh: "地址", en: "Addresses" },
  ogc: { zh: "OGC API Features（要素）", en: "OGC API Features" },
  ogcHint: {
    zh: "QGIS：图层 → 添加图层 → 添加 WFS / OGC API 要素图层，新建连接填此地址；身份认证选“API Header”，键 Authorization，值 Bearer 加空格加令牌。",
    en: "QGIS: Layer → Add Layer → Add WFS / OGC API Features Layer, a new connection with this address; authentication “API Header”, key Authorization, value Bearer, a space, the token.",
  },
  tiles: { zh: "矢量瓦片（TileJSON）", en: "Vector tiles (TileJSON)" },
  copy: { zh: "复制", en: "Copy" },
  copied: { zh: "已复制", en: "Copied" },
  copyOf: { zh: "复制：{what}", en: "Copy: {what}" },
  package: { zh: "整体下载", en: "Everything as one file" },
  packageHint: {
    zh: "一个 GeoPackage 文件，含您有权查看的全部图层（网格取当日），坐标系 CGCS2000（EPSG:4490），QGIS 打开即带样式。每次下载都留痕。",
    en: "One GeoPackage with every layer that you may read (cells of today), in CGCS2000 (EPSG:4490); QGIS opens it styled. Each download is recorded.",
  },
  download: { zh: "下载 GeoPackage", en: "Download GeoPackage" },
  noExport: { zh: "您没有导出权限；需要时请联系管理员。", en: "You may not export; ask the administrator if your work needs it." },
  tokens: { zh: "我的令牌", en: "My tokens" },
  tokensHint: {
    zh: "令牌代表您本人，权限不超过您自己的；岗位变动时随之收回。不用了就停用。",
    en: "A token stands for you and never has more rights than you; it loses what you lose. Revoke what is no longer used.",
  },
  create: { zh: "新建令牌", en: "New token" },
  name: { zh: "用途", en: "What it is for" },
  nameHint: { zh: "如：科室 QGIS 电脑", en: "such as: QGIS of the section" },
  rights: { zh: "权限", en: "Rights" },
  otherRights: { zh: "其他权限（按代码，一般不需要）", en: "Other rights (by code; rarely needed)" },
  comma: { zh: "、", en: ", " },
  created: { zh: "建立", en: "Created" },
  expires: { zh: "有效期至", en: "Expires" },
  lasts: { zh: "有效期", en: "Lasts" },
  days: { zh: "{n} 天", en: "{n} days" },
  state: { zh: "状态", en: "State" },
  valid: { zh: "有效", en: "Valid" },
  expired: { zh: "已过期", en: "Expired" },
  revoked: { zh: "已停用", en: "Revoked" },
  revoke: { zh: "停用", en: "Revoke" },
  revokeOf: { zh: "停用令牌：{name}", en: "Revoke the token: {name}" },
  sure: { zh: "停用后，用它的程序立刻读不到数据，不能恢复。", en: "Programs that use it stop reading at once; this cannot be undone." },
  cancel: { zh: "取消", en: "Cancel" },
  made: { zh: "令牌已建立", en: "The token" },
  once: {
    zh: "只显示这一次，关闭后无法再查看。请现在复制到要用的程序里，不要发给他人。",
    en: "It is shown this once and cannot be seen again. Copy it into the program now; give it to nobody.",
  },
  tryIt: { zh: "用 GDAL 试一试", en: "Try it with GDAL" },
  done: { zh: "我已复制", en: "I have copied it" },
});

/** What GIS programs read, with its name; the list of layers and the basemap ask for none. The rest goes by code. */
export const GIS = {
  "cells:read": { zh: "网格", en: "Cells" },
  "businesses:read": { zh: "经济户口", en: "Businesses" },
  "visits:read": { zh: "发现", en: "Findings" },
  "matters:read": { zh: "事项（本单位）", en: "Matters (of one's own body)" },
  "matters:read-all": { zh: "事项（全局）", en: "Matters (of the whole bureau)" },
} as const;

export const TILES = {
  cells: { zh: "网格", en: "Cells", needs: "cells:read" },
  businesses: { zh: "经济户口", en: "Businesses", needs: "businesses:read" },
  unlicensed: { zh: "无照户", en: "Unlicensed", needs: "businesses:read" },
  matters: { zh: "在办事项", en: "Open matters", needs: "matters:read-all" },
  basemap: { zh: "底图", en: "Basemap", needs: "self" },
} as const;
