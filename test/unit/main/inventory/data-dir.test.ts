import { describe, expect, it } from 'vitest'
import { type DataDirOptions, resolveDataDir } from '../../../../src/main/inventory/index.ts'

const cases: readonly [string, Partial<DataDirOptions>, string][] = [
  ['Linux without XDG', {}, '/home/ann/.local/share/virtdeck'],
  ['Linux with XDG', { env: { XDG_DATA_HOME: '/data' } }, '/data/virtdeck'],
  ['Linux with a relative XDG', { env: { XDG_DATA_HOME: 'data' } }, '/home/ann/.local/share/virtdeck'],
  ['Linux with an empty XDG', { env: { XDG_DATA_HOME: '' } }, '/home/ann/.local/share/virtdeck'],
  ['macOS', { platform: 'darwin', homeDir: '/Users/ann' }, '/Users/ann/Library/Application Support/Virtdeck'],
  [
    'Windows',
    { platform: 'win32', homeDir: 'C:\\Users\\ann', env: { APPDATA: 'D:\\Roaming' } },
    'D:\\Roaming\\Virtdeck',
  ],
  [
    'Windows without APPDATA',
    { platform: 'win32', homeDir: 'C:\\Users\\ann' },
    'C:\\Users\\ann\\AppData\\Roaming\\Virtdeck',
  ],
  ['an absolute --data-dir', { override: '/srv/v', env: { XDG_DATA_HOME: '/data' } }, '/srv/v'],
  ['a relative --data-dir', { override: 'D' }, '/work/here/D'],
  ['an empty --data-dir', { override: '' }, '/home/ann/.local/share/virtdeck'],
]

describe('resolveDataDir', () => {
  it.each(cases)('with %s', (_name, options, expected) => {
    expect(resolveDataDir({ env: {}, platform: 'linux', homeDir: '/home/ann', cwd: '/work/here', ...options })).toBe(
      expected,
    )
  })
})
