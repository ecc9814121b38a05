/*
 * Keys as RFB knows them: an X11 keysym, and the name of the physical key (KeyboardEvent.code), from which noVNC makes a
 * scancode for servers that take one (QEMU does).
 */

export interface Key {
  readonly keysym: number
  readonly code: string
  /** The keysym of its release, where that is another one. */
  readonly releaseKeysym?: number
}

/** A combination to send: all pressed in order, then released in reverse. The label is what stands on the keys. */
export interface KeyCombination {
  readonly id: string
  readonly label: string
  readonly keys: readonly Key[]
}

const key = (keysym: number, code: string): Key => ({ keysym, code })
const control = key(0xffe3, 'ControlLeft')
const alt = key(0xffe9, 'AltLeft')
export const shift = key(0xffe1, 'ShiftLeft')
/** AltGr, as the third level of a layout is called there. */
export const altGr = key(0xfe03, 'AltRight')
const meta = key(0xffeb, 'MetaLeft')
const functionKey = (number: number) => key(0xffbd + number, `F${number}`)

const combination = (label: string, ...keys: readonly Key[]): KeyCombination => ({
  id: label.toLowerCase().replaceAll('+', '-'),
  label,
  keys,
})

/** What cannot be typed into a window, because the system or the browser takes it. */
export const keyCombinations: readonly KeyCombination[] = [
  combination('Ctrl+Alt+Delete', control, alt, key(0xffff, 'Delete')),
  combination('Ctrl+Alt+Backspace', control, alt, key(0xff08, 'Backspace')),
  combination('Ctrl+Shift+Esc', control, shift, key(0xff1b, 'Escape')),
  combination('Ctrl+Esc', control, key(0xff1b, 'Escape')),
  combination('Alt+Tab', alt, key(0xff09, 'Tab')),
  combination('Alt+F2', alt, functionKey(2)),
  combination('Alt+F4', alt, functionKey(4)),
  combination('Super', meta),
  combination('PrintScreen', key(0xff61, 'PrintScreen')),
  combination('Pause', key(0xff13, 'Pause')),
  combination('한/영', key(0xff31, 'Lang1')),
  combination('한자', key(0xff34, 'Lang2')),
]

/** Switches to a Linux guest's virtual terminals. */
export const terminalCombinations: readonly KeyCombination[] = Array.from({ length: 12 }, (_, index) =>
  combination(`Ctrl+Alt+F${index + 1}`, control, alt, functionKey(index + 1)),
)

/** The presses and releases of a combination. */
export function strokesOf(
  keys: readonly Key[],
): readonly { readonly keysym: number; readonly code: string; readonly down: boolean }[] {
  return [
    ...keys.map(({ keysym, code }) => ({ keysym, code, down: true })),
    ...keys
      .toReversed()
      .map(({ keysym, releaseKeysym, code }) => ({ keysym: releaseKeysym ?? keysym, code, down: false })),
  ]
}
