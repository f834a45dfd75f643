/** A resolver's error that GitHub tags with a type of its own. */
export class TypedError extends Error {
  override readonly name = 'TypedError';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export interface ConnectionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

const MOST = 100;

/**
 * Cuts a page out of a list as GitHub does: `first` or `last` must be given and lie within 1 to 100.
 * Cursors are positions in the list.
 */
export function connection<T, N>(items: readonly T[], args: ConnectionArguments, node: (item: T) => N) {
  const size = args.first ?? args.last;
  if (size === undefined || size === null)
    throw new TypedError(
      'MISSING_PAGINATION_BOUNDARIES',
      'You must provide a `first` or `last` value to properly paginate the connection.',
    );
  if (size < 1 || size > MOST)
    throw new TypedError(
      'EXCESSIVE_PAGINATION',
      `Requesting ${size} records on the connection exceeds the \`first\` limit of ${MOST} records.`,
    );
  const low = args.after ? positionOf(args.after) + 1 : 0;
  const high = args.before ? positionOf(args.before) : items.length;
  const start = args.first == null ? Math.max(low, high - size) : low;
  const end = args.first == null ? high : Math.min(high, low + size);
  return {
    nodes: items.slice(start, end).map(node),
    totalCount: items.length,
    pageInfo: {
      startCursor: end > start ? cursorOf(start) : null,
      endCursor: end > start ? cursorOf(end - 1) : null,
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
    },
  };
}

const PREFIX = 'cursor:v2:';

function cursorOf(position: number): string {
  return Buffer.from(`${PREFIX}${position}`).toString('base64');
}

function positionOf(cursor: string): number {
  const text = Buffer.from(cursor, 'base64').toString();
  const position = Number(text.slice(PREFIX.length));
  if (!text.startsWith(PREFIX) || !Number.isSafeInteger(position))
    throw new TypedError('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`);
  return position;
}
