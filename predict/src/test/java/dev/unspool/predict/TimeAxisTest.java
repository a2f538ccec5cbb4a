// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where rows are in time. */
final class TimeAxisTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static TimeAxis halfHours() {
    return TimeAxis.every(Instant.parse("2014-07-01T00:00:00Z"), 1_800_000, ZoneOffset.UTC);
  }

  private static TimeAxis hoursInBerlin() {
    return TimeAxis.every(Instant.parse("2024-03-30T23:00:00Z"), 3_600_000, BERLIN);
  }

  private static TimeAxis daysInBerlin() {
    return TimeAxis.days(ZonedDateTime.of(2024, 3, 29, 6, 0, 0, 0, BERLIN).toInstant(), 1, BERLIN);
  }

  private static TimeAxis sunspots() {
    return TimeAxis.months(Instant.parse("1749-01-01T00:00:00Z"), 1, ZoneOffset.UTC);
  }

  private static TimeAxis closing() {
    return TimeAxis.endsOfMonths(Instant.parse("2023-01-31T00:00:00Z"), 1, ZoneOffset.UTC);
  }

  @Test
  void everyRowIsFoundAgainAtItsTime() {
    for (TimeAxis axis :
        List.of(halfHours(), hoursInBerlin(), daysInBerlin(), sunspots(), closing())) {
      for (int row = -1000; row < 100_000; row++) {
        assertEquals(row, axis.row(axis.at(row)), axis + ", row " + row);
      }
    }
  }

  @Test
  void theNearestRowIsWhatASearchFinds() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    for (TimeAxis axis :
        List.of(halfHours(), hoursInBerlin(), daysInBerlin(), sunspots(), closing())) {
      for (int trial = 0; trial < 200; trial++) {
        int near = 500 + random.nextInt(2000);
        long time = axis.millis(near) + (long) (random.nextGaussian() * axis.length());
        int nearest = near - 20;
        for (int row = near - 20; row < near + 20; row++) {
          if (Math.abs(axis.millis(row) - time) <= Math.abs(axis.millis(nearest) - time)) {
            nearest = row;
          }
        }
        assertEquals(nearest, axis.row(time), axis + " at " + time + ", seed " + seed);
      }
    }
  }

  @Test
  void aTimeBeyondMillisecondsIsRefused() {
    TimeAxis axis = TimeAxis.every(Instant.EPOCH, 1000, ZoneOffset.UTC);
    assertThrows(IllegalArgumentException.class, () -> axis.row(Instant.MAX));
    assertThrows(IllegalArgumentException.class, () -> axis.row(Instant.MIN));
  }

  @Test
  void aDayMayHave23Or25Hours() {
    TimeAxis spring = daysInBerlin();
    assertEquals(
        List.of(24L, 23L, 24L), List.of(hours(spring, 0), hours(spring, 1), hours(spring, 2)));
    TimeAxis autumn =
        TimeAxis.days(ZonedDateTime.of(2024, 10, 26, 0, 0, 0, 0, BERLIN).toInstant(), 1, BERLIN);
    assertEquals(
        List.of(24L, 25L, 24L), List.of(hours(autumn, 0), hours(autumn, 1), hours(autumn, 2)));
    for (int row = 0; row < 3000; row++) {
      LocalDateTime shown = LocalDateTime.ofInstant(spring.at(row), BERLIN);
      assertEquals(LocalDate.of(2024, 3, 29).plusDays(row).atTime(6, 0), shown);
      assertEquals(shown.toInstant(ZoneOffset.UTC).toEpochMilli(), spring.local(row));
    }
  }

  private static long hours(TimeAxis axis, long row) {
    return Duration.between(axis.at(row), axis.at(row + 1)).toHours();
  }

  @Test
  void aMonthIsAsLongAsItIs() {
    for (int row = 0; row < 3000; row++) {
      YearMonth month = YearMonth.of(1749, 1).plusMonths(row);
      assertEquals(month.atDay(1), LocalDate.ofInstant(sunspots().at(row), ZoneOffset.UTC));
      assertEquals(
          YearMonth.of(2023, 1).plusMonths(row).atEndOfMonth(),
          LocalDate.ofInstant(closing().at(row), ZoneOffset.UTC));
    }
  }

  @Test
  void labelsAreAsShortAsTheyCanBe() {
    assertEquals("2014-07-01 00:30", halfHours().label(1));
    assertEquals("1749-02", sunspots().label(1));
    assertEquals("2023-02-28", closing().label(1));
    assertEquals("2024-03-30 06:00", daysInBerlin().label(1));
    assertEquals("2024-03-31 00:00+01:00", hoursInBerlin().label(0));
    assertEquals("2024-03-31 01:00+01:00", hoursInBerlin().label(1));
    assertEquals("2024-03-31 03:00+02:00", hoursInBerlin().label(2));
    Instant midnight = Instant.parse("2020-01-01T00:00:00Z");
    assertEquals("2021", TimeAxis.months(midnight, 12, ZoneOffset.UTC).label(1));
    assertEquals("2020-04", TimeAxis.months(midnight, 3, ZoneOffset.UTC).label(1));
    assertEquals("2020-01-02", TimeAxis.days(midnight, 1, ZoneOffset.UTC).label(1));
    assertEquals("2020-01-02", TimeAxis.every(midnight, 86_400_000, ZoneOffset.UTC).label(1));
    assertEquals("2020-01-01 00:00:10", TimeAxis.every(midnight, 10_000, ZoneOffset.UTC).label(1));
    assertEquals("2020-01-01 00:00:00.250", TimeAxis.every(midnight, 250, ZoneOffset.UTC).label(1));
    assertEquals(
        "2020-01-01 01:00", TimeAxis.every(midnight, 3_600_000, ZoneOffset.ofHours(1)).label(0));
  }

  @Test
  void theStepIsSaidInWords() {
    assertEquals("every 30 minutes", halfHours().describe());
    assertEquals("every hour", hoursInBerlin().describe());
    assertEquals("every day", daysInBerlin().describe());
    assertEquals("every month", sunspots().describe());
    Instant origin = Instant.EPOCH;
    assertEquals("every 2 weeks", TimeAxis.days(origin, 14, ZoneOffset.UTC).describe());
    assertEquals("every year", TimeAxis.months(origin, 12, ZoneOffset.UTC).describe());
    assertEquals("every 10 seconds", TimeAxis.every(origin, 10_000, ZoneOffset.UTC).describe());
    assertEquals("every millisecond", TimeAxis.every(origin, 1, ZoneOffset.UTC).describe());
  }

  @Test
  void countsFromAnotherRow() {
    for (TimeAxis axis : List.of(halfHours(), daysInBerlin(), sunspots(), closing())) {
      assertEquals(axis.at(12), axis.from(5).at(7));
      assertEquals(axis, axis.from(0));
      assertNotEquals(axis, axis.from(1));
    }
  }

  @Test
  void aStepTakesTime() {
    assertThrows(
        IllegalArgumentException.class, () -> TimeAxis.every(Instant.EPOCH, 0, ZoneOffset.UTC));
  }
}
