"""read_checkpoint.py -- reads a checkpoint by docs/ddpm.md alone (Python's own library only), checks
the seal and the cover, and evaluates the network at one point: an independent second reader.
usage: read_checkpoint.py FILE X_1 ... X_D T"""
import hashlib, json, math, struct, sys

data = open(sys.argv[1], "rb").read()
n = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + n])
meta = header.pop("__metadata__")
assert meta["format"] == "ddpm-lessons" and meta["version"] == "1"
seal = meta["sha256"].encode()
assert hashlib.sha256(data.replace(seal, b"0" * 64, 1)).hexdigest().encode() == seal, "seal"

codes = {"F16": "e", "F32": "f", "F64": "d", "I64": "q", "U64": "Q"}
tensor, at = {}, 0
for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    begin, end = entry["data_offsets"]
    count = math.prod(entry["shape"])
    assert begin == at, "cover"
    tensor[name] = struct.unpack("<%d%s" % (count, codes[entry["dtype"]]), data[8 + n + begin:8 + n + end])
    at = end
assert 8 + n + at == len(data), "cover"

# The network: h = (x | emb(t)), then layers with SiLU between them.
x, t = [float(v) for v in sys.argv[2:-1]], int(sys.argv[-1])
size = int(meta["embed"])
assert meta["model"] == "mlp" and meta["embedding"] == "sinusoidal" and meta["activation"] == "silu"
w = [10000.0 ** (-j / (size // 2 - 1)) for j in range(size // 2)]
h = x + [math.sin(t * v) for v in w] + [math.cos(t * v) for v in w]
for layer in range(int(meta["depth"]) + 1):
    weight, bias = tensor["layers.%d.weight" % layer], tensor["layers.%d.bias" % layer]
    if layer > 0:
        h = [z / (1.0 + math.exp(-z)) for z in h]
    h = [b + sum(weight[i * len(h) + j] * h[j] for j in range(len(h))) for i, b in enumerate(bias)]
print("step", meta["step"], "of", meta["steps"], "output", *("%.4f" % v for v in h))
