import type { FcnSegment } from 'fcn-lab/fcn-segment'
import type { FcnUpsample } from 'fcn-lab/fcn-upsample'
import type { DetailedHTMLProps, HTMLAttributes } from 'react'

/** All of an element's properties, as they are or as an attribute has them, and its events. */
type Tag<E> = DetailedHTMLProps<HTMLAttributes<E>, E>
  & { [Name in Exclude<keyof E, keyof HTMLElement>]?: E[Name] | string }
  & { [event: `onfcn-${string}`]: ((event: CustomEvent) => void) | undefined }

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'fcn-segment': Tag<FcnSegment>
      'fcn-upsample': Tag<FcnUpsample>
    }
  }
}
