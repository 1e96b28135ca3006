"""Messages of the released version and of this one: each side reads the other's, and what would end that is refused."""

import shutil
import subprocess
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor
from hiddenhill.v1 import events_pb2, job_service_pb2, stage_service_pb2

ROOT = Path(__file__).resolve().parents[2]
RELEASED = ROOT / "proto" / "released" / "hiddenhill.binpb"
TODAY = (events_pb2, stage_service_pb2, job_service_pb2)
TEXT = {FieldDescriptor.TYPE_STRING: "said", FieldDescriptor.TYPE_BYTES: b"said", FieldDescriptor.TYPE_BOOL: True}


def released_messages():
    """The classes of all released messages, by full name."""
    pool, files = descriptor_pool.DescriptorPool(), descriptor_pb2.FileDescriptorSet.FromString(RELEASED.read_bytes())
    for file in files.file:
        pool.Add(file)
    ours = [pool.FindFileByName(file.name) for file in files.file if file.package.startswith("hiddenhill")]
    found = [message for file in ours for message in file.message_types_by_name.values()]
    return {message.full_name: message_factory.GetMessageClass(message) for message in found}


def messages_of_today():
    found = [message for module in TODAY for message in module.DESCRIPTOR.message_types_by_name.values()]
    return {message.full_name: message_factory.GetMessageClass(message) for message in found}


def filled(kind, depth=3):
    """A message with something in every field."""
    message = kind()
    for field in kind.DESCRIPTOR.fields:
        place = getattr(message, field.name)
        if field.message_type and field.message_type.GetOptions().map_entry:
            value = field.message_type.fields_by_name["value"]
            if value.message_type:
                place["key"].SetInParent()
            else:
                place["key"] = scalar(value)
        elif field.message_type:
            target = place.add() if field.is_repeated else place
            target.SetInParent()
            if depth:
                target.CopyFrom(filled(type(target), depth - 1))
        elif field.is_repeated:
            place.append(scalar(field))
        else:
            setattr(message, field.name, scalar(field))
    return message


def scalar(field):
    if field.enum_type:
        return field.enum_type.values[-1].number
    return TEXT.get(field.type, 7)


NAMES = sorted(released_messages())


@pytest.mark.parametrize("name", NAMES)
def test_released_message_means_the_same_today(name):
    said = filled(released_messages()[name])
    heard = messages_of_today()[name].FromString(said.SerializeToString())
    assert str(heard) == str(said)  # it would show the number alone of a field that is unknown


@pytest.mark.parametrize("name", NAMES)
def test_released_version_reads_what_is_said_today(name):
    said = filled(messages_of_today()[name])
    heard = released_messages()[name].FromString(said.SerializeToString())
    for field in heard.DESCRIPTOR.fields:
        ours, theirs = getattr(said, field.name), getattr(heard, field.name)
        assert bool(ours) == bool(theirs), field.name
        if not field.message_type and not field.enum_type:
            assert ours == theirs


@pytest.fixture(scope="module")
def buf():
    """Runs the linter of the Makefile; it comes from npm."""
    makefile = (ROOT / "Makefile").read_text()
    command = next(line for line in makefile.splitlines() if line.startswith("BUF := ")).removeprefix("BUF := ").split()
    if not shutil.which(command[0]):
        pytest.skip("npx is not here")
    if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("npm did not come by buf")

    def breaking(tree):
        ran = subprocess.run([*command, "breaking", tree, "--against", RELEASED], capture_output=True, check=False)
        return ran.returncode, ran.stdout.decode()

    return breaking


def edited(tmp_path, old, new):
    tree = tmp_path / "proto"
    shutil.copytree(ROOT / "proto", tree)
    file = tree / "hiddenhill" / "v1" / "events.proto"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return tree


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("  string reason = 2;\n", "", "was deleted"),
        ("string reason = 2;", "string reason = 4;", "was deleted"),
        ("double fraction = 4;", "string fraction = 4;", "changed type"),
        ("CAUSE_RESTORED = 5;", "CAUSE_RESTORED = 6;", "was deleted"),
    ],
)
def test_change_that_breaks_a_released_message_is_refused(buf, tmp_path, old, new, why):
    code, told = buf(edited(tmp_path, old, new))
    assert code
    assert why in told


def test_field_and_value_that_are_added_are_let_in(buf, tmp_path):
    added = "string reason = 2;\n  string more = 4;\n"
    assert buf(edited(tmp_path, "string reason = 2;\n", added)) == (0, "")
    assert buf(ROOT / "proto") == (0, "")
