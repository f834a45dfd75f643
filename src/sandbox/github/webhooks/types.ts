/** One attempt to deliver one event, as GitHub's delivery log shows it. */
export interface Delivery {
  readonly id: number;
  /** Shared by the first attempt, duplicates and redeliveries of one event. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
  /** ISO 8601. */
  readonly deliveredAt: string;
  /** Milliseconds since the epoch on the server's clock, for the log's three days. */
  readonly deliveredAtMs: number;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** `pending` while under way, then `OK`, `Invalid HTTP Response: 500`, `timed out`, `failed to connect to host`. */
  status: string;
  /** The receiver's status; 504 when it timed out, 502 when nothing was there; 0 while under way. */
  statusCode: number;
  /** Seconds. */
  duration: number;
  responseHeaders: Readonly<Record<string, string>>;
  responseBody: string;
}

/** What can go wrong between GitHub and the receiver. */
export type Disturbance =
  /** Sent `ms` milliseconds late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Sent `copies` times (2 when absent) with the same GUID. */
  | { readonly kind: 'duplicate'; readonly copies?: number }
  /** Sent after `behind` (1 when absent) later deliveries were answered, or when nothing else is under way. */
  | { readonly kind: 'reorder'; readonly behind?: number }
  /** Never arrives: GitHub logs a failed connection, or nothing at all when `logged` is false. */
  | { readonly kind: 'drop'; readonly logged?: boolean };

export interface DeliveryFilter {
  readonly event?: string;
  readonly action?: string;
  /** How many matching events are disturbed, 1 when absent. */
  readonly times?: number;
}
