import { expect, it } from 'vitest'
import { decideWrongLine } from '../../../src/renderer/features/vms/xml/decide-wrong-line.ts'

const xml = "<domain>\n  <name>web</name>\n  <memory unit='pounds'>1</memory>\n  <devices/>\n  <devices/>\n</domain>"

it.each([
  ['vm.xml-unreadable', { detail: '12:7: unclosed tag: os' }, 12],
  ['vm.xml-unreadable', { detail: 'document type declarations are not accepted' }, null],
  ['vm.definition-refused', { message: '(domain_definition):4: Opening and ending tag mismatch' }, 4],
  ['vm.definition-refused', { message: "unsupported unit 'pounds'" }, 3],
  ['vm.definition-refused', { message: "unexpected 'devices'" }, null],
  ['vm.definition-refused', { message: "unknown machine type 'pc-42'" }, null],
  ['vm.changed-meanwhile', { message: "unsupported unit 'pounds'" }, null],
] as const)('%s %j is about line %s', (code, params, line) => {
  expect(decideWrongLine({ code, params } as unknown as Parameters<typeof decideWrongLine>[0], xml)).toBe(line)
})
