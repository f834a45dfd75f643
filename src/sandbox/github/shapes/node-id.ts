const KINDS = {
  app: 'A',
  bot: 'BOT',
  comment: 'IC',
  installation: 'I_INST',
  issue: 'I',
  label: 'LA',
  organization: 'O',
  pull: 'PR',
  reaction: 'REA',
  repository: 'R',
  user: 'U',
} as const;

export type NodeKind = keyof typeof KINDS;

/** An opaque-looking global id that `parseNodeId` can read back. */
export function nodeId(kind: NodeKind, id: number): string {
  return `${KINDS[kind]}_${Buffer.from(String(id)).toString('base64url')}`;
}

/** The kind and numeric id behind a global id; undefined when it is none of ours. */
export function parseNodeId(text: string): { kind: NodeKind; id: number } | undefined {
  const cut = text.lastIndexOf('_');
  const id = Number(Buffer.from(text.slice(cut + 1), 'base64url').toString());
  const kind = (Object.keys(KINDS) as NodeKind[]).find((one) => KINDS[one] === text.slice(0, cut));
  return kind === undefined || !Number.isSafeInteger(id) ? undefined : { kind, id };
}
