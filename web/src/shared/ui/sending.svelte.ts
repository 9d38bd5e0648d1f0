import { Problem } from "../api/client";
import { toasts } from "./toasts.svelte";

/** A form's act on its way: what the server refuses is kept to stand beside the fields, anything else is told. */
export class Sending {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Whether it was done. What is on its way is not sent again. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
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

  /** The same where no form is open beside which a refusal could stand: it is told at the edge of the page. */
  async told(work: () => Promise<unknown>): Promise<boolean> {
    const done = await this.run(work);
    if (this.problem) toasts.bad(this.problem);
    return done;
  }
}
