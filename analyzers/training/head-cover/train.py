"""
Trains a classifier of heads from nothing and writes it as ONNX. About a quarter of an hour on one core.

    /usr/bin/python3 train.py --data FOLDER --faces faces.json --out head-cover.onnx [--measure FOLDER]
    /usr/bin/python3 train.py --task hats --labels hats.json --data FOLDER --faces faces.json --out hats.onnx

`--task mouths` (the default) tells whether mouth and nose are covered, `--task hats` whether the hair is. Needs Debian's
python3-torch, python3-numpy, python3-pil and ffmpeg. `--measure` names a folder of the same shape whose look-alikes are
kept out of the training; it is never trained on, and nothing is chosen by it.
"""

import argparse
import copy
import hashlib
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import hats
import pictures

MEAN, DEVIATION = 127.5, 64.0
LEAST_LIKENESS = 0.9
TASKS = {"mouths": pictures, "hats": hats}
CHANNELS = {"mouths": (16, 32, 64, 128), "hats": (16, 24, 48, 80)}


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        return functional.relu(x + self.body(x))


def halving(before, after):
    return nn.Sequential(nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


class HeadCover(nn.Module):
    """float32 [n,3,64,64] RGB, (pixel - 127.5) / 64, to logits [n,3]: bare, covered, unseen."""

    def __init__(self, channels):
        super().__init__()
        first, second, third, fourth = channels
        self.body = nn.Sequential(
            halving(3, first),
            halving(first, second),
            Residual(second),
            halving(second, third),
            Residual(third),
            halving(third, fourth),
            Residual(fourth),
        )
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(fourth, len(pictures.CLASSES))

    def forward(self, x):
        return self.head(self.drop(self.body(x).mean((2, 3))))


class WithProbabilities(nn.Module):
    """What is exported: probabilities, at the temperature that makes them honest."""

    def __init__(self, network, temperature):
        super().__init__()
        self.network, self.temperature = network, temperature

    def forward(self, x):
        return torch.softmax(self.network(x) / self.temperature, 1)


def to_tensor(samples):
    return (torch.from_numpy(np.stack(samples)).float() - MEAN) / DEVIATION


def split(heads, share, seed):
    """Whole groups go to one side; groups that chain many pictures together stay in training."""
    groups = {}
    for head in heads:
        groups.setdefault(head.group, []).append(head)
    small = [group for group in groups.values() if len(group) <= 12]
    np.random.default_rng(seed).shuffle(small)
    held = []
    for group in small:
        if len(held) >= share * len(heads):
            break
        held += group
    kept = {id(head) for head in held}
    return [head for head in heads if id(head) not in kept], held


def held_out_set(task, held, rendered, seed):
    """The same samples each time: each held picture twice worsened, and unseen ones."""
    rng = np.random.default_rng(seed)
    samples = [task.training_sample(rng, head, held, rendered) for head in held * 2]
    return to_tensor([sample for sample, _ in samples]), torch.tensor([label for _, label in samples])


def logits_of(network, inputs):
    network.eval()
    with torch.no_grad():
        return torch.cat([network(part) for part in inputs.split(256)])


def balanced_accuracy(predicted, labels, classes):
    shares = [(predicted[labels == k] == k).float().mean().item() for k in classes if (labels == k).any()]
    return sum(shares) / len(shares)


def fit_temperature(logits, labels):
    best = min((functional.cross_entropy(logits / t, labels).item(), t) for t in np.arange(0.3, 2.5, 0.02))
    return float(best[1])


def confusion(logits, labels):
    table = np.zeros((3, 3), int)
    for truth, found in zip(labels.tolist(), logits.argmax(1).tolist()):
        table[truth, found] += 1
    return table.tolist()


def by_size(task, network, held):
    """Bare and covered heads of known size, nothing else done to them."""
    result = {}
    for side_px in (12, 16, 20, 24, 32, 40, 64):
        rng = np.random.default_rng(5)
        inputs = to_tensor([task.plain_sample(rng, head, held, side_px) for head in held])
        labels = torch.tensor([head.label for head in held])
        probabilities = logits_of(network, inputs)
        forced = probabilities[:, :2].argmax(1)
        result[side_px] = {
            "balancedAccuracy": round(balanced_accuracy(forced, labels, (0, 1)), 4),
            "unseen": round((probabilities.argmax(1) == pictures.UNSEEN).float().mean().item(), 4),
        }
    return result


def calibration(logits, labels, temperature):
    """How often it is right where it claims so much, in five steps of what it claims."""
    sure, found = torch.softmax(logits / temperature, 1).max(1)
    right = found == labels
    bins = []
    for low, high in ((0.33, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01)):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            bins.append([low, int(inside.sum()), round(sure[inside].mean().item(), 3), round(right[inside].float().mean().item(), 3)])
    return bins


def train(arguments):
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    rng = np.random.default_rng(arguments.seed)
    task = TASKS[arguments.task]
    labels = (arguments.labels,) if task is hats else ()
    heads = task.read_heads(arguments.data, arguments.faces, *labels)
    dropped = 0
    if arguments.measure:
        measured = pictures.read_heads(arguments.measure, arguments.measure_faces)
        heads, dropped = pictures.drop_known(heads, measured, LEAST_LIKENESS)
    pictures.group_by_likeness(heads, LEAST_LIKENESS)
    training, held = split(heads, 0.15, arguments.seed)
    clip = Path(__file__).parents[3] / "ingest/simulator/clips/kitchen.mp4"
    rendered = pictures.rendered_heads(clip)
    print(f"{len(training)} to train, {len(held)} held out, {dropped} dropped, {len(rendered)} rendered heads", flush=True)
    held_inputs, held_labels = held_out_set(task, held, rendered[::5], 11)

    drawn = task.drawn_from(training)
    network = HeadCover(CHANNELS[arguments.task])
    average = copy.deepcopy(network)
    weights = torch.tensor([1.0, 1.0, 1.0])
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.02)
    per_epoch = math.ceil(len(drawn) * 1.3 / arguments.batch)
    steps = per_epoch * arguments.epochs
    started, step = time.time(), 0
    for epoch in range(arguments.epochs):
        network.train()
        total = 0.0
        order = rng.permutation(len(drawn))
        order = np.concatenate([order, rng.permutation(len(drawn))])[: per_epoch * arguments.batch]
        for start in range(0, len(order), arguments.batch):
            samples = [
                task.training_sample(rng, drawn[index], training, rendered)
                for index in order[start : start + arguments.batch]
            ]
            rate = 2e-3 * min(1, step / 200) * (0.5 * (1 + math.cos(math.pi * step / steps)) + 0.005)
            for group in optimizer.param_groups:
                group["lr"] = rate
            logits = network(to_tensor([sample for sample, _ in samples]))
            labels = torch.tensor([label for _, label in samples])
            loss = functional.cross_entropy(logits, labels, weight=weights, label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
            step += 1
            keep = min(0.995, step / (step + 20))
            with torch.no_grad():
                for mine, theirs in zip(average.state_dict().values(), network.state_dict().values()):
                    if mine.dtype.is_floating_point:
                        mine.mul_(keep).add_(theirs, alpha=1 - keep)
                    else:
                        mine.copy_(theirs)
        found = logits_of(average, held_inputs).argmax(1)
        accuracy = balanced_accuracy(found, held_labels, (0, 1, 2))
        print(f"epoch {epoch + 1}: loss {total / per_epoch:.3f}, held out {accuracy:.4f}, {time.time() - started:.0f} s", flush=True)

    logits = logits_of(average, held_inputs)
    temperature = fit_temperature(logits, held_labels)
    average.eval()
    torch.onnx.export(
        WithProbabilities(average, temperature).eval(),
        torch.zeros(1, 3, pictures.SIDE_PX, pictures.SIDE_PX),
        arguments.out,
        opset_version=13,
        input_names=["heads"],
        output_names=["probabilities"],
        dynamic_axes={"heads": {0: "n"}, "probabilities": {0: "n"}},
    )
    report = {
        "sha256": hashlib.sha256(Path(arguments.out).read_bytes()).hexdigest(),
        "sizeBytes": Path(arguments.out).stat().st_size,
        "parameters": sum(p.numel() for p in network.parameters()),
        "pictures": {"training": len(training), "heldOut": len(held), "droppedAsKnown": dropped},
        "temperature": round(temperature, 2),
        "classes": pictures.CLASSES,
        "confusionHeldOut": confusion(logits, held_labels),
        "balancedAccuracyHeldOut": round(balanced_accuracy(logits.argmax(1), held_labels, (0, 1, 2)), 4),
        "bySize": by_size(task, average, held),
        "calibration": calibration(logits, held_labels, temperature),
        "seconds": round(time.time() - started),
    }
    Path(arguments.out).with_suffix(".json").write_text(json.dumps(report, indent=1))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", choices=tuple(TASKS), default="mouths")
    parser.add_argument("--labels", help="for hats: which pictures are covered and which unclear")
    parser.add_argument("--data", required=True)
    parser.add_argument("--faces", help="from find-faces.ts")
    parser.add_argument("--measure")
    parser.add_argument("--measure-faces")
    parser.add_argument("--out", default="head-cover.onnx")
    parser.add_argument("--epochs", type=int, default=18)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=3)
    train(parser.parse_args())
