import { expect, it } from 'vitest'
import { AppError, fromWireError, toWireError } from '../../../../src/shared/errors/index.ts'

it('an error crosses the wire and back with all that it says', () => {
  const error = new AppError(
    'vm.busy',
    { name: 'web-01', job: 'save' },
    { subject: 'web-01', hostId: 'h', retry: 'safe', cause: new Error('state change lock') },
  )
  const wire = toWireError(error, 'c-1')
  expect(wire).toEqual({
    code: 'vm.busy',
    params: { name: 'web-01', job: 'save' },
    subject: 'web-01',
    hostId: 'h',
    retry: 'safe',
    correlationId: 'c-1',
    technical: ['AppError: vm.busy {"name":"web-01","job":"save"}', 'Error: state change lock'],
  })
  expect(toWireError(fromWireError(wire))).toMatchObject({ code: 'vm.busy', params: wire.params, retry: 'safe' })
})

it('what is thrown by a bug is `internal`, whatever it is', () => {
  for (const thrown of [new TypeError('x is undefined'), 'a string', null, undefined, 7]) {
    expect(toWireError(thrown)).toMatchObject({ code: 'internal', retry: 'never' })
  }
})

it('a text that a host sent does not grow what is stored and shown without bound', () => {
  const message = 'x'.repeat(4_000_000)
  const params = { procedure: 'DOMAIN_CREATE', libvirtCode: 1, libvirtDomain: 10, message, level: 2 }
  const error = new AppError('libvirt.call-failed', params, { cause: new Error(message) })
  const wire = toWireError(error)
  expect(wire.params).toMatchObject({ procedure: 'DOMAIN_CREATE', libvirtCode: 1, message: 'x'.repeat(4_000) })
  expect(JSON.stringify(wire).length).toBeLessThan(10_000)
  expect(error.params.message).toBe(message)
})

it('a chain of causes that goes in a circle ends', () => {
  const error = new Error('outer')
  error.cause = error
  expect(toWireError(error).technical.length).toBeLessThan(20)
})
