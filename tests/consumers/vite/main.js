import 'fcn-lab/fcn-upsample'
import 'fcn-lab/fcn-segment'
import slim from 'fcn-lab/models/everyday-slim'

document.querySelector('fcn-segment').model = slim
