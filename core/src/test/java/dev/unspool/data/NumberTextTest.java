// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers in bytes are those in texts, to the bit. */
final class NumberTextTest {
  private static void assertSame(String text, char decimal) {
    byte[] bytes = ("\"" + text + "9").getBytes(UTF_8);
    double found = NumberText.parse(bytes, 1, bytes.length - 1, decimal);
    assertEquals(
        Double.doubleToRawLongBits(NumberText.parse(text, decimal)),
        Double.doubleToRawLongBits(found),
        () -> "'%s' gave %s".formatted(text, found));
  }

  @Test
  void numbersOfAnyLengthAreRead() {
    long seed = Long.getLong("unspool.seed", new Random().nextLong(1_000_000));
    System.out.println("NumberTextTest: -Dunspool.seed=" + seed);
    var random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(40) - 20);
      String text =
          switch (random.nextInt(3)) {
            case 0 -> Double.toString(value);
            case 1 -> Float.toString((float) value);
            default -> String.format(Locale.ROOT, "%.6f", value);
          };
      assertSame(text, '.');
      assertSame(text.replace('.', ','), ',');
      assertSame(text.replace('.', ','), '.');
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        "-.",
        "5.",
        "-.5",
        "+5",
        "-0",
        "0",
        "00012",
        "1e3",
        "1E-400",
        "1e400",
        "1f",
        "0x1p3",
        "NaN",
        "--1",
        "1.2.3",
        "1,5",
        "1 2",
        "123456789012345",
        "1234567890123456",
        "0.000000000000001",
        "9007199254740993",
        "é"
      })
  void whatIsNoNumberIsNone(String text) {
    assertSame(text, '.');
    assertSame(text, ',');
  }
}
