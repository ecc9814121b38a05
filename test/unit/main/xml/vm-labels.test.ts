import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildLabels, LABELS_NAMESPACE, parseDomain } from '../../../../src/main/xml/index.ts'
import { sortTags, vmFolderSchema, vmTagSchema } from '../../../../src/shared/domain/index.ts'

const labelsOf = (metadata: string) => {
  const { tags, folder } = parseDomain(
    `<domain type='kvm'><name>web</name><uuid>6f2a5c1e-0000-4000-8000-00000000d41f</uuid><metadata>${metadata}</metadata></domain>`,
  )
  return { tags, folder }
}
const ours = (content: string) => `<virtdeck:labels xmlns:virtdeck="${LABELS_NAMESPACE}">${content}</virtdeck:labels>`

test.each([
  ['', [], null],
  ['<labels><tag>none of ours</tag></labels>', [], null],
  ['<x:labels xmlns:x="urn:other"><x:tag>no</x:tag></x:labels>', [], null],
  [`<labels xmlns="${LABELS_NAMESPACE}"><tag>b</tag><tag>a</tag></labels>`, ['a', 'b'], null],
  [ours('<virtdeck:tag>b</virtdeck:tag><virtdeck:folder>A/B</virtdeck:folder>'), ['b'], 'A/B'],
  [
    ours('<virtdeck:tag>two words</virtdeck:tag><virtdeck:tag>x</virtdeck:tag><virtdeck:tag>X</virtdeck:tag>'),
    ['x'],
    null,
  ],
  [ours(`<virtdeck:folder>${'a/'.repeat(9)}</virtdeck:folder>`), [], null],
])('of the metadata %j the tags are %j and the folder is %j', (metadata, tags, folder) => {
  expect(labelsOf(metadata)).toEqual({ tags, folder })
})

test('more than a machine may have are cut off', () => {
  const many = Array.from({ length: 100 }, (_tag, index) => `<virtdeck:tag>t${index}</virtdeck:tag>`)
  expect(labelsOf(ours(many.join(''))).tags).toHaveLength(32)
})

test('what is written is read as it was, with the namespace that libvirt adds to it', () => {
  expect(buildLabels({ tags: [], folder: null })).toBeNull()
  const tag = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => {
    const parsed = vmTagSchema.safeParse(text)
    return parsed.success && parsed.data === text
  })
  const folder = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).map((text) => {
    const parsed = vmFolderSchema.safeParse(text)
    return parsed.success ? parsed.data : 'A & <B>'
  })
  const tags = fc.uniqueArray(tag, { maxLength: 8, selector: (text) => text.toLowerCase() }).map(sortTags)
  fc.assert(
    fc.property(tags, folder, (written, path) => {
      const xml = buildLabels({ tags: written, folder: path }) ?? ''
      const withNamespace = xml.replace('<labels', `<labels xmlns="${LABELS_NAMESPACE}"`)
      expect(labelsOf(withNamespace)).toEqual({ tags: written, folder: path })
    }),
    { numRuns: 50 },
  )
})
