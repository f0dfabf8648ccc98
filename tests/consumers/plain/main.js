import 'fcn-lab/elements/fcn-upsample.js'
import 'fcn-lab/elements/fcn-segment.js'
import slim from 'fcn-lab/models/everyday-slim/index.js'

document.querySelector('fcn-segment').model = slim
