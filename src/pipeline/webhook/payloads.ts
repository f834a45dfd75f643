/** What we need of GitHub's payloads; everything else in them is left alone. */
import * as z from 'zod';

/** Ids and numbers go into integer columns, times into dates: what does not fit is malformed. */
const id = z.int().positive();
const time = z.iso.datetime({ offset: true });

const user = z.looseObject({ id, login: z.string(), type: z.string().nullish() });

const repository = z.looseObject({
  id,
  name: z.string(),
  full_name: z.string(),
  private: z.boolean(),
});

const issue = z.looseObject({
  id,
  number: id,
  title: z.string(),
  user: user.nullish(),
  state: z.string().nullish(),
  locked: z.boolean().nullish(),
  pull_request: z.unknown().optional(),
  updated_at: time.nullish(),
});

const comment = z.looseObject({
  id,
  html_url: z.string(),
  body: z.string().nullish(),
  user: user.nullish(),
  created_at: time,
  updated_at: time,
  performed_via_github_app: z.looseObject({ id }).nullish(),
});

const located = { sender: user, installation: z.looseObject({ id }) };
const installation = z.looseObject({ id, account: user });

export const payloads = {
  issue_comment: z.looseObject({
    ...located,
    action: z.enum(['created', 'edited', 'deleted']),
    repository,
    issue,
    comment,
    changes: z.looseObject({ body: z.looseObject({ from: z.string() }).optional() }).nullish(),
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
      'assigned',
      'unassigned',
      'labeled',
      'unlabeled',
    ]),
    repository,
    issue,
    assignee: user.nullish(),
    label: z.looseObject({ name: z.string() }).nullish(),
    changes: z.looseObject({ new_issue: issue.nullish(), new_repository: repository.nullish() }).nullish(),
  }),
  pull_request: z.looseObject({
    ...located,
    action: z.literal('closed'),
    repository,
    pull_request: z.looseObject({
      number: id,
      html_url: z.string(),
      title: z.string(),
      body: z.string().nullish(),
      user: user.nullish(),
      merged: z.literal(true),
      merged_at: time,
    }),
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
    repositories_removed: z.array(z.looseObject({ id })),
  }),
} as const;

export type Payloads = { [Event in keyof typeof payloads]: z.output<(typeof payloads)[Event]> };
