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
    repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
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
    repository: Repository!
    comments(first: Int, after: String, last: Int, before: String): IssueCommentConnection!
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
