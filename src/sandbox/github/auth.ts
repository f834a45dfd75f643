import { verify } from 'node:crypto';
import type { Access, Installation, InstallationToken, Issue, Repository } from './model.ts';
import { badCredentials, notAccessible, notFound, Refusal, suspended } from './reply.ts';
import type { Sandbox } from './sandbox.ts';

/** Who sends a request. */
export type Viewer =
  | { readonly kind: 'app' }
  | {
      readonly kind: 'installation';
      readonly installation: Installation;
      readonly token: InstallationToken;
    };

/** GitHub allows ten minutes; a little more forgives clocks that differ. */
const LONGEST_JWT_SECONDS = 10 * 60 + 5;
const CLOCK_SKEW_SECONDS = 60;

/**
 * Reads the Authorization header. Stricter than GitHub in one point: a request without a token gets 401 even
 * where GitHub would serve anonymous readers, because our App never means to be anonymous.
 * @throws Refusal 401 for an absent, unknown or expired token, 403 for a suspended installation.
 */
export function authenticate(sandbox: Sandbox, header: string | undefined): Viewer {
  if (header === undefined) throw new Refusal(401, 'Requires authentication');
  const secret = header.replace(/^(bearer|token)\s+/i, '');
  if (secret.split('.').length === 3) {
    verifyAppToken(sandbox, secret);
    return { kind: 'app' };
  }
  const token = sandbox.state.tokens.get(secret);
  if (token === undefined || token.expiresAt <= Date.now()) throw badCredentials();
  const installation = sandbox.state.installations.get(token.installationId);
  if (installation === undefined) throw badCredentials();
  if (installation.suspendedAt !== null) throw suspended();
  return { kind: 'installation', installation, token };
}

interface Claims {
  readonly iss?: unknown;
  readonly iat?: unknown;
  readonly exp?: unknown;
}

function verifyAppToken({ app }: Sandbox, jwt: string): void {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const undecodable = new Refusal(401, 'A JSON web token could not be decoded');
  const header = parsePart(head);
  const claims: Claims | null = parsePart(body);
  if (header === null || claims === null || header.alg !== 'RS256') throw undecodable;
  const signed = Buffer.from(`${head}.${body}`);
  if (!verify('sha256', signed, app.publicKey, Buffer.from(signature, 'base64url'))) throw undecodable;
  if (String(claims.iss) !== String(app.id) && claims.iss !== app.clientId)
    throw new Refusal(404, 'Integration not found');
  checkTimes(claims);
}

function checkTimes({ iat, exp }: Claims): void {
  const now = Math.floor(Date.now() / 1000);
  if (typeof exp !== 'number' || exp <= now)
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (exp > now + LONGEST_JWT_SECONDS)
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  if (typeof iat !== 'number' || iat > now + CLOCK_SKEW_SECONDS)
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
}

function parsePart(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Whether the installation's token reaches this repository. */
export function holdsRepository(viewer: Viewer, repository: Repository): boolean {
  if (viewer.kind === 'app') return false;
  const { installation, token } = viewer;
  return (
    repository.installationId === installation.id &&
    (token.repositoryIds === null || token.repositoryIds.has(repository.id))
  );
}

/**
 * Checks that a request may touch a repository.
 * @throws Refusal 404 for a private repository out of reach, 403 for a write to a public one out of reach or
 * without the permission.
 */
export function requireAccess(
  viewer: Viewer,
  repository: Repository,
  permission: string,
  access: Access,
): void {
  if (viewer.kind === 'app') throw new Refusal(403, 'Resource not accessible by integration');
  if (!holdsRepository(viewer, repository)) {
    if (repository.private) throw notFound();
    if (access === 'write') throw notAccessible();
    return;
  }
  const granted = viewer.token.permissions[permission];
  if (granted === undefined || (access === 'write' && granted !== 'write')) throw notAccessible();
}

/** @throws Refusal 403 in GitHub's words when nobody but people with write access may comment. */
export function requireUnlocked(issue: Issue): void {
  if (issue.locked) throw new Refusal(403, 'Unable to create comment because issue is locked.');
}
