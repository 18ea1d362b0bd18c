"""Our cell broadcast pages, read by a decoder that nobody here wrote: pycrate (TS 23.038, TS 23.041, S1AP, NGAP).

Usage: check.py PROGRAM. Makes CAP messages of many lengths, levels, languages and worlds, has the program make pages of them, and reads those
with pycrate. Prints a line for each check and closes with `N passed, N failed`.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile
import xml.sax.saxutils

from pycrate_asn1dir import NGAP, S1AP
from pycrate_mobile.TS23038 import CBS_DCS, decode_7b, encode_7b
from pycrate_mobile.TS23041_CBS import CBS_MessageId_dict

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))
from checks import COUNTS, check  # noqa: E402

UK = "Повітряна тривога у Конотопській громаді, пройдіть в укриття: її, ґанок, є №5 «10» "
EN = "Air raid alert in Konotop: go to a shelter [now] {or} ^sooner^ ~5 | \\ €100 @home £ß Ω "
LENGTHS = [1, 6, 7, 8, 39, 40, 41, 79, 80, 81, 92, 93, 94, 185, 186, 187, 300, 599, 600, 601, 1000, 1394, 1395, 1396, 3000]


def message(infos, status="Actual", severity="Extreme", urgency="Immediate", certainty="Likely"):
    """A CAP message; `infos` are languages and headlines."""
    info = "".join(
        f"<info><language>{tag}</language><category>Security</category><event>e</event><urgency>{urgency}</urgency>"
        f"<severity>{severity}</severity><certainty>{certainty}</certainty><expires>2026-11-28T03:00:00-00:00</expires>"
        f"<headline>{xml.sax.saxutils.escape(words)}</headline></info>"
        for tag, words in infos
    )
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>urn:m.1</identifier><sender>s</sender>'
        f"<sent>2026-11-28T02:00:00-00:00</sent><status>{status}</status><msgType>Alert</msgType><scope>Public</scope>{info}</alert>"
    )


def encode(program, text, *options):
    """The program's actions."""
    with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        command = [program, "cbs", "encode", file.name, "--json", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def coding(octet):
    """What pycrate says of a data coding scheme."""
    scheme = CBS_DCS()
    scheme.from_bytes(bytes([octet]))
    return scheme.show()


def septets(octets):
    """Words of septets. pycrate drops one @ or CR at the end itself; a page that is not full may have had that one for padding."""
    return decode_7b(octets)


def read(octets, scheme):
    """Words and language of warning message contents, by pycrate's alphabets and the standard's layout."""
    count, cells = octets[0], octets[1:]
    assert 1 <= count <= 15 and len(cells) == count * 83, (count, len(cells))
    words, languages = "", set()
    for at in range(count):
        page, used = cells[at * 83 : at * 83 + 82], cells[at * 83 + 82]
        assert 0 < used <= 82
        if scheme == 0x11:
            languages.add(decode_7b(page[:2]))
            words += page[2:used].decode("utf-16-be")
            assert page[used:] == b"\0\r" * ((82 - used) // 2)
        else:
            said = septets(page[:used])
            if scheme == 0x10:
                languages.add(said[:2])
                assert said[2] == "\r"
                said = said[3:]
            words += said
    assert len(languages) <= 1, languages
    return words, languages.pop() if languages else None


def asn1(message):
    """pycrate's own S1AP and NGAP take the message's parts and give them back."""
    told = message["message"]
    bits = lambda number, count: (number, count)  # noqa: E731
    for module, name in ((S1AP.S1AP_IEs, "S1AP"), (NGAP.NGAP_IEs, "NGAP")):
        values = {
            "MessageIdentifier": bits(message["messageIdentifier"], 16),
            "SerialNumber": bits(message["serialNumber"], 16),
            "DataCodingScheme": bits(told["dataCodingScheme"], 8),
            "WarningMessageContents": bytes.fromhex(told["contents"]),
        }
        for part, value in values.items():
            kind = getattr(module, part)
            kind.set_val(value)
            packed = kind.to_aper()
            kind.reset_val()
            kind.from_aper(packed)
            assert kind.get_val() == value, (name, part)


def one(action, headline, tag):
    """What pycrate reads is what was said, in the header too."""
    told = action["message"]
    contents = bytes.fromhex(told["contents"])
    words, language = read(contents, told["dataCodingScheme"])
    assert words == told["text"], (words, told["text"])
    assert language in (None, tag)
    shortened = any(note.startswith("shortened") for note in action["notes"])
    if shortened:
        end = "…" if told["dataCodingScheme"] == 0x11 else "..."
        assert words.endswith(end) and headline.startswith(words.removesuffix(end)) and contents[0] >= 14
    else:
        assert words == headline
    for number, page in enumerate(told["gsm"], 1):
        octets = bytes.fromhex(page)
        assert len(octets) == 88
        assert int.from_bytes(octets[:2], "big") == action["serialNumber"]
        assert int.from_bytes(octets[2:4], "big") == action["messageIdentifier"]
        assert octets[4] == told["dataCodingScheme"] and octets[5] == number << 4 | contents[0]
        assert octets[6:] == contents[1 + (number - 1) * 83 :][:82]
    asn1(action)
    return shortened


def lengths(program):
    """Both alphabets at every length, and whether exactly what does not fit is shortened."""
    for tag, words, scheme, room in (("uk", UK, 0x11, 600), ("en", EN, 0x01, None), ("pl", EN, 0x10, None)):
        for length in LENGTHS:
            # pycrate takes an @ at the end for padding; a text that ends with it is our own tests' affair.
            text = (words * 60)[:length].rstrip(" @").rstrip() or "a"
            text = text[:-1] + "x" if text[-1] in "@" else text

            def act(text=text, tag=tag, scheme=scheme, room=room):
                (action,) = encode(program, message([(tag, text)]))
                assert action["message"]["dataCodingScheme"] == scheme
                shortened = one(action, text, tag)
                if room:
                    assert shortened == (len(text) > room)

            check(f"{tag}, {len(text)} characters", act)


def levels(program):
    """Levels by CAP's values, and exercises, in pycrate's words."""
    cases = [
        ("Extreme", "Immediate", "Observed"),
        ("Extreme", "Immediate", "Likely"),
        ("Extreme", "Expected", "Observed"),
        ("Extreme", "Expected", "Likely"),
        ("Severe", "Immediate", "Observed"),
        ("Severe", "Immediate", "Likely"),
        ("Severe", "Expected", "Observed"),
        ("Severe", "Expected", "Likely"),
    ]
    for severity, urgency, certainty in cases:

        def act(severity=severity, urgency=urgency, certainty=certainty):
            text = message([("uk", "Тривога"), ("en", "Alert")], "Actual", severity, urgency, certainty)
            national, additional = encode(program, text)
            meant = CBS_MessageId_dict[national["messageIdentifier"]]
            words = f"Severity of {severity}, Urgency of {urgency}, and Certainty of {certainty}"
            assert words in meant and "additional" not in meant, meant
            assert CBS_MessageId_dict[additional["messageIdentifier"]] == f"{meant} for additional languages"

        check(f"{severity}, {urgency}, {certainty}", act)

    def exercise():
        for action in encode(program, message([("uk", "Тривога"), ("en", "Alert")], "Exercise"), "--level", "1"):
            meant = CBS_MessageId_dict[action["messageIdentifier"]]
            assert meant.startswith("CMAS CBS for CMAS Exercise"), meant
            words, _ = read(bytes.fromhex(action["message"]["contents"]), action["message"]["dataCodingScheme"])
            assert words.startswith(("НАВЧАННЯ. ", "EXERCISE. ")), words

    check("an exercise, also when level 1 is asked for", exercise)

    def first():
        action = encode(program, message([("uk", "Тривога")]), "--level", "1")[0]
        assert "Presidential" in CBS_MessageId_dict[action["messageIdentifier"]]

    check("level 1 when it is asked for", first)


def schemes(program):
    """What pycrate says of the coding."""
    cases = (("uk", UK, "UCS2; message preceded"), ("en", "Alert", "English"), ("pl", "Alarm", "GSM 7 bit default alphabet; message preceded"))
    for tag, words, meant in cases:

        def act(tag=tag, words=words, meant=meant):
            (action,) = encode(program, message([(tag, words.strip())]))
            said = coding(action["message"]["dataCodingScheme"])
            assert meant in said, said

        check(f"{tag}: pycrate names the coding", act)


def back(program):
    """Pages that pycrate packed, read by the program."""
    draw = random.Random(7)
    for length in (1, 7, 8, 50, 91, 92):
        text = "".join(draw.choice("abcXYZ 0123äöñüàΩ€[]") for _ in range(length // 2 or 1)).strip() or "a"

        def act(text=text):
            packed, _ = encode_7b(text)
            page = packed + encode_7b("\r" * 93)[0][: 82 - len(packed)] if len(packed) < 82 else packed
            contents = b"\1" + page + bytes([len(packed)])
            with tempfile.NamedTemporaryFile("w", suffix=".hex") as file:
                file.write(contents.hex())
                file.flush()
                command = [program, "cbs", "show", file.name, "--coding", "0x01", "--json"]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
            assert json.loads(done.stdout)["text"] == text, (done.stdout, text)

        check(f"pycrate's page of {len(text)} characters", act)

    def refused():
        with tempfile.NamedTemporaryFile("w", suffix=".hex") as file:
            file.write("01" + "00" * 50)
            file.flush()
            done = subprocess.run([program, "cbs", "show", file.name], capture_output=True, text=True)
        assert done.returncode == 3 and "would be right" in done.stderr, done

    check("what is no message is refused by name", refused)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    for part in (lengths, levels, schemes, back):
        part(program)
    print(f"{COUNTS['passed']} passed, {COUNTS['failed']} failed")
    sys.exit(1 if COUNTS["failed"] else 0)


main()
