/** What a reaction on our comment says of our choice. The others are moods. */

const APPROVING: ReadonlySet<string> = new Set(['+1', 'heart', 'hooray', 'rocket']);
const REFUSING: ReadonlySet<string> = new Set(['-1', 'confused']);

export function polarityOfReaction(content: string): 'accept' | 'reject' | null {
  if (APPROVING.has(content)) return 'accept';
  return REFUSING.has(content) ? 'reject' : null;
}
