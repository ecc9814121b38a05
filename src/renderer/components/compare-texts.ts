const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** As people sort: whatever the case, "node2" before "node10". Pure. */
export function compareTexts(a: string, b: string): number {
  return collator.compare(a, b)
}
