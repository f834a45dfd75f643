/** A thread as a play: who says what, in order. The demo acts it out on the fake GitHub. */
export type Step =
  | { readonly by: string; readonly says: string; readonly as?: string }
  /** The author edits the comment that was named with `as`. */
  | { readonly by: string; readonly edits: string; readonly to: string };

export interface ScriptedThread {
  readonly repository: { readonly owner: string; readonly name: string };
  readonly collaborators: Readonly<Record<string, 'triage' | 'write' | 'maintain' | 'admin'>>;
  readonly author: string;
  readonly title: string;
  readonly body: string;
  readonly steps: readonly Step[];
  /** Who gives the command. */
  readonly manager: string;
  /** What the maintainer answers to the decision. */
  readonly feedback: string;
}
