// Changes to libvirt's XML that leave every other byte as it was. Each change gives a new document; elements are looked up anew in it.
export type { EditableElement, EditableXml } from './editable-xml.ts'
export { childIn, childrenIn, parseEditable } from './editable-xml.ts'
export type { Place } from './insert-remove.ts'
export { insertElement, removeElement, replaceElement } from './insert-remove.ts'
export { setAttribute, setText } from './set-in-place.ts'
export type { XmlPart } from './xml-part.ts'
export { renderPart } from './xml-part.ts'
