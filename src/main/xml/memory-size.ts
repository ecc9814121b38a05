import type { XmlElement } from './xml-tree.ts'

const BYTES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    b: 1,
    byte: 1,
    bytes: 1,
    kb: 1_000,
    k: 1_024,
    kib: 1_024,
    mb: 1_000_000,
    m: 1_024 ** 2,
    mib: 1_024 ** 2,
    gb: 1_000_000_000,
    g: 1_024 ** 3,
    gib: 1_024 ** 3,
    tb: 1_000_000_000_000,
    t: 1_024 ** 4,
    tib: 1_024 ** 4,
  }),
)

/** KiB of an element such as `<memory unit='MiB'>512</memory>`; KiB where no unit stands. Null when it says no size. */
export function parseMemoryKiB(element: XmlElement | null): number | null {
  const text = element?.text.trim() ?? ''
  if (!/^\d{1,18}$/.test(text)) return null
  const unit = (element?.attributes.unit ?? 'KiB').toLowerCase()
  const bytes = BYTES.get(unit)
  return bytes === undefined ? null : Math.ceil((Number(text) * bytes) / 1_024)
}
