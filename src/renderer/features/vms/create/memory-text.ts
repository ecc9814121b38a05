const UNITS_MIB: Readonly<Record<string, number>> = { m: 1, g: 1_024, t: 1_048_576 }

/** The MiB of a size as people write it: "2048", "2 GiB", "1.5g". Without a unit it is MiB. Null: it is no size. Pure. */
export function parseMemoryMiB(text: string): number | null {
  const match = /^(\d{1,9}(?:[.,]\d{1,3})?)\s*(?:([mgt])(?:i?b)?)?$/i.exec(text.trim())
  if (match === null) return null
  const [, digits = '', unit = 'm'] = match
  const mib = Math.round(Number(digits.replace(',', '.')) * (UNITS_MIB[unit.toLowerCase()] ?? 1))
  return mib > 0 ? mib : null
}

/** As a person would write it: "512 MiB", "4 GiB". Pure. */
export function writeMemoryMiB(mib: number): string {
  return mib % 1_024 === 0 ? `${mib / 1_024} GiB` : `${mib} MiB`
}
