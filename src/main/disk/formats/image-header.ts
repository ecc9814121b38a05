/** Formats that a disk can have here. `vpc` is what QEMU calls VHD. */
export type ImageFormat = 'raw' | 'qcow2' | 'iso' | 'vmdk' | 'vhdx' | 'vpc'

/** How an image is packed. */
export type ImageCompression = 'gzip' | 'xz' | 'zstd'

/** Another file that the image names: whoever opens the image as that format opens that file too. */
export interface OutsideFile {
  /** `backing`: what a layer lies on; `data`: where the clusters of a qcow2 are; `extent`: a part of a vmdk. */
  readonly kind: 'backing' | 'data' | 'extent'
  /** As the header has it, from the image's maker: untrusted. Empty when it is not to be read. */
  readonly name: string
}

/** What the header of an image says. */
export interface ImageHeader {
  readonly kind: 'image'
  readonly format: ImageFormat
  /** Size that a machine sees. Null: that of the file, as of a raw one. */
  readonly virtualBytes: number | null
  /** The label of an installation medium. */
  readonly volumeId: string | null
  readonly outsideFiles: readonly OutsideFile[]
  readonly encrypted: boolean
}

/** What the first bytes of a file are. */
export type HeadVerdict =
  | ImageHeader
  | { readonly kind: 'compressed'; readonly compression: ImageCompression }
  /** A format that is known and not taken: `name` as QEMU or people call it. */
  | { readonly kind: 'unsupported'; readonly name: string }
  /** The format is told by its signature, and the rest is not what it says. */
  | { readonly kind: 'damaged'; readonly format: ImageFormat; readonly detail: string }

/** Makes a header of what differs from that of a plain image. Pure. */
export function createImageHeader(
  format: ImageFormat,
  differing: Partial<Omit<ImageHeader, 'kind' | 'format'>> = {},
): ImageHeader {
  return { kind: 'image', format, virtualBytes: null, volumeId: null, outsideFiles: [], encrypted: false, ...differing }
}
