// What the phone keeps of the register is sealed under a PIN (数字密码). A key made here seals it; that key is kept
// wrapped, by the PIN and by a second key that this browser never gives out, so neither alone opens it.
// The outbox is not sealed by it: whoever forgets the PIN must not lose what was reported.

/** What is kept of an officer's lock. `wrapped` is the sealing key; `open` is there only while it is unlocked. */
export type Vault = {
  owner: string;
  salt: Uint8Array<ArrayBuffer>;
  pepper: CryptoKey;
  iv: Uint8Array<ArrayBuffer>;
  wrapped: ArrayBuffer;
  tries: number;
  open: CryptoKey | null;
};
export type Sealed = { iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer };

export const DIGITS = 6;
export const MOST_TRIES = 5;
const ROUNDS = 210_000;
const AES = { name: "AES-GCM", length: 256 } as const;
const random = (bytes: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(bytes));

/** A new lock for an officer under a PIN, unlocked. */
export async function newVault(owner: string, pin: string): Promise<Vault> {
  const salt = random(16);
  const pepper = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const key = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  const iv = random(12);
  const wrapped = await crypto.subtle.wrapKey("raw", key, await wrapping(pin, salt, pepper), { name: "AES-GCM", iv });
  const vault: Vault = { owner, salt, pepper, iv, wrapped, tries: 0, open: null };
  return { ...vault, open: await unwrapped(vault, pin) };
}

/** The lock after one try: open when the PIN is right, else with one try more on its count. */
export async function tried(vault: Vault, pin: string): Promise<Vault> {
  const open = await unwrapped(vault, pin).catch(() => null);
  return open ? { ...vault, tries: 0, open } : { ...vault, tries: vault.tries + 1, open: null };
}

export async function seal(key: CryptoKey, content: unknown): Promise<Sealed> {
  const iv = random(12);
  const plain = new TextEncoder().encode(JSON.stringify(content));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
}

export async function unseal<T>(key: CryptoKey, { iv, sealed }: Sealed): Promise<T> {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
  return JSON.parse(new TextDecoder().decode(plain)) as T;
}

export function isSealed(content: unknown): content is Sealed {
  return typeof content === "object" && content !== null && "sealed" in content && "iv" in content;
}

function unwrapped({ salt, pepper, iv, wrapped }: Vault, pin: string): Promise<CryptoKey> {
  return wrapping(pin, salt, pepper).then((key) =>
    crypto.subtle.unwrapKey("raw", wrapped, key, { name: "AES-GCM", iv }, AES, false, ["encrypt", "decrypt"]),
  );
}

async function wrapping(pin: string, salt: Uint8Array<ArrayBuffer>, pepper: CryptoKey): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const slow = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, typed, 256);
  const both = await crypto.subtle.sign("HMAC", pepper, slow);
  return crypto.subtle.importKey("raw", both, AES, false, ["wrapKey", "unwrapKey"]);
}
