"""`python -m gateway [serve | migrate | replay | sweep | verify | reseal | probe | forget STAGE...]`."""

import sys

from chassis.errors import Error, UsageError

from gateway.service import main

if __name__ == "__main__":
    try:
        match sys.argv[1:]:
            case ["migrate"]:
                from gateway.migrating import main as migrate

                sys.exit(migrate())
            case ["replay", *options]:
                from gateway.replaying import main as replay

                sys.exit(replay(options))
            case ["sweep", *options]:
                from gateway.sweeping import main as sweep

                sys.exit(sweep(options))
            case ["reseal"]:
                from gateway.resealing import main as reseal

                sys.exit(reseal())
            case ["verify", *options]:
                from gateway.verifying import main as verify

                sys.exit(verify(options))
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
    except Error as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - its output
        sys.exit(2 if isinstance(error, UsageError) else 1)
