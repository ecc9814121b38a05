export { buildDomainXml } from './build-domain-xml.ts'
export { type DomainContext, decideDomainSpec } from './decide-domain-spec.ts'
export { decidePlatform, type PlatformWish } from './decide-platform.ts'
export type { DomainSpec, NicSource, Platform } from './domain-spec.ts'
