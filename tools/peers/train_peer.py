#!/usr/bin/env python3
"""One optimizer step of PyTorch + transformers (+ PEFT) on a model folder, fp32, CPU. Prints one JSON object: cpu_s and wall_s of a
step (the mean of those after the first), rss_mb (peak of the process), loss."""
import json
import resource
import sys
import time

import torch
from transformers import AutoModelForCausalLM


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    folder, method, length, steps, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa")
    model.config.use_cache = False
    if method == "lora":
        from peft import LoraConfig, get_peft_model
        names = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32, target_modules=names))
    model.train()
    trainable = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trainable, lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    ids = torch.randint(0, model.config.vocab_size, (steps + 1, 1, length))
    for step in range(steps + 1):
        if step == 1:
            start_cpu, start_wall = cpu(), time.perf_counter()
        loss = model(input_ids=ids[step], labels=ids[step]).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trainable, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    print(json.dumps(dict(cpu_s=(cpu() - start_cpu) / steps, wall_s=(time.perf_counter() - start_wall) / steps,
                          rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, loss=float(loss))))


main()
