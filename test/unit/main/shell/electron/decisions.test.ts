import { describe, expect, it } from 'vitest'
import { decideAsset } from '../../../../../src/main/shell/electron/app-protocol.ts'
import { decideKeyStore } from '../../../../../src/main/shell/electron/decide-key-store.ts'
import { decidePermission } from '../../../../../src/main/shell/electron/decide-permission.ts'
import { decideWindowOpen } from '../../../../../src/main/shell/electron/decide-window-open.ts'
import { isTrustedSender } from '../../../../../src/main/shell/electron/harden.ts'
import { isOwnAddress } from '../../../../../src/main/shell/electron/origin.ts'
import { decideBounds, parseWindowState } from '../../../../../src/main/shell/electron/window-state.ts'

const VM = '4dea22b3-1d52-48f3-9516-782e98ab3fa0'

describe('an address of the app', () => {
  it.each([
    ['app://virtdeck/index.html', true],
    ['app://virtdeck/', true],
    ['app://virtdeck.example/index.html', false],
    ['app://other/index.html', false],
    ['app://user@virtdeck/', false],
    ['http://virtdeck/index.html', false],
    ['file:///index.html', false],
    ['about:blank', false],
    ['', false],
    ['javascript:alert(1)', false],
  ])('%s: %s', (address, expected) => {
    expect(isOwnAddress(address)).toBe(expected)
  })
})

describe('a file of the window', () => {
  const files = new Set(['index.html', 'console.html', 'assets/index-1.js', 'a b.svg'])
  it.each([
    ['app://virtdeck/', 'index.html'],
    ['app://virtdeck/index.html', 'index.html'],
    ['app://virtdeck/console.html?vm=x', 'console.html'],
    ['app://virtdeck/assets/index-1.js', 'assets/index-1.js'],
    ['app://virtdeck/a%20b.svg', 'a b.svg'],
    ['app://virtdeck/../../etc/passwd', null],
    ['app://virtdeck/%2e%2e/%2e%2e/etc/passwd', null],
    ['app://virtdeck/..%2f..%2fetc%2fpasswd', null],
    ['app://virtdeck/%', null],
    ['app://virtdeck/missing.js', null],
    ['app://other/index.html', null],
  ])('%s is %s', (address, expected) => {
    expect(decideAsset(address, files)).toBe(expected)
  })
})

describe('a new window that a page asks for', () => {
  const console = (kind: string) => ({
    key: `${kind}/${VM}`,
    address: `app://virtdeck/console.html?vm=${VM}&kind=${kind}`,
  })
  const shell = { key: `shell/${VM}`, address: `app://virtdeck/console.html?host=${VM}&kind=shell` }
  it.each([
    ['about:blank', `virtdeck-console-graphics-${VM}`, console('graphics')],
    ['about:blank', `virtdeck-console-serial-${VM}`, console('serial')],
    [`app://virtdeck/console.html?vm=${VM}&kind=serial`, '', console('serial')],
    [`app://virtdeck/console.html?vm=${VM}`, '', console('graphics')],
    [`app://virtdeck/console.html?vm=${VM}&kind=serial&evil=1#x`, '', console('serial')],
    ['about:blank', `virtdeck-console-shell-${VM}`, shell],
    [`app://virtdeck/console.html?host=${VM}&kind=shell&vm=x`, '', shell],
    [`app://virtdeck/console.html?vm=${VM}&kind=shell`, '', null],
    ['about:blank', 'anything', null],
    ['about:blank', 'virtdeck-console-graphics-../../x', null],
    ['app://virtdeck/index.html', '', null],
    ['app://virtdeck/console.html?vm=nonsense', '', null],
    [`app://virtdeck/console.html?vm=${VM}&kind=other`, '', null],
    [`https://example.com/console.html?vm=${VM}`, '', null],
    ['javascript:alert(1)', `virtdeck-console-graphics-${VM}`, null],
  ])('%s in %s', (address, name, expected) => {
    expect(decideWindowOpen(address, name)).toEqual(expected)
  })
})

describe('a permission', () => {
  it.each([
    ['clipboard-sanitized-write', 'app://virtdeck/', true],
    ['fullscreen', 'app://virtdeck/console.html', true],
    ['keyboardLock', 'app://virtdeck/console.html', true],
    ['clipboard-sanitized-write', 'https://example.com/', false],
    ['clipboard-read', 'app://virtdeck/', false],
    ['media', 'app://virtdeck/', false],
    ['geolocation', 'app://virtdeck/', false],
    ['openExternal', 'app://virtdeck/', false],
    ['something-new', 'app://virtdeck/', false],
  ])('%s for %s: %s', (permission, address, expected) => {
    expect(decidePermission(permission, address)).toBe(expected)
  })
})

describe('the sender of a message', () => {
  type Frame = Parameters<typeof isTrustedSender>[0]['senderFrame']
  const frame = (url: string, parent: unknown = null) => ({ url, parent }) as unknown as Frame
  it.each<[string, Frame, boolean]>([
    ['a top frame of ours', frame('app://virtdeck/index.html'), true],
    ['a frame within', frame('app://virtdeck/index.html', {}), false],
    ['somebody else', frame('https://example.com/'), false],
    ['a frame that has gone', null, false],
  ])('%s: %#', (_title, sender, expected) => {
    expect(isTrustedSender({ senderFrame: sender })).toBe(expected)
  })
})

describe('the system’s key store', () => {
  it.each([
    ['linux', true, 'gnome_libsecret', 'system'],
    ['linux', true, 'kwallet6', 'system'],
    ['linux', true, 'basic_text', 'basic-text'],
    ['linux', true, 'unknown', 'basic-text'],
    ['linux', false, 'gnome_libsecret', 'unavailable'],
    ['darwin', true, '', 'system'],
    ['win32', true, '', 'system'],
    ['win32', false, '', 'unavailable'],
  ] as const)('on %s, available %s, by %s: %s', (platform, available, backend, expected) => {
    expect(decideKeyStore(platform, available, backend)).toBe(expected)
  })
})

describe('where the window comes up', () => {
  const screen = { x: 0, y: 0, width: 1_920, height: 1_040 }
  const second = { x: 1_920, y: -200, width: 1_280, height: 1_000 }
  const at = (x: number, y: number, width = 1_000, height = 700) => ({ x, y, width, height })
  it.each([
    ['where it was', at(100, 50), [screen], at(100, 50)],
    ['on the second screen', at(2_000, -150), [screen, second], at(2_000, -150)],
    ['centred when that screen has gone', at(2_000, -150), [screen], undefined],
    ['where enough of it can be seen', at(1_800, 900), [screen], at(1_800, 900)],
    ['centred when too little of it can be seen', at(1_850, 100), [screen], undefined],
    ['centred when its upper edge is above the screen', at(100, -100), [screen], undefined],
    ['centred when its upper edge is below the screen', at(100, 1_030), [screen], undefined],
    ['not smaller than it can be used', at(100, 50, 10, 10), [screen], at(100, 50, 800, 500)],
    ['centred the first time', null, [screen], undefined],
    ['centred without a screen', at(0, 0), [], undefined],
  ])('%s', (_title, bounds, areas, expected) => {
    expect(decideBounds(bounds, areas)).toEqual(expected)
  })

  it.each(['', '{', 'null', '[]', '{"bounds":{"x":"a"}}', '{"maximized":"yes"}'])('is as if new after %j', (text) => {
    expect(parseWindowState(text)).toEqual({ bounds: null, maximized: false, keyFileNoticeShown: false })
  })
})
