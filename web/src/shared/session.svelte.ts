// Who is signed in. Every face asks once at its start; nobody signed in means the door.

import { api, data, setCsrf, setPlace } from "./api/client";
import type { components } from "./api/schema";
import { language } from "./i18n/language.svelte";

export type Me = components["schemas"]["Me"];
export type Permission = Me["permissions"][number];
export type Face = "desk" | "field" | "board";

/** Which face a permission opens; a liaison's desk shows the matters sent to that department alone. */
const FACES: Record<Face, Permission> = {
  desk: "matters:act",
  field: "findings:report",
  board: "board:read",
};

class SessionState {
  me = $state.raw<Me | null>(null);
  /** Whose platform this is, in the language that is on where it has a name in it. */
  place = $derived((language.now === "en" && this.me?.jurisdiction.name_en) || (this.me?.jurisdiction.name ?? ""));

  async load(): Promise<Me> {
    this.take(await data(api.GET("/api/session")));
    return this.me!;
  }

  take(me: Me): void {
    setCsrf(me.csrf ?? "");
    setPlace(String(me.jurisdiction.id));
    this.me = me;
  }

  may(permission: Permission): boolean {
    return this.me?.permissions.includes(permission) ?? false;
  }

  holds(post: string): boolean {
    return this.me?.capacities.some((held) => held.post === post) ?? false;
  }

  faces(): Face[] {
    return (Object.keys(FACES) as Face[]).filter((face) => this.may(FACES[face]));
  }

  /** The face this person most likely wants: the phone page for those who patrol, the board for managers. */
  home(): Face {
    const posts = new Set(this.me?.capacities.map((held) => held.post));
    if (posts.has("inspector") && !posts.has("dispatcher")) return "field";
    if (posts.has("manager") || posts.has("efficiency")) return "board";
    return this.faces()[0] ?? "desk";
  }

  async signOut(): Promise<void> {
    await api.DELETE("/api/session");
    location.assign("/");
  }
}

export const session = new SessionState();
