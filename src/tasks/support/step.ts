/** How one step of a lane ended. `waits` leaves the lane, with a wake-up unless GitHub has to change first. */
export type Step =
  | { readonly kind: 'settled' }
  | { readonly kind: 'waits'; readonly wakeInMs: number | null };
