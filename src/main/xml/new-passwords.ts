import { childIn, childrenIn, parseEditable, setAttribute } from './edit/index.ts'
import { MASK } from './without-secrets.ts'

/**
 * A definition whose screens have passwords of their own in place of those that `withoutSecrets` masked: one that everybody can read is none. Throws
 * XmlError. Pure but for `makePassword`.
 */
export function withNewPasswords(xml: string, makePassword: () => string): string {
  let document = parseEditable(xml)
  const find = () =>
    childrenIn(childIn(document.root, 'devices'), 'graphics').find(({ attributes }) => attributes.passwd === MASK)
  for (let screen = find(); screen !== undefined; screen = find()) {
    document = setAttribute(document, screen, 'passwd', makePassword())
  }
  return document.text
}
