import type { components } from '@octokit/openapi-types';
import { notFound, ok, type Reply } from '../reply.ts';
import { type Call, type Route, route } from '../router.ts';
import type { Delivery } from '../webhooks/types.ts';
import { numberParam } from './find.ts';
import { link, perPage } from './paging.ts';

/** GitHub's delivery log reaches back three days. */
const KEPT_MS = 3 * 24 * 60 * 60 * 1000;

export const deliveryRoutes: Route[] = [
  route('GET /app/hook/deliveries', 'app', listDeliveries),
  route('GET /app/hook/deliveries/:id', 'app', (call) => ok(deliveryShape(findDelivery(call)))),
  route('POST /app/hook/deliveries/:id/attempts', 'app', redeliver),
];

function keptDeliveries({ sandbox }: Call): Delivery[] {
  const oldest = sandbox.state.now() - KEPT_MS;
  return sandbox.webhooks.log.filter((one) => one.statusCode !== 0 && one.deliveredAtMs >= oldest);
}

/** Newest first; pages by `cursor`, the id of the last delivery of the page before. */
function listDeliveries(call: Call): Reply {
  const cursor = Number(call.query.get('cursor') ?? Number.POSITIVE_INFINITY);
  const wanted = call.query.get('status');
  const older = keptDeliveries(call)
    .filter((one) => one.id < cursor)
    .filter((one) => wanted === null || (wanted === 'success') === (one.status === 'OK'))
    .sort((a, b) => b.id - a.id);
  const page = older.slice(0, perPage(call.query));
  const last = page.at(-1);
  const more = last !== undefined && older.length > page.length;
  return {
    status: 200,
    body: page.map(itemShape),
    headers: more ? { link: link(call, { cursor: last.id }, 'next') } : {},
  };
}

function findDelivery(call: Call): Delivery {
  const id = numberParam(call, 'id');
  const delivery = keptDeliveries(call).find((one) => one.id === id);
  if (delivery === undefined) throw notFound();
  return delivery;
}

function redeliver(call: Call): Reply {
  call.sandbox.webhooks.redeliver(findDelivery(call).id);
  return { status: 202, body: {} };
}

function itemShape(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  } satisfies components['schemas']['hook-delivery-item'];
}

function deliveryShape(delivery: Delivery) {
  return {
    ...itemShape(delivery),
    request: { headers: { ...delivery.requestHeaders }, payload: { ...delivery.payload } },
    response: { headers: { ...delivery.responseHeaders }, payload: delivery.responseBody },
  } satisfies components['schemas']['hook-delivery'];
}
