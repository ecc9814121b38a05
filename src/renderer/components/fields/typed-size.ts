const BYTES_PER_UNIT = { mib: 1_048_576, gib: 1_073_741_824, tib: 1_099_511_627_776 } as const

export type SizeUnit = keyof typeof BYTES_PER_UNIT

/** The bytes of a size that a person typed, in whole sectors; null: it is no size. A comma counts as a point. Pure. */
export function parseSize(text: string, unit: SizeUnit): number | null {
  const trimmed = text.trim().replace(',', '.')
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(trimmed)) return null
  const bytes = Math.round((Number(trimmed) * BYTES_PER_UNIT[unit]) / 512) * 512
  return bytes > 0 ? bytes : null
}

/** A size as it is typed, in the largest unit that shows it whole; else in GiB with three digits. Pure. */
export function splitSize(bytes: number): { readonly text: string; readonly unit: SizeUnit } {
  const unit = (['tib', 'gib', 'mib'] as const).find((each) => bytes % BYTES_PER_UNIT[each] === 0)
  if (unit !== undefined) return { text: String(bytes / BYTES_PER_UNIT[unit]), unit }
  return { text: String(Math.ceil((bytes / BYTES_PER_UNIT.gib) * 1_000) / 1_000), unit: 'gib' }
}
