import type { Verb } from './grammar.ts';

/** GitHub's `user.permissions` on the repository, as far as it decides; null when it could not be learnt. */
export interface Permissions {
  readonly triage?: boolean;
  readonly push?: boolean;
  readonly maintain?: boolean;
  readonly admin?: boolean;
}

export interface Requester {
  readonly login: string;
  readonly permissions: Permissions | null;
}

export type Audience = 'manager' | 'anyone';

/**
 * A manager may triage the repository or better, or is named in its configuration. `permissions` is asked for and
 * not `permission`, which maps triage to read, nor `role_name`, which may be custom.
 */
export function isManager(
  { login, permissions }: Requester,
  config: { readonly managers: readonly string[] },
): boolean {
  const mayTriage = [permissions?.triage, permissions?.push, permissions?.maintain, permissions?.admin];
  return (
    mayTriage.includes(true) || config.managers.some((name) => name.toLowerCase() === login.toLowerCase())
  );
}

/** Who may use a verb. An unknown one only brings the help. */
export function verbAudience(verb: Verb): Audience {
  switch (verb) {
    case 'choose':
    case 'accept':
    case 'override':
    case 'reject':
    case 'cancel':
    case 'pause':
    case 'resume':
      return 'manager';
    case 'explain':
    case 'status':
    case 'help':
    case 'unknown':
      return 'anyone';
    default:
      return verb satisfies never;
  }
}
