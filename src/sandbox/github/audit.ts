/** One request as the server saw it. Times are milliseconds since the epoch on the server's clock. */
export interface AuditEntry {
  /** Running number of the request, from 1. */
  readonly number: number;
  readonly startedAt: number;
  /** Null while it is under way. */
  endedAt: number | null;
  readonly method: string;
  /** Path without the query, percent-decoded. */
  readonly path: string;
  readonly query: string;
  /** Null for requests of the App itself and for those without a valid token. */
  installationId: number | null;
  /** Null while it is under way, and for ever when the answer was lost. */
  status: number | null;
  /** Kind of the fault that was applied, null for none. */
  fault: string | null;
  /** Changes something on GitHub: not a GET, a token request, a redelivery or a GraphQL query. */
  readonly write: boolean;
  /** Numbers of writes of the same installation that were under way when this one came; always empty for reads. */
  overlaps: readonly number[];
}

export interface AuditFilter {
  readonly method?: string;
  /** Exact path, or a pattern that the path must match. */
  readonly path?: string | RegExp;
  readonly installationId?: number;
  readonly status?: number;
  readonly write?: boolean;
}

/** The chronological log of every request, with the questions that tests ask of it. */
export class Audit {
  readonly entries: AuditEntry[] = [];

  begin(entry: Pick<AuditEntry, 'startedAt' | 'method' | 'path' | 'query' | 'write'>): AuditEntry {
    const full: AuditEntry = {
      ...entry,
      number: this.entries.length + 1,
      endedAt: null,
      installationId: null,
      status: null,
      fault: null,
      overlaps: [],
    };
    this.entries.push(full);
    return full;
  }

  /** Ties an entry to its installation once its token is known, and notes which writes it overlaps. */
  identify(entry: AuditEntry, installationId: number): void {
    entry.installationId = installationId;
    if (!entry.write) return;
    entry.overlaps = this.find({ installationId, write: true })
      .filter((other) => other !== entry && other.endedAt === null)
      .map((other) => other.number);
  }

  find(filter: AuditFilter): AuditEntry[] {
    return this.entries.filter((entry) => matches(entry, filter));
  }

  /** Writes that came while another of the same installation was under way. */
  overlappingWrites(): AuditEntry[] {
    return this.entries.filter((entry) => entry.overlaps.length > 0);
  }

  /** The shortest time from the end of one write to the start of the next, in ms; null with fewer than two. */
  shortestWriteGapMs(installationId: number): number | null {
    const writes = this.find({ installationId, write: true });
    const gaps = writes
      .slice(1)
      .map((entry, index) => entry.startedAt - (writes[index]?.endedAt ?? entry.startedAt));
    return gaps.length === 0 ? null : Math.min(...gaps);
  }
}

function matches(entry: AuditEntry, filter: AuditFilter): boolean {
  return (
    (filter.method === undefined || filter.method === entry.method) &&
    (filter.path === undefined || pathMatches(filter.path, entry.path)) &&
    (filter.installationId === undefined || filter.installationId === entry.installationId) &&
    (filter.status === undefined || filter.status === entry.status) &&
    (filter.write === undefined || filter.write === entry.write)
  );
}

export function pathMatches(wanted: string | RegExp, path: string): boolean {
  return typeof wanted === 'string' ? wanted === path : wanted.test(path);
}
