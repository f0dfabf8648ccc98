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

/**
 * 'model': the manifest's; 'native': the photo's own; or a long side in pixels.
 * @typedef {'model' | 'native' | number} Size
 */

/**
 * What a person says of a checkpoint whose tensors can't tell; what is left out is assumed. `set`: which of a file's
 * nets; `input`: how its photos are prepared ('imagenet', 'caffe', …); `form`: 'paper' or 'lecture'; `skips`: 'stages'
 * or 'atonce'. An `Assumption` lists what each can be.
 * @typedef {{set?: string, input?: string, form?: string, skips?: string}} Said
 */

/**
 * What is assumed of a checkpoint, or what there is to say of it. `about`: 'set', 'input', 'form' or 'skips', which
 * `Said` can change; 'classes', 'outputs', 'aside', 'beside', 'note', 'hint'. `options`: what `value` could be; none
 * where nothing can be chosen. `facts`: numbers and names in the sentence; `text`: the sentence, English.
 * @typedef {{about: string, value: string, options: string[], facts: Record<string, string>, text: string}} Assumption
 */

/**
 * Where a model comes from. `checkpoint`: weights without a model.json, from any program; `names`: the classes' names,
 * as src/labels reads them. `kept`: bytes that the page held on to, for a restart.
 * @typedef {{from: 'url', url: string}
 *   | {from: 'files', manifest: Blob, weights: Blob, said?: Said}
 *   | {from: 'checkpoint', name: string, weights: Blob, names: Blob | null, said?: Said}
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
 * @property {ScoreMap | null} [scores] at the working size, once they were read back: they stay where they were
 *   computed unless asked for; null above 64 MiB, or when they are gone
 * @property {number} threads that ran the net on the CPU; 1 on WebGPU
 * @property {Timings} timings
 */

/**
 * What one stage of a pass computed.
 * @typedef {object} FeatureMap
 * @property {string} name the stage's
 * @property {number} channels
 * @property {number} height
 * @property {number} width
 * @property {Float32Array<ArrayBuffer>} data [channels, height, width]
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
 * @property {number | null} meanIoU the same, as `<fcn-measure>` spells it
 * @property {number | null} frequencyWeightedIou
 * @property {number | null} frequencyWeightedIoU likewise
 * @property {number} void pixels that were left out, as their truth isn't known
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
 * @property {Float32Array<ArrayBuffer> | null} linear [classes]: the one window's, by the fully connected layers; null
 *   for several windows
 * @property {{width: number, height: number}} photo its own size, in display orientation, pixels
 * @property {{width: number, height: number}} work the size that it was scaled to: in its aspect, but stretched to 224
 *   along a side that would be shorter
 * @property {number} window side of a window, pixels of the working size
 * @property {number} stride from one window to the next, likewise
 * @property {{stage: string, channels: number, height: number, width: number}[]} shapes of the input and of every
 *   stage of the pass
 * @property {{decode: number, preprocess: number, run: number, total: number}} timings milliseconds
 */

/**
 * Where cells look along one axis: the middle of cell u lies at start + u·jump, and it sees nothing beyond this size
 * around it; Infinity: it sees everything.
 * @typedef {{size: number, jump: number, start: number}} Receptive
 */
/**
 * A stage of a pass.
 * @typedef {object} Stage
 * @property {string} name `input` for what goes in
 * @property {number[]} shape channels, rows, columns
 * @property {number} parameters numbers in the weights and biases of its layers, a batch norm folded in
 * @property {number} macs multiply-and-adds of its convolutions, as the textbook counts them
 * @property {number} bytes of its map, in f32
 * @property {Receptive} receptive where its cells look, down, in pixels of the padded working size
 * @property {Receptive} across the same across: another only where a map is resized to the photo's own size
 * @property {Layered | null} layer the one layer that makes it of another stage's map; null where several do
 * @property {number | null} ms how long it took, milliseconds; null on paper
 */
/**
 * What a layer does with a map: `crop` takes a part of it, `resized` enlarges it bilinearly.
 * @typedef {'conv' | 'pool' | 'transposed' | 'sum' | 'crop' | 'resized'} Kind
 */
/**
 * The one layer that makes a stage's map. `window`: of a transposed convolution how its kernel is laid on the map that
 * comes out; `added`: of a sum the stage of the other map; `offset`: of a crop the row and the column it begins with.
 * @typedef {{input: string, kind: Kind, window: Window, added?: string, offset?: number}} Layered
 */
/**
 * How a layer looks at its map, in cells, down as across; `padding`: zeros before the map and after it.
 * @typedef {{kernel: number, stride: number, padding: number[], dilation: number}} Window
 */
/**
 * A pixel's score of a class, split: the tail of a net is linear.
 * @typedef {object} Split
 * @property {string} stage whose map the score is of: the last of the pass to these scores
 * @property {number} score as the pass computed it, in f32
 * @property {number} sum of all shares, in f64: the score but for rounding
 * @property {number} bias what the tail itself adds: 0, for its layers have none
 * @property {SplitPart[]} parts one for each score map, coarse to fine
 */
/**
 * What one score map gave, in units of the score.
 * @typedef {object} SplitPart
 * @property {string} name `score_fr`, or the pool that was scored
 * @property {string} stage the score map's
 * @property {number} share the sum over its cells
 * @property {{row: number, column: number, share: number}[]} cells those that reach the pixel
 * @property {string} input one step further back: the stage that was scored
 * @property {number} bias what the score layer's bias gave
 * @property {number[]} channels what each channel of `input` gave; with the bias they sum to the share
 */
/**
 * What passes with dropout left on say together (Monte-Carlo dropout). Maps are [height, width] at the working size;
 * probabilities are the softmax of a pass's scores.
 * @typedef {object} Undecided
 * @property {string} variant
 * @property {number} width the working size, pixels
 * @property {number} height
 * @property {Uint8Array<ArrayBuffer>} labels the class of the largest mean probability
 * @property {Float32Array<ArrayBuffer>} mean that class' mean probability over the passes, 0..1
 * @property {Float32Array<ArrayBuffer>} spread that class' standard deviation over the passes (the root of the mean squared
 *   distance from the mean), 0..0.5; exactly 0 with one pass, or with p 0
 * @property {Float32Array<ArrayBuffer>} entropy of the mean probabilities of all classes, in nats: 0 to the logarithm of
 *   their number
 * @property {number} passes
 * @property {number} seed
 * @property {number} p the probability that a channel of fc6 or fc7 was dropped
 * @property {{open: number, passes: number, total: number}} timings milliseconds: opening the photo's pass, next to nothing
 *   where it was open already; the passes with dropout
 */
/**
 * A stage's channels, made small: means over blocks of cells.
 * @typedef {object} Sheet
 * @property {number} channels
 * @property {number} height of a small map, cells
 * @property {number} width
 * @property {Float32Array<ArrayBuffer>} data [channels, height, width]
 * @property {Float32Array<ArrayBuffer>} range [channels, 3]: least, mean and largest value of the whole map
 */
/**
 * One cell of a stage, as its layer made it.
 * @typedef {object} Made
 * @property {Kind} kind
 * @property {string} input the stage whose map went in; of a sum: the first of the two
 * @property {number[]} size rows and columns of that map
 * @property {number} channels of the window: all of the input's, or the pool's own
 * @property {Window} window
 * @property {number[]} from row and column of the window's first cell in the input's map, from 0; beyond the map where
 *   the window reaches over its edge
 * @property {{stage: string, row: number, column: number, tap: number[]}[]} places empty for a convolution and a pool; of
 *   the others the cells that it is a sum of: a transposed convolution's are those whose stamps reach it, each with the
 *   row and the column of the kernel that falls on it
 * @property {Float32Array<ArrayBuffer>} values what the window held, zeros beyond the map: [channels, kernel, kernel]; or
 *   what the places hold: [channels, places]
 * @property {Float32Array<ArrayBuffer>} weights what they are multiplied by, laid out likewise; empty for a pool
 * @property {number} bias 0 for a pool
 * @property {number} scale what the input was multiplied by first; 1 but for the at-once FCN-8s' pools
 * @property {number} sum scale · Σ values · weights + bias, in f64, or the largest of the window
 * @property {'none' | 'relu' | 'relu6' | 'hardswish' | 'hardsigmoid' | 'sigmoid'} activation what follows
 * @property {number} value the cell as the pass computed it
 */

/**
 * What a model is wanted for: `masks` (a class a pixel), `labels` (a classifier's, a window), or `any`.
 * @typedef {'masks' | 'labels' | 'any'} Gives
 */

// ---- page to worker ----

/**
 * Compile the program, or take it compiled from an earlier worker.
 * @typedef {{type: 'boot', module: WebAssembly.Module | null}} Boot
 */
/**
 * Open a back end. `takesSoftware`: whether a GPU that is really a program on the CPU will do.
 * @typedef {{type: 'open', backend: Backend, takesSoftware: boolean}} Open
 */
/**
 * Load a net beside the others. `net`: what it goes by from then on.
 * @typedef {{type: 'load', net: number, source: ModelSource, gives: Gives}} Load
 */
/** Free a net. @typedef {{type: 'drop', net: number}} Drop */
/**
 * Compute masks.
 * @typedef {object} Segment
 * @property {'segment'} type
 * @property {number} net
 * @property {Photo} photo
 * @property {string[]} variants
 * @property {Size} size
 * @property {boolean} scores whether they are wanted with the masks
 * @property {number | null} gpuLimit on the CPU because an earlier photo was too large for the GPU:
 *   the GPU's limit in bytes. A photo that fits it is answered with `fits_gpu`.
 */

/**
 * Maps of single stages. `net`, `photo`, `size`, `gpuLimit` as in {@link Segment}, and so in the next.
 * @typedef {object} Trace
 * @property {'trace'} type
 * @property {number} net
 * @property {Photo} photo
 * @property {string[]} maps names of stages
 * @property {Size} size
 * @property {number | null} gpuLimit
 */
/**
 * Scores of windows.
 * @typedef {{type: 'heatmap', net: number, photo: Photo, size: Size, shift: {x: number, y: number} | null,
 *   gpuLimit: number | null}} HeatmapRequest
 */
/**
 * A question about a photo's pass, which stays open for the next one. `key`: what the page knows the photo by; null: it
 * may have changed.
 * @typedef {{type: 'inside', net: number, photo: Photo, key: number | null, size: Size, gpuLimit: number | null,
 *   question: Question}} InsideRequest
 */
/** Pixels of the working size; without a side there is none. @typedef {{left: number, top: number, width: number, height: number}} Square */
/**
 * `at`: null for the mean over all. `isWork`: the mask has the working size, not the photo's; `x`, `y` in pixels of the working size.
 * @typedef {{ask: 'inspect'}
 *   | {ask: 'tail', variant: string, pool4: number, pool3: number, classId: number | null, isWork: boolean,
 *     scores: boolean}
 *   | {ask: 'autopsy', variant: string, classId: number, x: number, y: number}
 *   | {ask: 'uncertainty', variant: string, passes: number, seed: number, p: number}
 *   | {ask: 'covered', variant: string, classId: number, at: {x: number, y: number} | null, square: Square}
 *   | {ask: 'values', stage: string}
 *   | {ask: 'sheet', stage: string, side: number}
 *   | {ask: 'channel', stage: string, channel: number}
 *   | {ask: 'cell', stage: string, channel: number, row: number, column: number}} Question
 */
/** A net's stages on paper. @typedef {{type: 'stages', net: number, size: [number, number]}} StagesRequest */
/** Free the pass that a net keeps open. @typedef {{type: 'close', net: number}} Close */
/**
 * The scores behind a mask, if no other pass of its net came meanwhile.
 * @typedef {{type: 'scores', net: number, pass: number, variant: string}} ScoresRequest
 */
/** The kernels of an upsampling layer. @typedef {{type: 'layer', net: number, name: string}} Layer */
/**
 * One layer by itself, as the nets run it.
 * @typedef {object} TransposedRequest
 * @property {'transposed'} type
 * @property {Transposed} settings
 * @property {Float32Array<ArrayBuffer>} values
 * @property {Float32Array<ArrayBuffer>} weights
 */
/**
 * Compare label maps with their truths.
 * @typedef {{type: 'measure', classes: number, pairs: {truth: Uint8Array, prediction: Uint8Array}[]}} Measure
 */

/** @typedef {Segment | Trace | HeatmapRequest | InsideRequest} PassRequest */
/**
 * @typedef {Boot | Open | Load | Drop | PassRequest | StagesRequest | Close | ScoresRequest | Layer | TransposedRequest
 *   | Measure} Request
 */
/** @typedef {'net' | 'photo' | 'gpuLimit'} Added */
/**
 * What a photo is wanted for; the engine adds the rest.
 * @typedef {Omit<Segment, Added> | Omit<Trace, Added> | Omit<HeatmapRequest, Added>
 *   | Omit<InsideRequest, Added>} PassWish
 */
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
 * @property {Assumption[]} [assumptions] the same as data
 * @property {boolean} isCheckpoint its weights stay in the person's file, and are read from there again
 * @property {Blob | null} weights kept for a restart; null when they are too large to keep, or still in the file
 */
/** `pass`: what to ask for its scores by. @typedef {{outcome: 'masks', masks: Mask[], pass: number}} Segmented */
/**
 * `photo`: the photo's own size; `work`: the size it was scaled to, which the maps' padded size
 * begins with; all in pixels.
 * @typedef {object} Traced
 * @property {'maps'} outcome
 * @property {FeatureMap[]} maps
 * @property {{width: number, height: number}} photo
 * @property {{width: number, height: number}} work
 */
/** @typedef {{outcome: 'heatmap'} & HeatmapCells} Heatmapped */
/** The GPU could do it; see {@link Segment}. @typedef {{outcome: 'fits_gpu'}} FitsGpu */
/**
 * What is answered to each question.
 * @typedef {object} Answers
 * @property {{stages: Stage[], threads: number}} inspect threads: that ran the net on the CPU; 1 on WebGPU
 * @property {Mask & {maps: FeatureMap[]}} tail
 * @property {Split} autopsy
 * @property {Undecided} uncertainty
 * @property {{score: number}} covered
 * @property {FeatureMap} values
 * @property {Sheet} sheet
 * @property {FeatureMap} channel
 * @property {Made} cell
 */
/**
 * `photo`, `work` as in {@link Traced}.
 * @typedef {{outcome: 'inside', photo: {width: number, height: number}, work: {width: number, height: number},
 *   answer: Answers[keyof Answers]}} Answered
 */
/** @typedef {Segmented | Traced | Heatmapped | Answered | FitsGpu} Passed */

/**
 * What each request is answered with.
 * @typedef {object} Replies
 * @property {Booted} boot
 * @property {Opened} open
 * @property {Loaded} load
 * @property {{}} drop
 * @property {Segmented | FitsGpu} segment
 * @property {{scores: ScoreMap | null}} scores
 * @property {Traced | FitsGpu} trace
 * @property {Heatmapped | FitsGpu} heatmap
 * @property {Answered | FitsGpu} inside
 * @property {{stages: Stage[]}} stages
 * @property {{}} close
 * @property {UpsamplingLayer} layer
 * @property {{values: Float32Array<ArrayBuffer>}} transposed
 * @property {Measures} measure
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
