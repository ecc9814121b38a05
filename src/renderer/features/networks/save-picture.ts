import { saveFile } from '../../components/save-file.ts'

/** Sharp on a screen with two dots a pixel. */
const PNG_SCALE = 2
const NAMESPACE = 'http://www.w3.org/2000/svg'
const STYLES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-family',
  'font-size',
  'font-weight',
] as const

/** The picture as a file of its own: with its colours in it, and without the links of the page. */
function serialize(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const originals = [svg, ...svg.querySelectorAll('*')]
  for (const [index, element] of [copy, ...copy.querySelectorAll('*')].entries()) {
    const original = originals[index]
    if (original === undefined) continue
    const computed = getComputedStyle(original)
    for (const name of STYLES) element.setAttribute(name, computed.getPropertyValue(name))
    element.removeAttribute('class')
    element.removeAttribute('href')
  }
  const paper = document.createElementNS(NAMESPACE, 'rect')
  paper.setAttribute('width', '100%')
  paper.setAttribute('height', '100%')
  paper.setAttribute('fill', getComputedStyle(document.body).backgroundColor)
  copy.prepend(paper)
  copy.setAttribute('xmlns', NAMESPACE)
  return new XMLSerializer().serializeToString(copy)
}

/** Saves the picture as vectors. */
export function saveSvg(svg: SVGSVGElement, name: string): void {
  saveFile(new Blob([serialize(svg)], { type: 'image/svg+xml' }), `${name}.svg`)
}

/** Saves the picture as pixels. Rejects when the browser cannot paint it. */
export async function savePng(svg: SVGSVGElement, name: string): Promise<void> {
  const { width, height } = svg.viewBox.baseVal
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(serialize(svg))}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = width * PNG_SCALE
  canvas.height = height * PNG_SCALE
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  const pixels = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png')
  })
  if (pixels !== null) saveFile(pixels, `${name}.png`)
}
