"""`python -m gateway` serves; `python -m gateway replay` folds the stream into an emptied ledger."""

import sys

from gateway.service import main

if __name__ == "__main__":
    if sys.argv[1:] == ["replay"]:
        from gateway.ledger.replay import replay
        from gateway.settings import GatewaySettings

        replay(GatewaySettings())  # type: ignore[call-arg]  # from the environment
    else:
        sys.exit(main())
