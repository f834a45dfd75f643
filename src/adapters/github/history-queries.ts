/** What is asked of GitHub's GraphQL about the past, and what it answers. */
import * as z from 'zod';
import { EDITS, edits } from './edits.ts';

const ACTOR = '{ __typename login ... on User { databaseId } ... on Bot { databaseId } }';
const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';
const RATE = 'rateLimit { cost remaining resetAt }';

const TIMELINE_TYPES =
  'ASSIGNED_EVENT, UNASSIGNED_EVENT, CLOSED_EVENT, REOPENED_EVENT, RENAMED_TITLE_EVENT, COMMENT_DELETED_EVENT, CROSS_REFERENCED_EVENT';

export const ISSUE_QUERY = `query pastIssue($owner: String!, $name: String!, $number: Int!, $comments: String, $timeline: String, $withComments: Boolean!, $withTimeline: Boolean!) {
  ${RATE}
  repository(owner: $owner, name: $name) {
    databaseId
    nameWithOwner
    isPrivate
    issue(number: $number) {
      fullDatabaseId number title body url state locked createdAt updatedAt closedAt lastEditedAt author ${ACTOR} ${EDITS}
      comments(first: 100, after: $comments) @include(if: $withComments) {
        nodes {
          fullDatabaseId url body createdAt updatedAt lastEditedAt isMinimized authorAssociation author ${ACTOR} ${EDITS}
        }
        ${PAGE_INFO}
      }
      timelineItems(first: 100, after: $timeline, itemTypes: [${TIMELINE_TYPES}]) @include(if: $withTimeline) {
        nodes {
          __typename
          ... on AssignedEvent { createdAt actor ${ACTOR} assignee { ... on User { login } ... on Bot { login } } }
          ... on UnassignedEvent { createdAt actor ${ACTOR} assignee { ... on User { login } ... on Bot { login } } }
          ... on ClosedEvent { createdAt actor ${ACTOR} }
          ... on ReopenedEvent { createdAt actor ${ACTOR} }
          ... on RenamedTitleEvent { createdAt actor ${ACTOR} previousTitle }
          ... on CommentDeletedEvent { createdAt actor ${ACTOR} deletedCommentAuthor ${ACTOR} }
          ... on CrossReferencedEvent {
            createdAt actor ${ACTOR}
            source {
              ... on PullRequest {
                number title body url mergedAt author ${ACTOR} mergedBy ${ACTOR} repository { nameWithOwner }
              }
            }
          }
        }
        ${PAGE_INFO}
      }
    }
  }
}`;

export const CLOSED_QUERY = `query closedIssues($owner: String!, $name: String!, $after: String, $since: DateTime) {
  ${RATE}
  repository(owner: $owner, name: $name) {
    databaseId
    isPrivate
    issues(first: 100, after: $after, states: CLOSED, filterBy: { since: $since }, orderBy: { field: UPDATED_AT, direction: ASC }) {
      totalCount
      nodes { number updatedAt comments(first: 1) { totalCount } }
      ${PAGE_INFO}
    }
  }
}`;

const actor = z
  .looseObject({ __typename: z.string(), login: z.string(), databaseId: z.number().nullish() })
  .nullish();
const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
const rateLimit = z.object({ remaining: z.number(), resetAt: z.string() }).nullish();

const comment = z.object({
  fullDatabaseId: z.coerce.number(),
  url: z.string(),
  body: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  lastEditedAt: z.string().nullish(),
  isMinimized: z.boolean(),
  authorAssociation: z.string(),
  author: actor,
  userContentEdits: edits,
});

const pull = z.looseObject({
  number: z.number().optional(),
  title: z.string().optional(),
  body: z.string().nullish(),
  url: z.string().optional(),
  mergedAt: z.string().nullish(),
  author: actor,
  mergedBy: actor,
  repository: z.object({ nameWithOwner: z.string() }).optional(),
});

const timelineItem = z.looseObject({
  __typename: z.string(),
  createdAt: z.string().optional(),
  actor,
  assignee: z.looseObject({ login: z.string().optional() }).nullish(),
  previousTitle: z.string().nullish(),
  deletedCommentAuthor: actor,
  source: pull.nullish(),
});

const issue = z.object({
  fullDatabaseId: z.coerce.number(),
  number: z.number(),
  title: z.string(),
  body: z.string(),
  url: z.string(),
  state: z.enum(['OPEN', 'CLOSED']),
  locked: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  closedAt: z.string().nullish(),
  lastEditedAt: z.string().nullish(),
  author: actor,
  userContentEdits: edits,
  comments: z.object({ nodes: z.array(comment.nullable()), pageInfo }).optional(),
  timelineItems: z.object({ nodes: z.array(timelineItem.nullable()), pageInfo }).optional(),
});

export const issueAnswer = z.object({
  rateLimit,
  repository: z.object({
    databaseId: z.number(),
    nameWithOwner: z.string(),
    isPrivate: z.boolean(),
    issue,
  }),
});

export const closedAnswer = z.object({
  rateLimit,
  repository: z.object({
    databaseId: z.number(),
    isPrivate: z.boolean(),
    issues: z.object({
      totalCount: z.number(),
      nodes: z.array(
        z
          .object({
            number: z.number(),
            updatedAt: z.string(),
            comments: z.object({ totalCount: z.number() }),
          })
          .nullable(),
      ),
      pageInfo,
    }),
  }),
});

export type ActorNode = z.output<typeof actor>;
export type RateNode = z.output<typeof rateLimit>;
export type CommentNode = z.output<typeof comment>;
export type PullNode = z.output<typeof pull>;
export type TimelineNode = z.output<typeof timelineItem>;
export type RepositoryNode = z.output<typeof issueAnswer>['repository'];
