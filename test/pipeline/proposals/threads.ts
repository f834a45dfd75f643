import type { Thread, ThreadComment } from '../../../src/pipeline/thread/types.ts';

export function comment(id: number, body: string, rest: Partial<ThreadComment> = {}): ThreadComment {
  return {
    id,
    url: `https://github.com/acme/shop/issues/7#issuecomment-${id}`,
    author: { id: 1, login: 'ada', isBot: false },
    body,
    createdAt: null,
    updatedAt: null,
    minimized: false,
    appId: null,
    ...rest,
  };
}

export function thread(
  comments: readonly ThreadComment[],
  listedCandidateIds: readonly number[] | null = null,
): Thread {
  return {
    repository: 'acme/shop',
    issue: {
      number: 7,
      url: 'https://github.com/acme/shop/issues/7',
      title: 'Basket loses items',
      body: '',
      author: { id: 2, login: 'bob', isBot: false },
      state: 'open',
      locked: false,
      labels: [],
    },
    comments,
    listedCandidateIds,
  };
}
