import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  insertElement,
  parseEditable,
  removeElement,
  renderPart,
  replaceElement,
  setAttribute,
  setText,
} from '../../../../../src/main/xml/edit/index.ts'
import { parseXml, type XmlElement, XmlError } from '../../../../../src/main/xml/xml-tree.ts'

const name = fc.constantFrom('network', 'ip', 'dns', 'host', 'x:y', 'a-b', 'mac')
const space = fc.constantFrom('', ' ', '\n', '\n  ', '\r\n\t')
const plain = fc.string({ unit: fc.constantFrom('a', 'ü', '한', '😀', ' ', '>', '/', '=', '.'), maxLength: 6 })
const aside = fc.oneof(
  plain,
  space,
  plain.map((text) => `<!-- <ip a='1'> ${text} -->`),
  plain.map((text) => `<![CDATA[<host ${text}/>]]>`),
  plain.map((text) => `<?note ${text}<dns>?>`),
  fc.constantFrom('&lt;', '&amp;', '&#10;', '&quot;'),
)
const attribute = fc
  .tuple(fc.constantFrom("'", '"'), plain, fc.constantFrom('=', ' = ', '\n='), fc.constantFrom(' ', '\n   '))
  .map(
    ([quote, value, equals, before]) =>
      (key: string) =>
        `${before}${key}${equals}${quote}${value}${quote}`,
  )
const attributes = fc
  .tuple(fc.array(attribute, { maxLength: 3 }), fc.constantFrom('', ' ', '\n'))
  .map(([list, end]) => list.map((write, index) => write(`k${index}`)).join('') + end)

/** Documents as nobody would write them: mixed quotes, comments, CDATA, instructions, lines and none. */
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(name, attributes).map(([tag, list]) => `<${tag}${list}/>`),
    fc
      .tuple(name, attributes, fc.array(fc.oneof(aside, tie('element')), { maxLength: 5 }))
      .map(([tag, list, inner]) => `<${tag}${list}>${inner.join('')}</${tag}>`),
  ),
}))
const xml = fc
  .tuple(fc.constantFrom('', '<?xml version="1.0"?>\n', '<!-- WARNING: made by <hand> -->\n'), element, space)
  .map((parts) => parts.join(''))
const documentAndElement = fc.tuple(xml, fc.nat()).map(([text, nth]) => {
  const document = parseEditable(text)
  const all = flatten(document.root)
  return { document, element: all[nth % all.length] ?? document.root }
})

function flatten(from: EditableElement): EditableElement[] {
  return [from, ...from.children.flatMap(flatten)]
}

function plainTree({ name: tag, attributes: values, text, children }: EditableElement): XmlElement {
  return { name: tag, attributes: values, text, children: children.map(plainTree) }
}

/** Everything outside the stretch is as it was, byte for byte. */
function expectRest(before: EditableXml, after: EditableXml, start: number, end: number): void {
  expect(after.text.startsWith(before.text.slice(0, start))).toBe(true)
  expect(after.text.endsWith(before.text.slice(end))).toBe(true)
}

describe('the editor of XML, of any document', () => {
  it('reads the same as the reader does, and knows where each element stands', () => {
    fc.assert(
      fc.property(documentAndElement, ({ document, element: one }) => {
        expect(plainTree(document.root)).toEqual(parseXml(document.text))
        expect(parseXml(document.text.slice(one.span.start, one.span.end))).toEqual(plainTree(one))
        for (const [key, { valueStart, valueEnd, quote }] of one.span.attributes) {
          expect(document.text[valueStart - 1]).toBe(quote)
          expect(parseXml(`<a v=${quote}${document.text.slice(valueStart, valueEnd)}${quote}/>`).attributes.v).toBe(
            one.attributes[key],
          )
        }
      }),
    )
  })

  it('sets and takes away an attribute, and touches the start tag only', () => {
    const values = fc.option(
      fc.string({ unit: fc.constantFrom('a', '"', "'", '&', '<', '\n', '\t', '한'), maxLength: 6 }),
    )
    fc.assert(
      fc.property(
        documentAndElement,
        fc.constantFrom('k0', 'k1', 'new'),
        values,
        ({ document, element: one }, key, value) => {
          const after = setAttribute(document, one, key, value)
          expectRest(document, after, one.span.nameEnd, one.span.openEnd - 1)
          const changed = flatten(after.root)[flatten(document.root).indexOf(one)]
          const { [key]: _old, ...rest } = one.attributes
          expect(changed?.attributes).toEqual(value === null ? rest : { ...rest, [key]: value })
        },
      ),
    )
  })

  it('sets a text, and touches the content only', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', '&', '<', ']]>', '\n', '한'), maxLength: 6 })
    fc.assert(
      fc.property(documentAndElement, texts, ({ document, element: one }, text) => {
        fc.pre(one.children.length === 0)
        const after = setText(document, one, text)
        expect(flatten(after.root)[flatten(document.root).indexOf(one)]?.text).toBe(text)
        const { start, end, openEnd, closeStart, isSelfClosing } = one.span
        if (isSelfClosing) expectRest(document, after, start, end)
        else expectRest(document, after, openEnd, closeStart)
      }),
    )
  })

  it('inserts an element and removes it again, and all is as it was', () => {
    fc.assert(
      fc.property(documentAndElement, fc.boolean(), fc.nat(), ({ document, element: one }, isBefore, nth) => {
        const neighbour = one.children[nth % Math.max(1, one.children.length)]
        fc.pre(neighbour !== undefined)
        if (neighbour === undefined) return
        const part = { name: 'new', attributes: { a: "'" }, content: [{ name: 'inner', content: '<' }] }
        const after = insertElement(document, one, part, isBefore ? { before: neighbour } : { after: neighbour })
        expectRest(
          document,
          after,
          isBefore ? neighbour.span.start : neighbour.span.end,
          isBefore ? neighbour.span.start : neighbour.span.end,
        )
        const added = childrenIn(flatten(after.root)[flatten(document.root).indexOf(one)] ?? null, 'new')[0]
        expect(added?.children[0]?.text).toBe('<')
        if (added !== undefined) expect(parseXml(removeElement(after, added).text)).toBeDefined()
      }),
    )
  })

  it('removes an element, and touches nothing but it and the line that it stood on', () => {
    fc.assert(
      fc.property(documentAndElement, ({ document, element: one }) => {
        fc.pre(one.parent !== null)
        const after = removeElement(document, one)
        const before = document.text.slice(0, one.span.start)
        expectRest(document, after, before.replace(/\r?\n[ \t]*$/, '').length, one.span.end)
        expect(flatten(after.root)).toHaveLength(flatten(document.root).length - flatten(one).length)
      }),
    )
  })
})

const NETWORK = `<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
  <name>lab</name>
  <ip address="10.9.8.1" prefix='24'>
    <dhcp>
      <range start='10.9.8.10' end='10.9.8.20'/>
    </dhcp>
  </ip>
  <dns/>
  <dnsmasq:options>
    <dnsmasq:option value='x=1'/> <!-- ours -->
  </dnsmasq:options>
</network>
`

describe('the editor of XML, of a document in lines', () => {
  const dhcp = (document: EditableXml) => childIn(childIn(document.root, 'ip'), 'dhcp')
  const found = (one: EditableElement | null): EditableElement => {
    if (one === null) throw new Error('not found')
    return one
  }

  it('inserts on a line of its own and leaves no empty line where it is removed again', () => {
    const before = parseEditable(NETWORK)
    const after = insertElement(before, found(dhcp(before)), {
      name: 'host',
      attributes: { mac: '52:54:00:00:00:01', ip: null },
    })
    expect(after.text).toBe(
      NETWORK.replace("end='10.9.8.20'/>\n", "end='10.9.8.20'/>\n      <host mac='52:54:00:00:00:01'/>\n"),
    )
    expect(removeElement(after, found(childIn(dhcp(after), 'host'))).text).toBe(NETWORK)
  })

  it('opens a self-closing element, and fills one that is empty', () => {
    const before = parseEditable(NETWORK)
    const after = insertElement(before, found(childIn(before.root, 'dns')), {
      name: 'forwarder',
      attributes: { addr: '1.2.3.4' },
    })
    expect(after.text).toContain("\n  <dns>\n    <forwarder addr='1.2.3.4'/>\n  </dns>\n")
    const emptied = removeElement(after, found(childIn(childIn(after.root, 'dns'), 'forwarder')))
    expect(emptied.text).toContain('\n  <dns>\n  </dns>\n')
    expect(insertElement(emptied, found(childIn(emptied.root, 'dns')), "<forwarder addr='1.2.3.4'/>").text).toBe(
      after.text,
    )
  })

  it('replaces an element where it stands, and keeps the quotes of what it changes', () => {
    const before = parseEditable(NETWORK)
    const changed = setAttribute(before, found(childIn(before.root, 'ip')), 'address', '10.9.8.254')
    expect(changed.text).toBe(NETWORK.replace('"10.9.8.1"', '"10.9.8.254"'))
    const replaced = replaceElement(changed, found(dhcp(changed)), { name: 'tftp', attributes: { root: '/srv' } })
    expect(replaced.text).toContain("prefix='24'>\n    <tftp root='/srv'/>\n  </ip>")
  })

  it('gives the document itself where nothing changes', () => {
    const document = parseEditable(NETWORK)
    expect(setAttribute(document, found(childIn(document.root, 'ip')), 'prefix', 24)).toBe(document)
    expect(setAttribute(document, document.root, 'ipv6', null)).toBe(document)
    expect(setText(document, found(childIn(document.root, 'name')), 'lab')).toBe(document)
  })

  it('refuses what cannot be written, and elements of an earlier version', () => {
    const document = parseEditable(NETWORK)
    const after = setText(document, found(childIn(document.root, 'name')), 'other')
    expect(() => setText(after, found(childIn(document.root, 'name')), 'x')).toThrow(RangeError)
    expect(() => setText(document, document.root, 'x')).toThrow(RangeError)
    expect(() => removeElement(document, document.root)).toThrow(RangeError)
    expect(() => setText(document, found(childIn(document.root, 'name')), 'a\u0000')).toThrow(XmlError)
    expect(() => setText(document, found(childIn(document.root, 'name')), '\ud800')).toThrow(XmlError)
    expect(() => insertElement(document, document.root, '<a><b></a>')).toThrow(XmlError)
    expect(() => renderPart({ name: 'a b' })).toThrow(XmlError)
  })
})
