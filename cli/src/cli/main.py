"""The `hiddenhill` command: a client of the gateway. Only `paper` works alone, and `up` starts the stack itself."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click
from chassis.errors import Error, SourceError, UsageError

from cli import options

EXIT_USAGE, EXIT_SOURCE, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_TERMINATED = 2, 3, 4, 130, 143


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hiddenhill-cli", prog_name="hiddenhill")
def cli() -> None:
    """A scientific paper in, a short vertical video out."""


@cli.command()
@click.argument("source")
@options.output
@options.video
@options.at_gateway
@options.as_json
def make(source: str, output: Path | None, address: Any, *, as_json: bool, **wish: Any) -> None:
    """Make the video of SOURCE: a PMID, PMCID, DOI, arXiv id, URL, or a .xml (JATS), .pdf or .docx file."""
    from cli import making  # noqa: PLC0415 - HTTP and progress bars are not loaded for `paper`

    result = making.make(source, output, _wished(wish), address, quiet=as_json)
    click.echo(json.dumps(result) if as_json else result["video"])


@cli.command()
@click.argument("source")
def paper(source: str) -> None:
    """Print the parsed paper as one JSON object."""
    from cli import reading  # noqa: PLC0415 - as above

    sys.stdout.write(reading.read(source))


@cli.command()
def up() -> None:
    """Start the whole stack here, print its address, run until Ctrl-C."""
    from cli.stack import Stack, default_home  # noqa: PLC0415 - as above

    with Stack(default_home()) as stack:
        click.echo(f"Hidden Hill is ready at {stack.gateway_url}/register?code={stack.access_code}  (Ctrl-C stops it)")
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            threading.Event().wait()
        click.echo("stopping")


@cli.command()
@click.option("--state", default="", help="Only jobs in this state.")
@options.at_gateway
@options.as_json
def jobs(state: str, address: Any, *, as_json: bool) -> None:
    """List your jobs, newest first."""
    from cli.gateway import gateway  # noqa: PLC0415 - as above

    with gateway(address) as client:
        found = client.jobs(state)
    if as_json:
        click.echo(json.dumps({"jobs": found}))
        return
    for job in found:
        click.echo(f"{job['id']}  {job['state']:<9}  {job.get('title') or job.get('source') or ''}")


@cli.command()
@click.argument("job")
@options.output
@options.at_gateway
@options.as_json
def retry(job: str, output: Path | None, address: Any, *, as_json: bool) -> None:
    """Set a failed, stalled or cancelled JOB going again from where it stopped."""
    from cli import making  # noqa: PLC0415 - as above

    _tell(making.again(job, output, lambda client: client.retry(job), address, quiet=as_json), as_json=as_json)


@cli.command()
@click.argument("job")
@click.argument("dollars", type=click.FloatRange(0, 1000))
@options.output
@options.at_gateway
@options.as_json
def budget(job: str, dollars: float, output: Path | None, address: Any, *, as_json: bool) -> None:
    """Let JOB cost so many DOLLARS in all; it goes on where it failed for want of money."""
    from cli import making  # noqa: PLC0415 - as above

    _tell(
        making.again(job, output, lambda client: client.budget(job, dollars), address, quiet=as_json), as_json=as_json
    )


@cli.command()
@click.argument("job")
@options.at_gateway
def cancel(job: str, address: Any) -> None:
    """Stop JOB."""
    from cli.gateway import gateway  # noqa: PLC0415 - as above

    with gateway(address) as client:
        client.cancel(job)


@cli.command()
@click.argument("job")
@click.argument("scene", type=click.IntRange(min=1))
@click.option("--text", help="What is to be said in the scene.")
@click.option("--headline", help="What is to stand above it.")
@click.option("--accept", is_flag=True, help="What the paper does not support is said as your own words, and labelled.")
@options.output
@options.at_gateway
@options.as_json
def edit(job: str, scene: int, output: Path | None, address: Any, *, as_json: bool, **changes: Any) -> None:
    """Change what is said in a SCENE of JOB; only what depends on it is made again.

    What you changed is held against the paper before it is spoken.
    """
    from cli import making  # noqa: PLC0415 - as above

    wanted = {key: value for key, value in changes.items() if value not in (None, False)}
    if not wanted:
        raise UsageError("usage.edit", "Nothing to change: give --text, --headline or --accept.")
    result = making.again(job, output, lambda client: client.edit(job, scene, wanted), address, quiet=as_json)
    _tell(result, as_json=as_json)


@cli.command()
@click.argument("source")
@options.video
@click.option("--review", is_flag=True, help="Wait with voice and pictures until the script is approved.")
@click.option("--key", default="", help="Idempotency key: the same within a day answers the job it started before.")
@options.at_gateway
@options.as_json
def submit(source: str, key: str, address: Any, *, as_json: bool, **wish: Any) -> None:
    """Start a job on SOURCE and print its id, without waiting for the video."""
    from cli import remote  # noqa: PLC0415 - as above

    job = remote.submit(source, _wished(wish), key, address, quiet=as_json)
    click.echo(json.dumps(job) if as_json else job["id"])


@cli.command()
@click.argument("job")
@options.at_gateway
@click.option("--json", "as_json", is_flag=True, help="Print each event as a line of JSON.")
def watch(job: str, address: Any, *, as_json: bool) -> None:
    """Show the progress of JOB until it ends, or waits for its script to be approved."""
    from cli import remote  # noqa: PLC0415 - as above

    found = remote.watch(job, address, click.echo if as_json else None)
    if not as_json:
        click.echo(found["state"])


@cli.command()
@click.argument("job")
@click.argument("artifacts", nargs=-1)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@options.at_gateway
@options.as_json
def download(job: str, artifacts: tuple[str, ...], output: Path | None, address: Any, *, as_json: bool) -> None:
    """Write the video of JOB and its sidecars, or these ARTIFACTS of it, such as `srt` or `scene.2.segment`."""
    from cli import remote  # noqa: PLC0415 - as above

    paths = remote.fetch(job, artifacts, output, address)
    click.echo(json.dumps(paths) if as_json else "\n".join(paths[name] for name in artifacts or ("video",)))


@cli.command()
@click.argument("job")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Draw it into an .svg or .html file."
)
@options.at_gateway
@options.as_json
def trace(job: str, output: Path | None, address: Any, *, as_json: bool) -> None:
    """Show how JOB spent its time: which step worked when, what it waited for, and the critical path."""
    from cli import timelines  # noqa: PLC0415 - as above

    found = timelines.fetch(job, address)
    if output:
        timelines.write(found, output)
    if as_json:
        click.echo(found.model_dump_json())
    else:
        click.echo(str(output) if output else "\n".join(timelines.lines(found, shutil.get_terminal_size().columns)))


@cli.command()
@click.argument("job")
@options.output
@options.at_gateway
@options.as_json
def approve(job: str, output: Path | None, address: Any, *, as_json: bool) -> None:
    """Have the video made of JOB, whose script was to be looked at first."""
    from cli import making  # noqa: PLC0415 - as above

    _tell(making.again(job, output, lambda client: client.approve(job), address, quiet=as_json), as_json=as_json)


@cli.command()
@click.argument("job")
@options.at_gateway
def delete(job: str, address: Any) -> None:
    """Delete JOB and all that it made."""
    from cli.gateway import gateway  # noqa: PLC0415 - as above

    with gateway(address) as client:
        client.delete(job)


@cli.command()
@options.as_json
def providers(*, as_json: bool) -> None:
    """Say which paid providers the settings of this environment can use, and why not; asking costs nothing."""
    from cli import providers as asked  # noqa: PLC0415 - as above

    found = asked.found()
    click.echo(
        json.dumps({"providers": [each.as_json() for each in found]}) if as_json else "\n".join(asked.lines(found))
    )


@cli.command()
@click.argument("email")
@options.at_gateway
def admin(email: str, address: Any) -> None:
    """Make the registered user with this EMAIL an administrator."""
    from cli.gateway import gateway  # noqa: PLC0415 - as above
    from cli.rest import Rest  # noqa: PLC0415 - as above

    with gateway(address) as client:
        if not isinstance(client, Rest):
            raise UsageError("usage.url", "Administration goes over REST; give the gateway's http(s):// address.")
        client.make_admin(email)
    click.echo(f"{email} is an administrator now")


def _wished(wish: dict[str, Any]) -> dict[str, Any]:
    """The options as a gateway takes them: what was not said is empty."""
    return {name: "" if value is None else value for name, value in wish.items()}


def _tell(result: dict[str, Any], *, as_json: bool) -> None:
    click.echo(json.dumps(result) if as_json else result.get("video") or result["job"])


def main() -> None:
    """Run the command and exit: 0 done, 2 usage, 3 the source is unusable, 4 a stage failed."""
    as_json = "--json" in sys.argv
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_TERMINATED))  # so that a stack started here is stopped
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        sys.exit(_fail("usage.command", error.format_message(), EXIT_USAGE, as_json=as_json))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(EXIT_INTERRUPTED)
    except Error as error:
        sys.exit(_fail(error.code, error.message, exit_code(error), as_json=as_json))
    sys.exit(code or 0)


def exit_code(error: Error) -> int:
    """Exit code for an error; those that came over the wire are known by their code."""
    if isinstance(error, UsageError) or error.code.startswith("usage."):
        return EXIT_USAGE
    if isinstance(error, SourceError) or error.code.startswith("source."):
        return EXIT_SOURCE
    return EXIT_FAILED


def _fail(code: str, message: str, status: int, *, as_json: bool) -> int:
    sentence = " ".join(message.split())
    click.echo(f"error: {code}: {sentence}", err=True)
    if as_json:
        click.echo(json.dumps({"error": {"code": code, "message": sentence}}))
    return status
