import { expect, test } from 'vitest'
import { parseGuestAges } from '../../../../src/main/hosts/guest-ages.ts'

const UUID = 'cccccccc-0000-4000-8000-000000000003'

test('seconds and UUIDs are read, whatever a shell prints around them', () => {
  const text = `Welcome!\n  1260 ${UUID.toUpperCase()}\r\n12 nonsense\n-5 ${UUID.replace('c', 'd')}\n`
  expect([...parseGuestAges(text)]).toEqual([[UUID, 1_260_000]])
  expect(parseGuestAges('').size).toBe(0)
})
