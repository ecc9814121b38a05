const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether a text has the form of an id. In a file of its own: pages use it, whose first scripts build no schemas. */
export function isId(text: string): boolean {
  return ID.test(text)
}
