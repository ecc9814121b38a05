import { expect } from 'vitest'
import { labTest } from './fixture.ts'

const it = labTest({ hosts: 1 })
const addresses: string[] = []

it('gives a test the lab of its file', async ({ lab }) => {
  addresses.push(lab.host.address)
  expect((await lab.host.exec('hostname')).stdout.trim()).toBe('node1.lab')
})

it('gives the next test of the file the same lab', async ({ lab }) => {
  expect(addresses).toEqual([lab.host.address])
})
