import type { VmDefinitionEdit } from '../../../shared/domain/index.ts'
import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  insertElement,
  removeElement,
  replaceElement,
  setAttribute,
} from '../../xml/index.ts'

type GraphicsKind = NonNullable<VmDefinitionEdit['graphics']>
type VideoModel = NonNullable<VmDefinitionEdit['video']>

/** What only some models have. */
const MODEL_ATTRIBUTES = ['ram', 'vram', 'vram64', 'vgamem']

/** The document with another server for its screen, on the host's loopback alone, or with none. Pure. */
export function editGraphics(document: EditableXml, kind: GraphicsKind): EditableXml {
  const servers = childrenIn(devicesOf(document), 'graphics')
  const isSpice = servers.some(({ attributes }) => attributes.type === 'spice')
  // What is carried by SPICE is refused without it.
  let changed = isSpice && kind !== 'spice' ? withoutSpice(document) : document
  if (kind === 'none') {
    for (;;) {
      const server = childIn(devicesOf(changed), 'graphics')
      if (server === null) return changed
      changed = removeElement(changed, server)
    }
  }
  const listen = { name: 'listen', attributes: { type: 'address', address: '127.0.0.1' } }
  const part = { name: 'graphics', attributes: { type: kind, autoport: 'yes' }, content: [listen] }
  const server = childIn(devicesOf(changed), 'graphics')
  return server === null ? insertElement(changed, devicesOf(changed), part) : replaceElement(changed, server, part)
}

/** The document with another model of its first video card. Pure. */
export function editVideo(document: EditableXml, model: VideoModel): EditableXml {
  const part = { name: 'video', content: [{ name: 'model', attributes: { type: model } }] }
  const video = childIn(devicesOf(document), 'video')
  if (video === null) return insertElement(document, devicesOf(document), part)
  const there = childIn(video, 'model')
  // None of them has an address.
  if (model === 'none' || there === null || there.attributes.type === 'none') {
    return replaceElement(document, video, part)
  }
  const find = (at: EditableXml) => childIn(childIn(devicesOf(at), 'video'), 'model')
  let changed = setAttribute(document, there, 'type', model)
  for (const name of MODEL_ATTRIBUTES) {
    const element = find(changed)
    if (element !== null) changed = setAttribute(changed, element, name, null)
  }
  const acceleration = childIn(find(changed), 'acceleration')
  return acceleration === null ? changed : removeElement(changed, acceleration)
}

function withoutSpice(document: EditableXml): EditableXml {
  const isCarried = ({ name, attributes }: EditableElement) =>
    (['channel', 'redirdev', 'smartcard'].includes(name) && attributes.type === 'spicevmc') ||
    (name === 'audio' && attributes.type === 'spice')
  const carried = devicesOf(document).children.find(isCarried)
  return carried === undefined ? document : withoutSpice(removeElement(document, carried))
}

/** Every domain has them: libvirt writes no definition without. */
function devicesOf({ root }: EditableXml): EditableElement {
  return childIn(root, 'devices') ?? root
}
