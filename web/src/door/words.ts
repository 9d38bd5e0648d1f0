import { dictionary } from "$shared/i18n/language.svelte";

export const w = dictionary({
  slogan: { zh: "一格一责任人，一户一档案，一事一闭环", en: "One cell, one owner; one household, one file; one matter, one closed loop" },
  jurisdiction: { zh: "辖区", en: "Jurisdiction" },
  username: { zh: "用户名", en: "User name" },
  password: { zh: "密码", en: "Password" },
  signIn: { zh: "登录", en: "Sign in" },
  newPassword: { zh: "新密码（至少 10 位）", en: "New password (10 characters or more)" },
  again: { zh: "再输一遍新密码", en: "The new password again" },
  change: { zh: "设置新密码并进入", en: "Set it and go on" },
  firstTime: { zh: "第一次用？登录后打开菜单点“练习”，在练习数据里试做本岗位的事，约 15 分钟，不计入真实业务。", en: "First time? Sign in, then choose “Practise” in the menu: your post's work on practice data, about 15 minutes; nothing of it counts." },
  forgotten: { zh: "忘了密码，请找本局管理员重设。", en: "Forgotten the password? The bureau's administrator resets it." },
  oneTime: { zh: "当前是一次性密码，请先设置自己的密码。", en: "This is a one-time password; set your own first." },
  differ: { zh: "两次输入的新密码不一致。", en: "The two new passwords differ." },
});
