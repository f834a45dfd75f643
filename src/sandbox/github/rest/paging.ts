import type { Reply } from '../reply.ts';
import type { Call } from '../router.ts';

const DEFAULT_PER_PAGE = 30;
const MOST_PER_PAGE = 100;

export function perPage(query: URLSearchParams): number {
  const wanted = Number(query.get('per_page') ?? DEFAULT_PER_PAGE);
  return wanted >= 1 ? Math.min(Math.floor(wanted), MOST_PER_PAGE) : DEFAULT_PER_PAGE;
}

/** Answers one page of a list, with GitHub's Link header when there is more than one. */
export function paged<T>(
  call: Call,
  items: readonly T[],
  shape: (item: T) => unknown,
  wrap: (page: readonly unknown[]) => unknown = (page) => page,
): Reply {
  const size = perPage(call.query);
  const page = Math.max(1, Math.floor(Number(call.query.get('page') ?? 1)) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const body = wrap(items.slice((page - 1) * size, page * size).map(shape));
  const links = [
    ...(page > 1 ? [link(call, { page: Math.min(page - 1, last) }, 'prev')] : []),
    ...(page < last ? [link(call, { page: page + 1 }, 'next'), link(call, { page: last }, 'last')] : []),
    ...(page > 1 ? [link(call, { page: 1 }, 'first')] : []),
  ];
  return { status: 200, body, headers: links.length > 0 ? { link: links.join(', ') } : {} };
}

/** One entry of a Link header: this request with other query parameters. */
export function link(call: Call, change: Readonly<Record<string, string | number>>, rel: string): string {
  const query = new URLSearchParams(call.query);
  for (const [name, value] of Object.entries(change)) query.set(name, String(value));
  return `<${call.sandbox.api}${call.path}?${query}>; rel="${rel}"`;
}
