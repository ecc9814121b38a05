/** X11's keysyms that are no characters, of the keys that people press in consoles. */
const KEYSYMS: Readonly<Record<number, string>> = {
  65288: 'Backspace',
  65289: 'Tab',
  65293: 'Enter',
  65307: 'Esc',
  65361: 'Left',
  65362: 'Up',
  65363: 'Right',
  65364: 'Down',
  65505: 'Shift',
  65506: 'Shift',
  65507: 'Ctrl',
  65508: 'Ctrl',
  65513: 'Alt',
  65514: 'Alt',
  65535: 'Delete',
}
const FIRST_FUNCTION_KEY = 65_470
const FUNCTION_KEYS = 12

/** Linux' key codes, of those that are sent by themselves (`virDomainSendKey`). */
const KEY_CODES: Readonly<Record<number, string>> = {
  29: 'Ctrl',
  56: 'Alt',
  111: 'Delete',
  14: 'Backspace',
  28: 'Enter',
}

/** What a key is called on the screen. Pure. */
export function nameKeysym(keysym: number): string {
  if (keysym > 0x20 && keysym < 0x7f) return String.fromCharCode(keysym)
  if (keysym === 0x20) return 'Space'
  const place = keysym - FIRST_FUNCTION_KEY
  if (place >= 0 && place < FUNCTION_KEYS) return `F${place + 1}`
  return KEYSYMS[keysym] ?? '?'
}

/** The same of a key code. Pure. */
export function nameKeyCode(code: number): string {
  return KEY_CODES[code] ?? `Key ${code}`
}
