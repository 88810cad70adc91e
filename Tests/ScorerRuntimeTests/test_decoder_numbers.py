# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The decoder's numbers are the doubles and integers that Python reads, bit for bit."""

from __future__ import annotations

import os
import random
import re
import unittest
from typing import List

import numpy as np
import runtime_path
from decoder_case import DecoderCase, tensor

POWERS = os.path.join(runtime_path.ROOT, "Sources", "CPythonDecoder", "powers_of_five.h")
SEED = 20_611


class DecoderNumbers(DecoderCase):
    def assert_as_python(self, numbers: List[str]) -> None:
        ours = self.floats(numbers)
        self.assertIsNotNone(ours, numbers[:5])
        for text, value in zip(numbers, ours):
            theirs = np.float64(float(text) if re.search("[.eE]", text) else int(text))
            self.assertEqual(value.tobytes(), theirs.tobytes(), text)

    def test_every_power_of_five_in_the_table_is_what_its_formula_gives(self) -> None:
        with open(POWERS, encoding="ascii") as file:
            text = file.read()
        words = [int(word, 16) for word in re.findall(r"0x([0-9a-f]{16})u", text)]
        least = int(re.search(r"POWER_LEAST \((-\d+)\)", text)[1])  # type: ignore[index]
        for position, power in enumerate(range(least, least + len(words) // 2)):
            high, low = words[2 * position : 2 * position + 2]
            self.assertEqual(high << 64 | low, upper_bits(power), power)
        self.assertEqual(power, 40)

    def test_what_python_writes_is_read_back(self) -> None:
        draw = random.Random(SEED)
        self.assert_as_python([repr(draw.uniform(-1, 1)) for _ in range(20_000)])
        self.assert_as_python([repr(draw.gauss(0, 1e9)) for _ in range(5_000)])
        scales = [draw.gauss(0, 1) * 10.0 ** draw.randint(-50, 37) for _ in range(20_000)]
        self.assert_as_python([repr(float(np.float32(scale))) for scale in scales])

    def test_any_digits_and_exponents_are_rounded_to_the_nearest(self) -> None:
        draw = random.Random(SEED)
        numbers = []
        for _ in range(30_000):
            whole, rest = draw.randint(0, 10 ** draw.randint(0, 9)), draw.randint(0, 999_999_999)
            numbers.append(f"{draw.choice(['', '-'])}{whole}.{rest}e{draw.randint(-60, 40)}")
        self.assert_as_python(numbers)

    def test_halves_between_two_doubles_go_to_the_even_one(self) -> None:
        draw = random.Random(SEED)
        numbers = []
        for _ in range(9_000):
            odd = 2 * (draw.getrandbits(52) | 1 << 52) + 1
            digits = str(odd << draw.randint(0, 9))
            numbers += [f"{digits}e0", f"{digits[0]}.{digits[1:]}e{len(digits) - 1}"]
        self.assert_as_python(numbers)

    def test_integers_zeros_and_signs_are_pythons(self) -> None:
        self.assert_as_python(["0", "-0", "-0.0", "0.0", "0e9", "1e5", "1E+5", "-1e-5"])
        self.assert_as_python(["999999999999999999", "-999999999999999999", "9007199254740993"])

    def test_more_digits_or_a_larger_exponent_are_left_to_python(self) -> None:
        for text in ["1" * 19, "0.12345678901234567890", "1e41", "1e-71", "1e0001", "1e400"]:
            self.assertIsNone(self.floats([text]), text)

    def test_what_is_no_json_number_is_left_to_python(self) -> None:
        for text in "01 - +1 .5 1. 1e 1e+ NaN Infinity 0x1 1_0 null".split():
            self.assertIsNone(self.floats([text]), text)

    def test_integers_are_held_to_the_range_of_their_type(self) -> None:
        for dtype in ("int32", "int16", "int8", "uint32", "uint16", "uint8"):
            limits = np.iinfo(dtype)
            least, most = int(limits.min), int(limits.max)
            decoded = self.decode({"inputs": [least, most]}, tensor(dtype, -1))
            array = np.frombuffer(decoded[3][0][0], dtype)
            self.assertEqual(array.tolist(), [least, most])
            for outside in (least - 1, most + 1):
                self.assertIsNone(self.decode({"inputs": [outside]}, tensor(dtype, -1)), outside)
            for other in ("1.0", "1e0", "true", '"1"'):
                body = b'{"inputs": [%s]}' % other.encode()
                self.assertIsNone(self.decode(body, tensor(dtype, -1)), other)

    def test_a_float_is_rounded_once_and_never_to_infinity(self) -> None:
        decoded = self.decode({"inputs": [0.1, 16777217, 3.4e38]}, tensor("float32", -1))
        array = np.frombuffer(decoded[3][0][0], np.float32)
        self.assertEqual(array.tolist(), np.array([0.1, 16777217, 3.4e38], np.float32).tolist())
        for number in (3.5e38, 2**53 + 1):
            self.assertIsNone(self.decode({"inputs": [number]}, tensor("float32", -1)))


def upper_bits(power: int) -> int:
    """5^power as the header describes it, computed with whole numbers."""
    if power >= 0:
        bits = 5**power << 128
        return bits >> (bits.bit_length() - 128)
    five = 5**-power
    length = five.bit_length()
    if power >= -27:
        return (1 << (length + 127)) // five + 1
    bits = (1 << (2 * length + 128)) // five + 1
    return bits >> (bits.bit_length() - 128)


if __name__ == "__main__":
    unittest.main()
