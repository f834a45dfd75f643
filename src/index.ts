/** The Probot function: every delivery goes to the inbox, and nowhere else. No logic here. */
import type { ApplicationFunction } from 'probot';
import type { IncomingDelivery } from './tasks/receive-delivery.ts';

export type Inbox = (delivery: IncomingDelivery) => Promise<void>;

/** @param inbox resolves once the delivery is committed; Probot answers GitHub only then. */
export function createProbotApp(inbox: Inbox): ApplicationFunction {
  return (app) => {
    app.onAny(({ id, name, payload }) => inbox({ id, event: name, payload }));
  };
}
