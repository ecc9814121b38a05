/*
 * xterm writes its colours and sizes into <style> elements and style attributes, which a strict Content-Security-Policy
 * refuses; it has no option for that. What goes through the CSSOM the policy lets pass, so this leads xterm there.
 */

/** An element to be written into as if it were a <style>: its text becomes a constructed style sheet of the page. */
function createStyleStandIn(page: Document): HTMLElement {
  const sheet = new CSSStyleSheet()
  page.adoptedStyleSheets.push(sheet)
  const element = page.createElement('template')
  let text = ''
  Object.defineProperty(element, 'textContent', {
    get: () => text,
    set: (value: string) => {
      text = value
      sheet.replaceSync(value)
    },
  })
  element.remove = () => {
    page.adoptedStyleSheets = page.adoptedStyleSheets.filter((other) => other !== sheet)
    Element.prototype.remove.call(element)
  }
  return element
}

/** Runs `open`, in which xterm makes its style elements, with stand-ins for them. */
export function withStyleStandIns(page: Document, open: () => void): void {
  const create: (this: Document, name: string, options?: ElementCreationOptions) => HTMLElement =
    Document.prototype.createElement
  const replaced = (name: string, options?: ElementCreationOptions) =>
    name === 'style' ? createStyleStandIn(page) : create.call(page, name, options)
  try {
    Object.defineProperty(page, 'createElement', { configurable: true, value: replaced })
    open()
  } finally {
    // The prototype's own is seen again.
    Reflect.deleteProperty(page, 'createElement')
    letSpansTakeStyles()
  }
}

/** Cells of 24-bit colour and of corrected contrast get a style attribute, on a span: set through the CSSOM from now on. */
function letSpansTakeStyles(): void {
  if (Object.hasOwn(HTMLSpanElement.prototype, 'setAttribute')) return
  HTMLSpanElement.prototype.setAttribute = function setAttribute(name: string, value: string) {
    if (name === 'style') this.style.cssText = value
    else Element.prototype.setAttribute.call(this, name, value)
  }
}
