"""`python -m sandbox --config FILE`: the outside world on this machine, for tests and demos."""

import argparse
import sys
from pathlib import Path

from pydantic import ValidationError

from sandbox.config import Config
from sandbox.server import run


def main() -> int:
    """Read the configuration and play the world until a signal; 2 when it is refused."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="JSON file of the world")
    chosen = parser.parse_args()
    try:
        config = Config.model_validate_json(chosen.config.read_bytes())
    except ValidationError as wrong:
        sys.stderr.write(f"the sandbox does not start: {wrong}\n")
        return 2
    run(config)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
