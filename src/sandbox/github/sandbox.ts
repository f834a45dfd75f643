import type { AppIdentity } from './model.ts';
import type { State } from './state.ts';
import type { Webhooks } from './webhooks/deliver.ts';

/** What every part of the fake GitHub works on. */
export interface Sandbox {
  readonly state: State;
  readonly app: AppIdentity;
  readonly webhooks: Webhooks;
  /** Base URL of the REST API, without a slash at the end. */
  readonly api: string;
  /** Base URL of the pages people see, which appears in `html_url`; nothing is served there. */
  readonly html: string;
}
