"""`python -m gateway` serves; `python -m gateway replay` folds the stream into an emptied ledger."""

import sys

from gateway.service import main

if __name__ == "__main__":
    if sys.argv[1:] == ["replay"]:
        from chassis.settings import read_settings

        from gateway.ledger.replay import replay
        from gateway.settings import GatewaySettings

        replay(read_settings(GatewaySettings))
    else:
        sys.exit(main())
