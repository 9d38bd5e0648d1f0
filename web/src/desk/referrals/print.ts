import { csrfHeader, problemOf } from "$shared/api/client";

/** Opens one PDF: for each department its delivery list (送达清单), then its sheets. Throws the server's refusal. */
export async function printSheets(matters: number[]): Promise<void> {
  const answer = await fetch("/api/referrals/print", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...csrfHeader() },
    body: JSON.stringify({ matters }),
  });
  if (!answer.ok) throw await problemOf(answer);
  const address = URL.createObjectURL(await answer.blob());
  window.open(address, "_blank");
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
