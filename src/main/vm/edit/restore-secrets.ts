import { MASK, withoutSecrets } from '../../xml/index.ts'

/**
 * A definition that a person wrote over one whose secrets were masked: where a line is as it was shown, it is what it stands for. Null: a
 * mask stands elsewhere, or could stand for several. Throws XmlError. Pure.
 */
export function restoreSecrets(written: string, stored: string): string | null {
  if (!written.includes(MASK)) return written
  const originals = stored.split('\n').map((line) => line.trim())
  const meant = new Map<string, string | null>()
  for (const [index, shown] of withoutSecrets(stored).split('\n').entries()) {
    const [line, original = ''] = [shown.trim(), originals[index]]
    meant.set(line, (meant.get(line) ?? original) === original ? original : null)
  }
  const lines: string[] = []
  for (const line of written.split('\n')) {
    const text = line.trim()
    const original = line.includes(MASK) ? (meant.get(text) ?? null) : text
    if (original === null) return null
    lines.push(line.replace(text, () => original))
  }
  return lines.join('\n')
}
