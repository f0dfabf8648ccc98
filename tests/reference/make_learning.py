"""Writes fixtures/learning.json: the gradients that PyTorch's autograd gets for a transposed convolution that learns.

    python tests/reference/make_learning.py

Each case: a map, a kernel and a target of one layer (rows, columns), torch.nn.functional.mse_loss of conv_transpose2d of
the first two against the third (`loss`), and its gradients by the kernel and by the map. `limit` is 2/λ, λ being the
largest eigenvalue of the loss's Hessian by the kernel (torch.autograd.functional.hessian, torch.linalg.eigvalsh): the
learning rate above which gradient descent diverges. Some cases go on for `steps` of torch.optim.SGD at half that rate
(`learned`: the kernel and the loss then). Everything in float64.
"""

import json
import random
from pathlib import Path

import torch
import torch.nn.functional as F

from make_conv_transpose import NAMED, parameters, random_case

OUT = Path(__file__).parent / "fixtures" / "learning.json"

# Cases that learn, too: FCN's layer that doubles a map, one without overlaps, one uneven by dimension.
LEARNING = [
    ((6, 6), (4, 4), (2, 2), (1, 1), (0, 0), (1, 1)),
    ((6, 6), (2, 2), (2, 2), (0, 0), (0, 0), (1, 1)),
    ((7, 5), (3, 4), (2, 3), (1, 0), (1, 2), (1, 1)),
    ((6, 7), (3, 2), (1, 2), (1, 1), (0, 1), (2, 3)),
]
STEPS = 25


def numbers(values: torch.Tensor) -> list:
    return values.flatten().tolist()


def learning_case(case: tuple, steps: int) -> dict:
    size, kernel, stride, padding, output_padding, dilation = case
    x = torch.randint(-10, 11, size).double() / 10
    w = torch.randint(-10, 11, kernel).double() / 10

    def output(kernel: torch.Tensor, map: torch.Tensor) -> torch.Tensor:
        return F.conv_transpose2d(map[None, None], kernel[None, None], stride=stride, padding=padding,
                                  output_padding=output_padding, dilation=dilation)[0, 0]

    target = torch.randint(-10, 11, tuple(output(w, x).shape)).double() / 10
    told = {**parameters(case), "values": numbers(x), "weights": numbers(w), "target": numbers(target)}
    x.requires_grad_()
    w.requires_grad_()
    loss = F.mse_loss(output(w, x), target)
    loss.backward()
    told |= {"loss": loss.item(), "kernelGradient": numbers(w.grad), "inputGradient": numbers(x.grad)}

    x = x.detach()
    hessian = torch.autograd.functional.hessian(lambda kernel: F.mse_loss(output(kernel, x), target), w.detach())
    largest = torch.linalg.eigvalsh(hessian.reshape(w.numel(), w.numel()))[-1].item()
    # A stamp that padding trims away leaves nothing to learn.
    told["limit"] = 2 / largest if largest > 0 else None
    if steps:
        optimizer = torch.optim.SGD([w], lr=told["limit"] / 2)
        for _ in range(steps):
            optimizer.zero_grad()
            F.mse_loss(output(w, x), target).backward()
            optimizer.step()
        told["learned"] = {"steps": steps, "kernel": numbers(w.detach()),
                           "loss": F.mse_loss(output(w.detach(), x), target).item()}
    return told


def main() -> None:
    rng = random.Random(20261130)
    torch.manual_seed(20261130)
    cases = [learning_case(case, STEPS) for case in LEARNING]
    cases += [learning_case(case, 0) for case in NAMED + [random_case(rng) for _ in range(30)]]
    text = json.dumps({"torch": torch.__version__.split("+")[0], "cases": cases}, separators=(",", ":"))
    OUT.write_text(text.replace('},{"input"', '},\n{"input"') + "\n")
    print(f"{OUT.name}: {len(cases)} cases, {len(text)} bytes")


if __name__ == "__main__":
    main()
