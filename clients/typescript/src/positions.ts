/**
 * What this client has seen committed. Each call names it, so that no call meets a past before that
 * (header `Pitlane-After`).
 */
export class Positions {
  private readonly entries = new Map<string, bigint>();

  /** Takes in what an answer said, e.g. "ticket.0.3@17,payment.0.3@4". Nonsense is left out. */
  add(text: string | null | undefined): void {
    for (const entry of (text ?? "").split(",")) {
      const match = /^\s*([\w.]+)@(\d+)\s*$/.exec(entry);
      const [, partition, digits] = match ?? [];
      if (partition === undefined || digits === undefined) continue;
      const position = BigInt(digits);
      if (position > (this.entries.get(partition) ?? -1n)) this.entries.set(partition, position);
    }
  }

  /** For the header; empty when nothing is known. */
  toString(): string {
    return Array.from(this.entries, ([partition, position]) => `${partition}@${position}`).join(",");
  }

  clear(): void {
    this.entries.clear();
  }
}
