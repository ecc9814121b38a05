/** Raised about what was changed outside of Virtdeck (`src/main/drift`). */
export interface DriftErrors {
  /** It was accepted already, or is as it was. */
  'drift.not-found': { driftId: string }
  /** It is another version than the one that was looked at. */
  'drift.changed-meanwhile': { name: string }
}
