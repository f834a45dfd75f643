/** What a handler answers; the server adds the headers that every answer carries. */
export interface Reply {
  readonly status: number;
  /** Undefined for an answer without a body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const DOCUMENTATION = 'https://docs.github.com/rest';

/** Thrown by handlers to answer with an error in GitHub's form. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly reply: Reply;

  constructor(status: number, message: string, more: Record<string, unknown> = {}, headers = {}) {
    super(message);
    this.reply = {
      status,
      body: { message, documentation_url: DOCUMENTATION, status: String(status), ...more },
      headers,
    };
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');
export const badCredentials = (): Refusal => new Refusal(401, 'Bad credentials');
export const notAccessible = (): Refusal => new Refusal(403, 'Resource not accessible by integration');
export const suspended = (): Refusal => new Refusal(403, 'This installation has been suspended');

/** 422 with GitHub's list of what is wrong. */
export function invalid(resource: string, field: string, code: string, message?: string): Refusal {
  const error = message === undefined ? { resource, field, code } : { resource, field, code, message };
  return new Refusal(422, 'Validation Failed', { errors: [error] });
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const noContent = (): Reply => ({ status: 204 });
