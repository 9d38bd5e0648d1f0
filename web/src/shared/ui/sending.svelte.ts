import { Problem } from "../api/client";
import { toasts } from "./toasts.svelte";

/** A form's act on its way: what the server refuses is kept to stand beside the fields, anything else is told. */
export class Sending {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Whether it was done. */
  async run(work: () => Promise<void>): Promise<boolean> {
    [this.busy, this.problem] = [true, null];
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Problem) this.problem = error;
      else toasts.bad(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
