/** Watches a streamed answer for the id, so that a vote can be cancelled once it is cast. */

/** An answer that begins otherwise is read as a whole when it has ended. */
const HEAD = /^\s*(?:`{3}(?:json)?\s*)?\{\s*"best_proposal_id"\s*:\s*(null|-?(?:0|[1-9]\d{0,8}))\s*[,}]/;
/** The head is at the beginning or nowhere. UTF-16 units. */
const MAX_HEAD = 256;

export interface IdWatcher {
  /** Takes the next piece. Returns the id, null for null, undefined while it is not complete. */
  feed(piece: string): number | null | undefined;
}

/** Ids outside `ids`, and null unless `allowNull`, are not reported: the answer is read as a whole and refused. */
export function createIdWatcher(ids: readonly number[], allowNull: boolean): IdWatcher {
  let head = '';
  return {
    feed(piece) {
      if (head.length >= MAX_HEAD) return undefined;
      head += piece.slice(0, MAX_HEAD - head.length);
      const written = HEAD.exec(head)?.[1];
      if (written === undefined) return undefined;
      if (written === 'null') return allowNull ? null : undefined;
      return ids.includes(Number(written)) ? Number(written) : undefined;
    },
  };
}
