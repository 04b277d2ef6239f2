"""Loads model folders with transformers (and adapter folders with peft) and compares their logits with given ones.

    load_folders.py FOLDER…

Each FOLDER has `model/`, maybe `adapter/`, and `expected.safetensors` with `ids` (I32, [tokens]) and `logits` (F32, [tokens,
vocabulary]). Prints a line `FOLDER NUMBER` for each: the largest difference. Keys that transformers or peft did not find or did
not know are an error.
"""
import os
import sys

import torch
from peft import PeftModel, get_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM


def difference(folder):
    expected = load_file(folder + "/expected.safetensors")
    model, info = AutoModelForCausalLM.from_pretrained(
        folder + "/model", dtype=torch.float32, output_loading_info=True
    )
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if info.get(kind):
            sys.exit(f"{folder}: {kind}: {info[kind]}")
    adapter = folder + "/adapter"
    if os.path.exists(adapter):
        model = PeftModel.from_pretrained(model, adapter)
        stored = load_file(adapter + "/adapter_model.safetensors")
        loaded = get_peft_model_state_dict(model)
        if stored.keys() != loaded.keys():
            sys.exit(f"{folder}: adapter keys: {sorted(stored.keys() ^ loaded.keys())}")
    model.eval()
    with torch.no_grad():
        logits = model(input_ids=expected["ids"].long()[None]).logits[0]
    return float((logits - expected["logits"]).abs().max())


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(path, difference(path))
