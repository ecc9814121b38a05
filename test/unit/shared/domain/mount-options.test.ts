import { expect, test } from 'vitest'
import { type DomainStorage, findRefusedMountOption } from '../../../../src/shared/domain/index.ts'

const nfs: DomainStorage = { kind: 'nfs', server: 'nas', export: '/data', version: 'auto' }
const smb: DomainStorage = { kind: 'posix', path: '/data', source: '//nas/data', fileSystem: 'cifs' }
const gluster: DomainStorage = { kind: 'posix', path: '/data', source: 'nas:/data', fileSystem: 'glusterfs' }

test.each<[DomainStorage, string]>([
  [nfs, ''],
  [nfs, 'hard,nconnect=4,timeo=600,acregmin=7'],
  [nfs, 'sec=sys'],
  [smb, 'credentials=/root/nas.credentials,uid=107,gid=107,forceuid,vers=3.1.1'],
  [gluster, 'backup-volfile-servers=b:c,log-level=WARNING'],
  [{ kind: 'local', path: '/data' }, ''],
])('%j is mounted with "%s"', (storage, options) => {
  expect(findRefusedMountOption(storage, options)).toBeNull()
})

test.each<[DomainStorage, string, string, string]>([
  [smb, 'uid=107,password=hunter2', 'password', 'secret'],
  [smb, 'PASS=x', 'pass', 'secret'],
  [smb, 'username=kim', 'username', 'identity'],
  [smb, 'multiuser', 'multiuser', 'identity'],
  [nfs, 'hard, sec=krb5p', 'sec', 'identity'],
  [nfs, 'uid=0', 'uid', 'identity'],
  [nfs, 'vers=3', 'vers', 'managed'],
  [nfs, 'hard,ro', 'ro', 'managed'],
  [nfs, 'nolock', 'nolock', 'managed'],
  [gluster, 'dev', 'dev', 'managed'],
])('%j is not mounted with "%s"', (storage, options, option, why) => {
  expect(findRefusedMountOption(storage, options)).toEqual({ option, why })
})

test('what is not an option of ours is no word of the language either', () => {
  expect(findRefusedMountOption(nfs, 'constructor,__proto__')).toBeNull()
})
