import { buildSchema } from 'graphql';

/**
 * The part of GitHub's public GraphQL schema that the fake serves, in GitHub's own names and types
 * (https://docs.github.com/graphql/reference), so that a query that passes here is valid there.
 */
export const schema = buildSchema(/* GraphQL */ `
  scalar DateTime
  scalar URI
  scalar BigInt

  type Query {
    rateLimit(dryRun: Boolean = false): RateLimit
    repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
  }

  type RateLimit {
    cost: Int!
    limit: Int!
    remaining: Int!
    resetAt: DateTime!
    used: Int!
  }

  interface Node {
    id: ID!
  }

  interface Actor {
    login: String!
    url: URI!
  }

  type User implements Node & Actor {
    id: ID!
    databaseId: Int
    login: String!
    url: URI!
  }

  type Bot implements Node & Actor {
    id: ID!
    databaseId: Int
    login: String!
    url: URI!
  }

  type Organization implements Node & Actor {
    id: ID!
    databaseId: Int
    login: String!
    url: URI!
  }

  type Repository implements Node {
    id: ID!
    databaseId: Int
    name: String!
    nameWithOwner: String!
    isPrivate: Boolean!
    url: URI!
    issue(number: Int!): Issue
    issues(
      first: Int
      after: String
      last: Int
      before: String
      states: [IssueState!]
      filterBy: IssueFilters
      orderBy: IssueOrder
    ): IssueConnection!
  }

  input IssueFilters {
    since: DateTime
  }

  input IssueOrder {
    field: IssueOrderField!
    direction: OrderDirection!
  }

  enum IssueOrderField {
    CREATED_AT
    UPDATED_AT
    COMMENTS
  }

  enum OrderDirection {
    ASC
    DESC
  }

  type IssueConnection {
    nodes: [Issue]
    totalCount: Int!
    pageInfo: PageInfo!
  }

  enum IssueState {
    OPEN
    CLOSED
  }

  type Issue implements Node {
    id: ID!
    databaseId: Int
    fullDatabaseId: BigInt
    number: Int!
    title: String!
    body: String!
    state: IssueState!
    locked: Boolean!
    url: URI!
    author: Actor
    createdAt: DateTime!
    updatedAt: DateTime!
    closedAt: DateTime
    lastEditedAt: DateTime
    repository: Repository!
    userContentEdits(first: Int, after: String, last: Int, before: String): UserContentEditConnection
    timelineItems(
      first: Int
      after: String
      last: Int
      before: String
      itemTypes: [IssueTimelineItemsItemType!]
    ): IssueTimelineItemsConnection!
    comments(first: Int, after: String, last: Int, before: String): IssueCommentConnection!
  }

  enum IssueTimelineItemsItemType {
    ASSIGNED_EVENT
    UNASSIGNED_EVENT
    CLOSED_EVENT
    REOPENED_EVENT
    RENAMED_TITLE_EVENT
    LABELED_EVENT
    UNLABELED_EVENT
    COMMENT_DELETED_EVENT
    CROSS_REFERENCED_EVENT
  }

  type IssueTimelineItemsConnection {
    nodes: [IssueTimelineItems]
    totalCount: Int!
    pageInfo: PageInfo!
  }

  union IssueTimelineItems =
    | AssignedEvent
    | UnassignedEvent
    | ClosedEvent
    | ReopenedEvent
    | RenamedTitleEvent
    | LabeledEvent
    | UnlabeledEvent
    | CommentDeletedEvent
    | CrossReferencedEvent

  union Assignee = User | Bot | Organization

  type AssignedEvent {
    actor: Actor
    assignee: Assignee
    createdAt: DateTime!
  }

  type UnassignedEvent {
    actor: Actor
    assignee: Assignee
    createdAt: DateTime!
  }

  type ClosedEvent {
    actor: Actor
    createdAt: DateTime!
  }

  type ReopenedEvent {
    actor: Actor
    createdAt: DateTime!
  }

  type RenamedTitleEvent {
    actor: Actor
    createdAt: DateTime!
    currentTitle: String!
    previousTitle: String!
  }

  type Label {
    name: String!
  }

  type LabeledEvent {
    actor: Actor
    createdAt: DateTime!
    label: Label!
  }

  type UnlabeledEvent {
    actor: Actor
    createdAt: DateTime!
    label: Label!
  }

  type CommentDeletedEvent {
    actor: Actor
    createdAt: DateTime!
    deletedCommentAuthor: Actor
  }

  type CrossReferencedEvent {
    actor: Actor
    createdAt: DateTime!
    source: ReferencedSubject!
  }

  union ReferencedSubject = Issue | PullRequest

  type PullRequest implements Node {
    id: ID!
    fullDatabaseId: BigInt
    number: Int!
    title: String!
    body: String!
    url: URI!
    merged: Boolean!
    mergedAt: DateTime
    mergedBy: Actor
    author: Actor
    repository: Repository!
  }

  enum CommentAuthorAssociation {
    MEMBER
    OWNER
    MANNEQUIN
    COLLABORATOR
    CONTRIBUTOR
    FIRST_TIME_CONTRIBUTOR
    FIRST_TIMER
    NONE
  }

  type IssueCommentConnection {
    nodes: [IssueComment]
    totalCount: Int!
    pageInfo: PageInfo!
  }

  type IssueComment implements Node {
    id: ID!
    databaseId: Int
    fullDatabaseId: BigInt
    body: String!
    url: URI!
    author: Actor
    createdAt: DateTime!
    updatedAt: DateTime!
    lastEditedAt: DateTime
    editor: Actor
    includesCreatedEdit: Boolean!
    isMinimized: Boolean!
    minimizedReason: String
    authorAssociation: CommentAuthorAssociation!
    issue: Issue!
    userContentEdits(first: Int, after: String, last: Int, before: String): UserContentEditConnection
  }

  type UserContentEditConnection {
    nodes: [UserContentEdit]
    totalCount: Int!
    pageInfo: PageInfo!
  }

  type UserContentEdit {
    createdAt: DateTime!
    editedAt: DateTime!
    deletedAt: DateTime
    editor: Actor
    diff: String
  }

  type PageInfo {
    endCursor: String
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
  }
`);
