import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, DeliveryFilter, Disturbance } from './types.ts';

/** GitHub gives a receiver ten seconds. */
const DELIVERY_TIMEOUT_MS = 10_000;

export interface Emission {
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface WebhooksOptions {
  readonly url: string | null;
  readonly secret: string;
  readonly appId: number;
  readonly timeoutMs?: number;
  readonly now: () => number;
  readonly nextId: () => number;
}

interface Rule {
  readonly filter: DeliveryFilter;
  readonly disturbance: Disturbance;
  left: number;
}

interface Held {
  readonly delivery: Delivery;
  behind: number;
}

/** Sends events to the App's webhook URL, keeps the delivery log, and disturbs deliveries on request. */
export class Webhooks {
  /** Every attempt, oldest first. */
  readonly log: Delivery[] = [];
  /** Where deliveries go; null counts as a host that cannot be reached. */
  url: string | null;
  readonly #options: WebhooksOptions;
  #rules: Rule[] = [];
  #held: Held[] = [];
  readonly #underWay = new Set<Promise<void>>();
  /** The last undisturbed delivery of each issue. */
  readonly #latest = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: WebhooksOptions) {
    this.#options = options;
    this.url = options.url;
  }

  /** Disturbs the next event that matches (the next `times` of them). */
  disturb(filter: DeliveryFilter, disturbance: Disturbance): void {
    this.#rules.push({ filter, disturbance, left: filter.times ?? 1 });
  }

  /** Delivers an event soon; the log has it when this returns. */
  emit(emission: Emission): void {
    const disturbance = this.#takeRule(emission);
    if (disturbance?.kind === 'drop' && disturbance.logged === false) return;
    const delivery = this.#record(emission, randomUUID(), false);
    switch (disturbance?.kind) {
      case undefined:
        this.#startInTurn(delivery);
        break;
      case 'delay':
        this.#start(delivery, disturbance.ms);
        break;
      case 'reorder':
        this.#held.push({ delivery, behind: disturbance.behind ?? 1 });
        break;
      case 'drop':
        finish(delivery, 502, 'failed to connect to host', 0);
        break;
      case 'duplicate':
        this.#duplicate(delivery, emission, disturbance.copies ?? 2);
    }
  }

  /** Sends a logged delivery again under its GUID; undefined when there is none with that id. */
  redeliver(id: number): Delivery | undefined {
    const original = this.log.find((one) => one.id === id);
    if (original === undefined) return undefined;
    const again = this.#record(original, original.guid, true);
    this.#start(again, 0);
    return again;
  }

  /** Resolves when every delivery, held ones included, has been answered, failed, or timed out. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0 || this.#held.length > 0) {
      if (this.#underWay.size === 0) this.#release(this.#held.splice(0));
      await Promise.all(this.#underWay);
    }
  }

  /** Breaks off what is under way. */
  async close(): Promise<void> {
    this.#held = [];
    this.#stop.abort();
    await Promise.all(this.#underWay);
  }

  #takeRule({ event, action }: Emission): Disturbance | undefined {
    const rule = this.#rules.find(
      ({ filter }) =>
        (filter.event === undefined || filter.event === event) &&
        (filter.action === undefined || filter.action === action),
    );
    if (rule === undefined) return undefined;
    rule.left -= 1;
    if (rule.left <= 0) this.#rules = this.#rules.filter((one) => one !== rule);
    return rule.disturbance;
  }

  #duplicate(delivery: Delivery, emission: Emission, copies: number): void {
    this.#start(delivery, 0);
    for (let copy = 1; copy < copies; copy += 1) this.#start(this.#record(emission, delivery.guid, false), 0);
  }

  #record(emission: Emission, guid: string, redelivery: boolean): Delivery {
    const { event, action, installationId, repositoryId, payload } = emission;
    const body = JSON.stringify(payload);
    const at = this.#options.now();
    const delivery: Delivery = {
      id: this.#options.nextId(),
      guid,
      event,
      action,
      installationId,
      repositoryId,
      redelivery,
      deliveredAt: new Date(at).toISOString(),
      deliveredAtMs: at,
      payload,
      requestHeaders: this.#headers(event, guid, body),
      status: 'pending',
      statusCode: 0,
      duration: 0,
      responseHeaders: {},
      responseBody: '',
    };
    this.log.push(delivery);
    return delivery;
  }

  #headers(event: string, guid: string, body: string): Record<string, string> {
    const hmac = (algorithm: string): string =>
      `${algorithm}=${createHmac(algorithm, this.#options.secret).update(body).digest('hex')}`;
    return {
      Accept: '*/*',
      'Content-Type': 'application/json',
      'User-Agent': 'GitHub-Hookshot/fa4e5b1',
      'X-GitHub-Delivery': guid,
      'X-GitHub-Event': event,
      'X-GitHub-Hook-ID': String(this.#options.appId),
      'X-GitHub-Hook-Installation-Target-ID': String(this.#options.appId),
      'X-GitHub-Hook-Installation-Target-Type': 'integration',
      'X-Hub-Signature': hmac('sha1'),
      'X-Hub-Signature-256': hmac('sha256'),
    };
  }

  /** GitHub nearly always keeps the order of what happens on one issue; who wants disorder asks for it. */
  #startInTurn(delivery: Delivery): void {
    const { issue } = delivery.payload as { issue?: { id: number } };
    const lane = issue === undefined ? delivery.guid : `issue ${issue.id}`;
    const work = this.#start(delivery, 0, this.#latest.get(lane));
    this.#latest.set(lane, work);
    void work.finally(() => {
      if (this.#latest.get(lane) === work) this.#latest.delete(lane);
    });
  }

  #start(delivery: Delivery, delayMs: number, before: Promise<void> = Promise.resolve()): Promise<void> {
    const work = before
      .then(() => this.#send(delivery, delayMs))
      .finally(() => {
        this.#underWay.delete(work);
        this.#countDown();
      });
    this.#underWay.add(work);
    return work;
  }

  async #send(delivery: Delivery, delayMs: number): Promise<void> {
    const startedAt = performance.now();
    const seconds = (): number => Math.round(performance.now() - startedAt) / 1000;
    const timeout = AbortSignal.timeout(delayMs + (this.#options.timeoutMs ?? DELIVERY_TIMEOUT_MS));
    try {
      await sleep(delayMs, undefined, { signal: this.#stop.signal });
      if (this.url === null) return finish(delivery, 502, 'failed to connect to host', seconds());
      const response = await fetch(this.url, {
        method: 'POST',
        headers: delivery.requestHeaders,
        body: JSON.stringify(delivery.payload),
        redirect: 'manual',
        signal: AbortSignal.any([this.#stop.signal, timeout]),
      });
      delivery.responseBody = await response.text();
      delivery.responseHeaders = Object.fromEntries(response.headers);
      const status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`;
      finish(delivery, response.status, status, seconds());
    } catch {
      // Whatever broke is what the log is for: a receiver that is slow, absent, or died while it answered.
      if (timeout.aborted) finish(delivery, 504, 'timed out', seconds());
      else finish(delivery, 502, 'failed to connect to host', seconds());
    }
  }

  #countDown(): void {
    for (const held of this.#held) held.behind -= 1;
    const due = this.#held.filter((held) => held.behind <= 0);
    this.#held = this.#held.filter((held) => held.behind > 0);
    this.#release(due);
  }

  #release(held: readonly Held[]): void {
    for (const { delivery } of held) this.#start(delivery, 0);
  }
}

function finish(delivery: Delivery, statusCode: number, status: string, duration: number): void {
  Object.assign(delivery, { statusCode, status, duration });
}
