import type { Delivery } from '../../../src/sandbox/github/index.ts';
import { lost, type Violation } from '../result.ts';
import type { World } from '../world/world.ts';
import type { Records } from './oracle.ts';

/** What GitHub got a 2xx for, one attempt of each. */
export function acknowledgedDeliveries({ github }: World): Delivery[] {
  const attempts = github.webhooks.log.filter(({ statusCode }) => statusCode >= 200 && statusCode < 300);
  return [...new Map(attempts.map((attempt) => [attempt.guid, attempt])).values()];
}

/** All of it is in the database. */
export function checkDeliveries(acknowledged: readonly Delivery[], records: Records): Violation[] {
  const known = new Set(records.deliveries.map(({ id }) => id));
  return acknowledged
    .filter(({ guid }) => !known.has(guid))
    .map(({ guid, event, action }) =>
      lost(`delivery ${guid} (${event}.${action}) was acknowledged and is not there`),
    );
}
