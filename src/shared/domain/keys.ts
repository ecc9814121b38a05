import { z } from 'zod'

/** libvirt takes no more at once (`VIR_DOMAIN_SEND_KEY_MAX_KEYS`). */
const KEYS_LIMIT = 16
const ROWS: readonly (readonly [firstCode: number, names: string])[] = [
  [1, 'esc 1 2 3 4 5 6 7 8 9 0 minus equal backspace tab'],
  [16, 'q w e r t y u i o p leftbrace rightbrace enter ctrl'],
  [30, 'a s d f g h j k l semicolon apostrophe grave shift backslash'],
  [44, 'z x c v b n m comma dot slash rightshift'],
  [56, 'alt space capslock f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 numlock scrolllock'],
  [87, 'f11 f12'],
  [97, 'rightctrl'],
  [99, 'sysrq altgr'],
  [102, 'home up pageup left right end down pagedown insert delete'],
  [119, 'pause'],
  [122, 'hangul hanja'],
  [125, 'super rightsuper'],
]

/** Linux's codes of keys (linux/input-event-codes.h), which are one of libvirt's code sets, by the names that combinations are written with. */
export const KEY_CODES: ReadonlyMap<string, number> = new Map(
  ROWS.flatMap(([firstCode, names]) => names.split(' ').map((name, index) => [name, firstCode + index] as const)),
)

/** The codes of a combination such as "Ctrl+Alt+Delete", in the order of pressing; null: it names a key that there is not. Pure. */
export function parseKeys(combination: string): readonly number[] | null {
  const codes = combination.split('+').map((name) => KEY_CODES.get(name.trim().toLowerCase()))
  return codes.length <= KEYS_LIMIT && codes.every((code) => code !== undefined) ? codes : null
}

export const keysSchema = z
  .string()
  .max(200)
  .refine((text) => parseKeys(text) !== null, 'names of keys joined by +, as ctrl+alt+delete')
