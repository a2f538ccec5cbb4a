// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The time as sines and cosines. */
final class CalendarTest {
  private static double[] of(LocalDateTime time, Calendar calendar) {
    double[] found = new double[calendar.count()];
    calendar.write(time.toInstant(ZoneOffset.UTC).toEpochMilli(), found, 0);
    return found;
  }

  @Test
  void eachNumberIsAPlainSineOrCosine() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var calendar = new Calendar(List.of(Calendar.Part.values()));
    assertEquals(2 * (2 + 3 + 3 + 2 + 3), calendar.count());
    for (int trial = 0; trial < 2000; trial++) {
      LocalDateTime time =
          LocalDateTime.of(1960, 1, 1, 0, 0)
              .plusSeconds(random.nextInt())
              .plusNanos(trial % 2 == 0 ? 0 : 1_000_000L * random.nextInt(60_000));
      double[] places = {
        (time.getMinute() * 60e3 + time.getSecond() * 1e3 + time.getNano() / 1_000_000) / 3600e3,
        (time.toLocalTime().toNanoOfDay() / 1_000_000) / 86_400e3,
        (time.getDayOfWeek().getValue() - 1) / 7.0,
        (time.getMonthValue() - 1) / 12.0,
        (time.getDayOfYear() - 1) / 365.25,
      };
      int[] harmonics = {2, 3, 3, 2, 3};
      double[] found = of(time, calendar);
      int at = 0;
      for (int part = 0; part < places.length; part++) {
        for (int k = 1; k <= harmonics[part]; k++) {
          String where = calendar.names().get(at) + " at " + time + ", seed " + seed;
          assertEquals(Math.sin(2 * Math.PI * k * places[part]), found[at++], 1e-12, where);
          assertEquals(Math.cos(2 * Math.PI * k * places[part]), found[at++], 1e-12, where);
        }
      }
    }
  }

  @Test
  void numbersHaveNames() {
    assertEquals(
        List.of("month sin 1", "month cos 1", "month sin 2", "month cos 2"),
        new Calendar(List.of(Calendar.Part.MONTH)).names());
  }

  @Test
  void aSumOfThemCanSayWeekend() {
    // Seven days and 1 + 2 · 3 numbers: the discrete Fourier transform of "weekend".
    var calendar = new Calendar(List.of(Calendar.Part.WEEKDAY));
    double[] weekend = {0, 0, 0, 0, 0, 1, 1};
    double[] weights = new double[calendar.count()];
    LocalDateTime monday = LocalDateTime.of(2024, 7, 1, 12, 0);
    for (int day = 0; day < 7; day++) {
      double[] numbers = of(monday.plusDays(day), calendar);
      for (int i = 0; i < weights.length; i++) {
        weights[i] += 2.0 / 7 * weekend[day] * numbers[i];
      }
    }
    for (int day = 0; day < 7; day++) {
      double[] numbers = of(monday.plusDays(day), calendar);
      double said = 2.0 / 7;
      for (int i = 0; i < weights.length; i++) {
        said += weights[i] * numbers[i];
      }
      assertEquals(weekend[day], said, 1e-12);
    }
  }

  @Test
  void refusesPartsTwice() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Calendar(List.of(Calendar.Part.HOUR, Calendar.Part.HOUR)));
    assertThrows(IllegalArgumentException.class, () -> new Calendar(List.of()));
  }
}
