/** What we need of GitHub's payloads; everything else in them is left alone. */
import * as z from 'zod';

const user = z.looseObject({ id: z.number(), login: z.string(), type: z.string().nullish() });

const repository = z.looseObject({
  id: z.number(),
  name: z.string(),
  full_name: z.string(),
  private: z.boolean(),
});

const issue = z.looseObject({
  id: z.number(),
  number: z.number().int(),
  title: z.string(),
  user: user.nullish(),
  state: z.string().nullish(),
  locked: z.boolean().nullish(),
  pull_request: z.unknown().optional(),
});

const comment = z.looseObject({
  id: z.number(),
  html_url: z.string(),
  body: z.string().nullish(),
  user: user.nullish(),
  created_at: z.string(),
  updated_at: z.string(),
  performed_via_github_app: z.looseObject({ id: z.number() }).nullish(),
});

const located = { sender: user, installation: z.looseObject({ id: z.number() }) };
const installation = z.looseObject({ id: z.number(), account: user });

export const payloads = {
  issue_comment: z.looseObject({
    ...located,
    action: z.enum(['created', 'edited', 'deleted']),
    repository,
    issue,
    comment,
  }),
  issues: z.looseObject({
    ...located,
    action: z.enum([
      'opened',
      'edited',
      'closed',
      'reopened',
      'locked',
      'unlocked',
      'deleted',
      'transferred',
    ]),
    repository,
    issue,
  }),
  repository: z.looseObject({
    ...located,
    action: z.enum(['renamed', 'transferred', 'privatized', 'publicized', 'deleted']),
    repository,
  }),
  installation: z.looseObject({
    sender: user,
    installation,
    action: z.enum(['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted']),
    repositories: z.array(repository).nullish(),
  }),
  installation_repositories: z.looseObject({
    sender: user,
    installation,
    action: z.enum(['added', 'removed']),
    repositories_added: z.array(repository),
    repositories_removed: z.array(z.looseObject({ id: z.number() })),
  }),
} as const;

export type Payloads = { [Event in keyof typeof payloads]: z.output<(typeof payloads)[Event]> };
