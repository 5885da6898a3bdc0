"""Write the weights of a GGUF file as vLLM takes them. Runs in vLLM's environment, not in ours.

Its arguments: the file, and the folder to write.
"""

import sys
from pathlib import Path

import torch  # type: ignore[import-not-found]
from transformers import (  # type: ignore[import-not-found]
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaForCausalLM,
)

file, folder = Path(sys.argv[1]), Path(sys.argv[2])
packed = AutoModelForCausalLM.from_pretrained(str(file.parent), gguf_file=file.name)
config = packed.config
# The weights that are written are whole numbers of bits again, and nothing may say otherwise.
if hasattr(config, "quantization_config"):
    del config.quantization_config
config.architectures = ["LlamaForCausalLM"]
model = LlamaForCausalLM(config)
model.load_state_dict(packed.state_dict())
model.to(torch.bfloat16).save_pretrained(folder)
AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name).save_pretrained(folder)
