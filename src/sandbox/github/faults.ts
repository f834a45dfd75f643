import { type AuditEntry, pathMatches } from './audit.ts';

/** What goes wrong with a request. Only the `applied-…` faults and those that say so change GitHub's state. */
export type Fault =
  /** Refused with this status, before anything is done. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly retryAfterSeconds?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Done, and then answered with an error (500 when `status` is absent), as GitHub sometimes does. */
  | { readonly kind: 'applied-then-status'; readonly status?: number }
  /** Done, but the connection breaks before the answer. */
  | { readonly kind: 'applied-then-destroyed' }
  /** The connection breaks before anything is done. */
  | { readonly kind: 'destroyed' }
  /** Never answered; done all the same when `applied` is true. */
  | { readonly kind: 'hang'; readonly applied?: boolean }
  /** Done at once, answered `ms` milliseconds late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** A list of comments that misses the newest `missing`, as a replica that lags behind. */
  | { readonly kind: 'stale-list'; readonly missing: number }
  /** Done, and answered with a body that breaks off in the middle. */
  | { readonly kind: 'malformed-json' };

export interface FaultFilter {
  /** The running number of a request; the other conditions must hold as well when they are given. */
  readonly number?: number;
  readonly method?: string;
  readonly path?: string | RegExp;
  /** The fault starts with the nth matching request, the first when absent. */
  readonly nth?: number;
  /** How many requests it hits from there on, 1 when absent; Infinity for all. */
  readonly times?: number;
}

interface Rule {
  readonly filter: FaultFilter;
  readonly fault: Fault;
  seen: number;
}

/** The planned faults, in the order they were planned; a request takes the first that is due. */
export class Faults {
  #rules: Rule[] = [];

  plan(filter: FaultFilter, fault: Fault): void {
    this.#rules.push({ filter, fault, seen: 0 });
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault for this request. Every rule that matches counts it, so `nth` means the same for each. */
  take(entry: AuditEntry): Fault | undefined {
    const due = this.#rules.filter((rule) => {
      if (!matches(rule.filter, entry)) return false;
      rule.seen += 1;
      const first = rule.filter.nth ?? 1;
      return rule.seen >= first && rule.seen < first + (rule.filter.times ?? 1);
    });
    return due[0]?.fault;
  }
}

function matches(filter: FaultFilter, entry: AuditEntry): boolean {
  return (
    (filter.number === undefined || filter.number === entry.number) &&
    (filter.method === undefined || filter.method === entry.method) &&
    (filter.path === undefined || pathMatches(filter.path, entry.path))
  );
}
