// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NumbersTest {

  @ParameterizedTest
  @CsvSource({
    "16.42857, 16.43",
    "18.1299, 18.13",
    "0, 0",
    "-2.5, -2.5",
    "100, 100",
    "123456, 123500",
    "0.0012345, 0.001234",
    "0.0000123456, 1.235e-05",
    "12345678, 1.235e+07",
    "NaN, unknown",
    "Infinity, infinite",
    "-Infinity, -infinite",
  })
  void fourDigits(double value, String expected) {
    assertEquals(expected, Numbers.of(value));
  }

  @ParameterizedTest
  @CsvSource({
    "12350173.456789, 1e-2, 12350173.46",
    "100000000.84147098, 0.7e-6, 100000000.841471",
    "73.123456789, 4e-6, 73.123457",
    "1234567, 100, 1234600",
    "0, 1e-7, 0",
    "-0.25, 1e-7, -0.25",
    "1.23456789e20, 1e10, 1.2345678900E20",
    "1.23456789012e-20, 1e-27, 1.2345679E-20",
    "NaN, 1, NaN",
  })
  void digitsThatMakeADifference(double value, double resolution, String expected) {
    assertEquals(
        Double.parseDouble(expected), Double.parseDouble(Numbers.decimal(value, resolution)));
    if (Math.abs(value) < 1e9 && Math.abs(value) > 1e-9) {
      assertEquals(expected, Numbers.decimal(value, resolution));
    }
  }

  @ParameterizedTest
  @CsvSource({"0.4, 0 s", "59, 59 s", "65, 1 min 05 s", "7800, 2 h 10 min"})
  void durations(double seconds, String expected) {
    assertEquals(expected, Numbers.duration(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "97.254, 97.25 %",
    "-3, -3.00 %",
    "-999.99, -999.99 %",
    "-83662995870748.75, < -1000 %"
  })
  void percents(double value, String expected) {
    assertEquals(expected, Numbers.percent(value));
  }

  @Test
  void counts() {
    assertEquals("1 lane", Numbers.count(1, "lane"));
    assertEquals("2 lanes", Numbers.count(2, "lane"));
  }

  @Test
  void whatJsonCannotSayIsNull() {
    assertNull(Numbers.finite(Double.NaN));
    assertEquals(1.5, Numbers.finite(1.5));
  }
}
