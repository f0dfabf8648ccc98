/**
 * Texts of `<fcn-segment>` about a person's own weights: kept ones among the models, and what a file
 * that is no known net holds. English and Korean; part of texts.js.
 */

/** @type {Record<import('../../lib/i18n.js').Language, import('../../lib/i18n.js').Texts>} */
export const OWN_TEXTS = {
  en: {
    'model.page': 'This page’s model',
    'own.remove.chosen': 'Remove {name} from this device',
    'error.weights_alone': 'A list of classes (.txt, .json) or a model.json has no weights. Choose or drop it together with the weights file: .safetensors, .pth or .pt.',
    'facts.more': '{list} and {count} more',
    'facts.found': 'Found: {count} tensors: {list}.',
    'facts.found.none': 'Found: no tensors.',
    'facts.nearest': 'Nearest known net: {net}.',
    'facts.nearest.none': 'No known net is near it.',
    'facts.missing': 'Missing: {list}.',
    'facts.shapes': 'Of another shape: {name} is {got}, should be {expected}; {count} in all.',
    'facts.unexpected': 'Not part of that net: {list}.',
    'facts.unfolded': 'It looks like a checkpoint of this project’s training. Fold its batch norm away first: {command}',
    'net.fcn-reference': 'FCN of the paper’s authors (PyTorch port)',
    'net.fcn-vgg16': 'FCN of this project',
    'net.fcn-resnet50': 'torchvision’s FCN-ResNet50',
    'net.deeplabv3-resnet50': 'torchvision’s DeepLabV3-ResNet50',
    'net.vgg16-classifier': 'torchvision’s VGG16',
  },
  ko: {
    'model.page': '이 페이지의 모델',
    'own.remove.chosen': '이 기기에서 {name} 지우기',
    'error.weights_alone': '클래스 목록(.txt, .json)이나 model.json에는 가중치가 없습니다. 가중치 파일(.safetensors, .pth, .pt)과 함께 고르거나 끌어다 놓으세요.',
    'facts.more': '{list} 외 {count}개',
    'facts.found': '찾은 텐서 {count}개: {list}.',
    'facts.found.none': '찾은 텐서가 없습니다.',
    'facts.nearest': '가장 가까운 신경망: {net}.',
    'facts.nearest.none': '가까운 신경망이 없습니다.',
    'facts.missing': '없는 텐서: {list}.',
    'facts.shapes': '모양이 다른 텐서: {name}의 모양이 {got}이지만 {expected}이어야 합니다. 모두 {count}개입니다.',
    'facts.unexpected': '그 신경망에 없는 텐서: {list}.',
    'facts.unfolded': '이 프로젝트에서 학습하던 체크포인트로 보입니다. 먼저 배치 정규화를 접으세요: {command}',
    'net.fcn-reference': '논문 저자들의 FCN(PyTorch 이식판)',
    'net.fcn-vgg16': '이 프로젝트의 FCN',
    'net.fcn-resnet50': 'torchvision의 FCN-ResNet50',
    'net.deeplabv3-resnet50': 'torchvision의 DeepLabV3-ResNet50',
    'net.vgg16-classifier': 'torchvision의 VGG16',
  },
}
