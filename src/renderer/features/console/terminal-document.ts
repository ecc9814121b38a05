/*
 * xterm writes its colours and sizes into <style> elements, which a strict Content-Security-Policy refuses. It lets its
 * document be replaced, so it gets one whose style elements are stand-ins: what is written into them goes into a
 * constructed style sheet, which the policy lets pass.
 */

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

/** The page's document as xterm is to see it, for its option `documentOverride`. */
export function createTerminalDocument(page: Document): Document {
  return new Proxy(page, {
    get(target, property) {
      if (property === 'createElement') {
        return (name: string, options?: ElementCreationOptions) =>
          name === 'style' ? createStyleStandIn(target) : target.createElement(name, options)
      }
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (target, property, value) => Reflect.set(target, property, value, target),
  })
}
