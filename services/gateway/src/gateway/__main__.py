"""`python -m gateway [serve | migrate | replay | sweep | probe | forget STAGE...]`."""

import sys

from gateway.service import main

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["migrate"]:
            from gateway.migrating import main as migrate

            sys.exit(migrate())
        case ["replay"]:
            from chassis.settings import read_settings

            from gateway.ledger.replay import replay
            from gateway.settings import GatewaySettings

            replay(read_settings(GatewaySettings))
        case ["sweep", *options]:
            from gateway.sweeping import main as sweep

            sys.exit(sweep(options))
        case ["forget", *stages] if stages:
            from gateway.forgetting import main as forget

            sys.exit(forget(stages))
        case ["probe"]:
            from gateway.probe import main as probe

            sys.exit(probe())
        case [] | ["serve"]:
            sys.exit(main())
        case _:
            sys.exit(__doc__)
