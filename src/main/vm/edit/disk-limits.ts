import { DISK_LIMIT_ELEMENTS, type DiskLimitField, type DiskLimits } from '../../../shared/domain/index.ts'
import {
  childIn,
  type EditableElement,
  insertElement,
  parseEditable,
  removeElement,
  replaceElement,
  type XmlPart,
} from '../../xml/index.ts'
import { findDevice } from './change-devices.ts'

/**
 * A definition, or a disk alone, whose disk has these limits and no others; elsewhere it is the same text. Bursts and groups that somebody
 * else has set go with the limits that they belong to. Throws XmlError. Pure.
 */
export function changeLimits(xml: string, target: string, limits: DiskLimits): string {
  const document = parseEditable(xml)
  const disk = document.root.name === 'disk' ? document.root : findDevice(document, { target })
  if (disk === null || isLimited(disk, limits)) return xml
  const there = childIn(disk, 'iotune')
  const part = limitsPart(limits)
  if (part === null) return there === null ? xml : removeElement(document, there).text
  return (there === null ? insertElement(document, disk, part) : replaceElement(document, there, part)).text
}

/** Has the disk these limits and no others? Null: the definition has no such disk. Throws XmlError. Pure. */
export function hasLimits(xml: string, target: string, limits: DiskLimits): boolean | null {
  const disk = findDevice(parseEditable(xml), { target })
  return disk === null ? null : isLimited(disk, limits)
}

function isLimited(disk: EditableElement, limits: DiskLimits): boolean {
  const set = (childIn(disk, 'iotune')?.children ?? []).filter(({ text }) => text.trim() !== '0')
  const wanted = entriesOf(limits)
  return (
    set.length === wanted.length &&
    wanted.every(([name, value]) => set.some((each) => each.name === name && each.text.trim() === String(value)))
  )
}

function limitsPart(limits: DiskLimits): XmlPart | null {
  const entries = entriesOf(limits)
  if (entries.length === 0) return null
  return { name: 'iotune', content: entries.map(([name, content]) => ({ name, content })) }
}

function entriesOf(limits: DiskLimits): readonly (readonly [string, number])[] {
  const fields = Object.keys(DISK_LIMIT_ELEMENTS) as DiskLimitField[]
  return fields.flatMap((field) => {
    const value = limits[field]
    return value === null || value === undefined ? [] : [[DISK_LIMIT_ELEMENTS[field], value] as const]
  })
}
