import 'fcn-lab/fcn-upsample'
import 'fcn-lab/fcn-segment'
import slim from 'fcn-lab/models/everyday-slim'
import { useEffect, useState } from 'react'

export function Page() {
  const [step, setStep] = useState(-1)
  useEffect(() => setStep(0), [])
  return <>
    <fcn-upsample input="3" kernel="3" stride="2" lang="en" onfcn-step={({ detail }) => setStep(detail.step)} />
    <p>{step < 0 ? 'React is on its way.' : `React heard of step ${step}.`}</p>
    <fcn-segment model={slim} backend="cpu" lang="en" />
  </>
}
