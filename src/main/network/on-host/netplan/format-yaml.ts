/** What a netplan file can hold. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue }

/**
 * Plain data as YAML 1.1 in block style, which netplan's parser reads. Texts are quoted as in JSON wherever another reading is possible: `yes`, `1e3`, `12:30`.
 * Pure.
 */
export function formatYaml(value: YamlValue): string {
  return typeof value === 'object' && value !== null ? block(value, '') : `${scalar(value)}\n`
}

function block(value: readonly YamlValue[] | { readonly [key: string]: YamlValue }, indent: string): string {
  if (Array.isArray(value)) {
    const items: readonly YamlValue[] = value
    return items
      .map((item) => (isFilled(item) ? `${indent}- ${nested(item, indent)}` : `${indent}- ${scalar(item)}\n`))
      .join('')
  }
  return Object.entries(value as { readonly [key: string]: YamlValue })
    .map(([key, item]) => {
      const head = `${indent}${plainOrQuoted(key)}:`
      return isFilled(item) ? `${head}\n${block(item, `${indent}  `)}` : `${head} ${scalar(item)}\n`
    })
    .join('')
}

/** In a list, the first line of what an item holds stands behind its dash. */
function nested(item: readonly YamlValue[] | { readonly [key: string]: YamlValue }, indent: string): string {
  return block(item, `${indent}  `).slice(indent.length + 2)
}

function isFilled(value: YamlValue): value is readonly YamlValue[] | { readonly [key: string]: YamlValue } {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function scalar(value: YamlValue): string {
  if (Array.isArray(value)) return '[]'
  if (typeof value === 'object' && value !== null) return '{}'
  return typeof value === 'string' ? plainOrQuoted(value) : String(value)
}

const NOT_TEXT = /^(y|n|yes|no|on|off|true|false|null|~)$/i

function plainOrQuoted(text: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(text) && !NOT_TEXT.test(text) ? text : JSON.stringify(text)
}
