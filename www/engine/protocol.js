/**
 * Every message between the page (engine.js, link.js) and the worker (worker.js), as types.
 *
 * The page asks one thing at a time and gets one `done` or `failed` for it, with any number of
 * `progress` before; `stop` may be sent while it waits. `down` comes unasked: the worker can't be
 * trusted any more and is to be ended.
 */

/** @typedef {import('../lib/errors.js').PlainError} PlainError */
/** @typedef {import('../lib/probe.js').ScoreMap} ScoreMap */

// ---- data ----

/** What really computes. @typedef {'webgpu' | 'cpu'} Backend */

/**
 * One class of a model.
 * @typedef {object} ModelClass
 * @property {number} id value in the label map; equal to its place in the list
 * @property {string} name English
 * @property {Record<string, string>} [names] by language: en, ko
 * @property {string} color '#rrggbb'
 */

/**
 * A model.json, format 1. Checked by manifest.js; fields that the engine doesn't use pass through.
 * @typedef {object} Manifest
 * @property {1} format
 * @property {string} name
 * @property {Record<string, string>} [title] by language
 * @property {string} architecture
 * @property {{variants: string[]} & Record<string, unknown>} config
 * @property {ModelClass[]} classes
 * @property {{long_side: number, max_long_side: number} & Record<string, unknown>} input sizes in pixels
 * @property {{path: string, bytes: number, sha256: string}[]} files paths relative to the manifest
 * @property {unknown} [metrics]
 * @property {unknown} [data]
 * @property {unknown} [license]
 */

/**
 * What the back end runs on, for the badge.
 * @typedef {object} AdapterFacts
 * @property {string} name for people; 'CPU' on the CPU
 * @property {string} vendor as the browser says it; '' where it says nothing
 * @property {string} architecture
 * @property {string} description
 * @property {boolean} software a WebGPU adapter that is really a program on the CPU
 * @property {{maxStorageBufferBindingSize: number, maxBufferSize: number}} limits bytes; 0 on the CPU
 */

/** A photo on its way to the worker. @typedef {Blob | ImageBitmap} Photo */

/** 'model': the manifest's; 'native': the photo's own; or a long side in pixels. @typedef {'model' | 'native' | number} Size */

/**
 * Where a model comes from. `checkpoint`: weights without a model.json, from any program; `names`: the classes' names,
 * as a JSON list or a line each. `kept`: bytes that the page held on to, for a restart.
 * @typedef {{from: 'url', url: string}
 *   | {from: 'files', manifest: Blob, weights: Blob}
 *   | {from: 'checkpoint', name: string, weights: Blob, names: Blob | null}
 *   | {from: 'kept', manifest: Uint8Array, url: string | null, weights: Blob | null}} ModelSource
 */

/**
 * Milliseconds. With several variants, all but `mask` are shared by them.
 * @typedef {object} Timings
 * @property {number} decode reading and decoding the file
 * @property {number} preprocess scaling to the working size
 * @property {number} run the net
 * @property {number} mask enlarging the scores and taking the best class
 * @property {number} total
 */

/**
 * One mask.
 * @typedef {object} Mask
 * @property {string} variant
 * @property {number} width the photo's, display orientation, pixels
 * @property {number} height
 * @property {Uint8Array<ArrayBuffer>} labels [height, width] class ids
 * @property {ScoreMap | null} [scores] at the working size, once they were read back: they stay where they were computed
 *   unless asked for; null above 64 MiB, or when they are gone
 * @property {number} threads that ran the net on the CPU; 1 on WebGPU
 * @property {Timings} timings
 */

/**
 * What one stage of a pass computed. `data`: [channels, height, width].
 * @typedef {{name: string, channels: number, height: number, width: number, data: Float32Array<ArrayBuffer>}} FeatureMap
 */

/**
 * A transposed convolution of a net. `weights`: PyTorch's layout [inputs, outputs, rows, columns];
 * pairs are rows, columns, in pixels.
 * @typedef {{name: string, inputs: number, outputs: number, kernel: [number, number], stride: [number, number],
 *   padding: [number, number], weights: Float32Array<ArrayBuffer>}} UpsamplingLayer
 */

/**
 * Settings of a transposed convolution of one map, each rows, then columns, in cells.
 * @typedef {{input: [number, number], kernel: [number, number], stride: [number, number], padding: [number, number],
 *   outputPadding: [number, number], dilation: [number, number]}} Transposed
 */

/**
 * How a label map agrees with the truth; see src/metrics.rs. Scores are 0..1, null where nothing is
 * labelled (in `iou`: where a class occurs in neither).
 * @typedef {object} Measures
 * @property {number} classes
 * @property {number[]} confusion pixels, row-major: truth, prediction
 * @property {number | null} pixelAccuracy
 * @property {number | null} meanAccuracy
 * @property {(number | null)[]} iou by class
 * @property {number | null} meanIou
 * @property {number | null} frequencyWeightedIou
 */

/**
 * Scores of every 224×224 window of a photo. Cell (row, column) is of the window whose left top pixel is
 * (stride·column, stride·row) of the photo at its working size; no window reaches beyond that. It is what the
 * classifier gives for that crop, but for the crop's border: there the classifier sees zeros, and a window of a larger
 * photo sees its neighbours, up to 90 pixels around. So on 224×224 pixels the one cell is the label, exactly.
 * @typedef {object} HeatmapCells
 * @property {number} width cells
 * @property {number} height
 * @property {Float32Array<ArrayBuffer>} scores [height, width, classes], before any softmax
 * @property {Float32Array<ArrayBuffer> | null} linear [classes]: the one window's, by the fully connected layers; null for several windows
 * @property {{width: number, height: number}} photo its own size, in display orientation, pixels
 * @property {{width: number, height: number}} work the size that it was scaled to: in its aspect, but stretched to 224
 *   along a side that would be shorter
 * @property {number} window side of a window, pixels of the working size
 * @property {number} stride from one window to the next, likewise
 * @property {{stage: string, channels: number, height: number, width: number}[]} shapes of the input and of every stage of the pass
 * @property {{decode: number, preprocess: number, run: number, total: number}} timings milliseconds
 */

/** What a model is wanted for: `masks` (a class a pixel), `labels` (a classifier's, a window), or `any`. @typedef {'masks' | 'labels' | 'any'} Gives */

// ---- page to worker ----

/** Compile the program, or take it compiled from an earlier worker. @typedef {{type: 'boot', module: WebAssembly.Module | null}} Boot */
/** Open a back end. @typedef {{type: 'open', backend: Backend}} Open */
/** Load a model; the former one stays until the new one stands. @typedef {{type: 'load', source: ModelSource, gives: Gives}} Load */
/**
 * Compute masks.
 * @typedef {object} Segment
 * @property {'segment'} type
 * @property {Photo} photo
 * @property {string[]} variants
 * @property {Size} size
 * @property {boolean} scores whether they are wanted with the masks
 * @property {number | null} gpuLimit on the CPU because an earlier photo was too large for the GPU:
 *   the GPU's limit in bytes. A photo that fits it is answered with `fits_gpu`.
 */

/**
 * Maps of single stages. `photo`, `size`, `gpuLimit` as in {@link Segment}.
 * @typedef {object} Trace
 * @property {'trace'} type
 * @property {Photo} photo
 * @property {string[]} maps names of stages
 * @property {Size} size
 * @property {number | null} gpuLimit
 */
/** Scores of windows; `photo`, `size`, `gpuLimit` as in {@link Segment}. @typedef {{type: 'heatmap', photo: Photo, size: Size, gpuLimit: number | null}} HeatmapRequest */
/** The scores behind a mask, if no other pass came meanwhile. @typedef {{type: 'scores', pass: number, variant: string}} ScoresRequest */
/** The kernels of an upsampling layer. @typedef {{type: 'layer', name: string}} Layer */
/**
 * One layer by itself, as the nets run it.
 * @typedef {{type: 'transposed', settings: Transposed, values: Float32Array<ArrayBuffer>, weights: Float32Array<ArrayBuffer>}} TransposedRequest
 */

/** Compare label maps with their truths. @typedef {{type: 'measure', classes: number, pairs: {truth: Uint8Array, prediction: Uint8Array}[]}} Measure */

/** @typedef {Boot | Open | Load | Segment | ScoresRequest | Trace | HeatmapRequest | Layer | TransposedRequest | Measure} Request */
/** What a photo is wanted for; the engine adds the photo. @typedef {Omit<Segment, 'photo' | 'gpuLimit'> | Omit<Trace, 'photo' | 'gpuLimit'> | Omit<HeatmapRequest, 'photo' | 'gpuLimit'>} PassWish */
/** @typedef {{type: 'stop', id: number}} Stop */
/** @typedef {(Request & {id: number}) | Stop} ToWorker */

// ---- worker to page ----

/** @typedef {{module: WebAssembly.Module}} Booted */
/** @typedef {{adapter: AdapterFacts}} Opened */
/**
 * @typedef {object} Loaded
 * @property {Manifest} manifest
 * @property {Uint8Array} manifestBytes
 * @property {string[]} notes what a checkpoint's tensors don't tell, and what is assumed; English
 * @property {boolean} isCheckpoint its weights stay in the person's file, and are read from there again
 * @property {Blob | null} weights kept for a restart; null when they are too large to keep, or still in the file
 */
/** `pass`: what to ask for its scores by. @typedef {{outcome: 'masks', masks: Mask[], pass: number} | {outcome: 'fits_gpu'}} Segmented */
/**
 * `photo`: the photo's own size; `work`: the size it was scaled to, which the maps' padded size
 * begins with; all in pixels.
 * @typedef {{outcome: 'maps', maps: FeatureMap[], photo: {width: number, height: number}, work: {width: number, height: number}}} Traced
 */
/** @typedef {{outcome: 'heatmap'} & HeatmapCells} Heatmapped */
/** @typedef {Segmented | Traced | Heatmapped} Passed */

/**
 * What each request is answered with.
 * @typedef {{boot: Booted, open: Opened, load: Loaded, segment: Segmented, scores: {scores: ScoreMap | null}, trace: Traced | {outcome: 'fits_gpu'}, heatmap: Heatmapped | {outcome: 'fits_gpu'},
 *   layer: UpsamplingLayer, transposed: {values: Float32Array<ArrayBuffer>}, measure: Measures}} Replies
 */

/**
 * `loaded` and `total` in bytes.
 * @typedef {{phase: 'download' | 'prepare', loaded: number, total: number}} LoadProgress
 */
/**
 * `index` of `total` steps are done; `stage` names the latest.
 * @typedef {{phase: 'decode' | 'run' | 'mask', stage: string, index: number, total: number}} SegmentProgress
 */
/** @typedef {LoadProgress | SegmentProgress} Progress */

/**
 * @typedef {{type: 'done', id: number, reply: Replies[keyof Replies]}
 *   | {type: 'failed', id: number, error: PlainError}
 *   | {type: 'progress', id: number, progress: Progress}
 *   | {type: 'down', error: PlainError}} FromWorker
 */

export {}
