// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows where they belong in time. */
final class TimedTableTest extends CsvOnDisk {
  private static final double NAN = Double.NaN;
  private static final TimeColumn TIME = TimeColumn.of(List.of("t"));
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private TimedTable read(TimeColumn time) throws IOException {
    return file.readTimed(X, time);
  }

  private void write(List<String> times) throws IOException {
    var text = new StringBuilder("t,x\n");
    for (int i = 0; i < times.size(); i++) {
      text.append(times.get(i)).append(',').append(i).append('\n');
    }
    write(text.toString());
  }

  private static double[] x(TimedTable timed) {
    double[] x = new double[(int) timed.table().rows()];
    for (int i = 0; i < x.length; i++) {
      x[i] = timed.table().get(i, 0);
    }
    return x;
  }

  private void refused(TimeColumn time, int line, String part) {
    Refusal.containing(DataException.class, path + ":" + line + ": ", () -> read(time));
    Refusal.containing(DataException.class, part, () -> read(time));
  }

  @ParameterizedTest
  @CsvSource({
    "2024-03-01T00:00Z, 2024-03-01T00:30Z, every 30 minutes, 2024-03-01 00:00",
    "2024-03-01 00:00, 2024-03-01 00:30, every 30 minutes, 2024-03-01 00:00",
    "2024-03-01 00:00:00.000+02:00, 2024-03-01 00:00:00.500+02:00, every 500 milliseconds, 2024-03-01 00:00:00.000",
    "2024-03-01 06:00+0200, 2024-03-01 07:00+0200, every hour, 2024-03-01 06:00",
    "2024-03-01 06:00 UTC, 2024-03-01 07:00 UTC, every hour, 2024-03-01 06:00",
    "2024-03-01, 2024-03-02, every day, 2024-03-01",
    "2024/3/1 4:00, 2024/3/2 4:00, every day, 2024-03-01 04:00",
    "2024-01, 2024-02, every month, 2024-01",
    "2024-01-31, 2024-02-29, every month, 2024-01-31",
    "2024-01-01, 2024-04-01, every 3 months, 2024-01",
    "1999, 2000, every year, 1999",
    "2024-03-01, 2024-03-08, every week, 2024-03-01",
    "1404172800, 1404174600, every 30 minutes, 2014-07-01 00:00",
    "1404172800000, 1404172800250, every 250 milliseconds, 2014-07-01 00:00:00.000",
    "1404172800.25, 1404172801.25, every second, 2014-07-01 00:00:00.250",
    "2024-03-01 23:00, 2024-03-01 24:00, every hour, 2024-03-01 23:00",
  })
  void readsTheUsualForms(String first, String second, String step, String label)
      throws IOException {
    write(List.of(first, second));
    try (TimedTable timed = read(TIME)) {
      assertEquals(step, timed.axis().describe());
      assertEquals(label, timed.axis().label(0));
      assertArrayEquals(new double[] {0, 1}, x(timed));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dd.MM.yyyy HH:mm, 31.12.2023 23:00, 01.01.2024 00:00, every hour, 2023-12-31 23:00",
    "yyyyMMdd, 20231231, 20240101, every day, 2023-12-31",
    "MM/yyyy, 12/2023, 01/2024, every month, 2023-12",
    "d MMM yyyy, 31 dec 2023, 1 Jan 2024, every day, 2023-12-31",
    "M/d/yyyy h:mm a, 12/31/2023 11:00 PM, 1/1/2024 12:00 AM, every hour, 2023-12-31 23:00",
  })
  void readsOtherForms(String format, String first, String second, String step, String label)
      throws IOException {
    write(List.of(first, second));
    try (TimedTable timed = read(TIME.withFormat(format))) {
      assertEquals(step, timed.axis().describe());
      assertEquals(label, timed.axis().label(0));
    }
  }

  @Test
  void severalColumnsSayATimeTogether() throws IOException {
    write("year,month,x\n1749,1,58\n1749,2,62.6\n1749,4,9\n");
    try (TimedTable timed = read(TimeColumn.of(List.of("year", "month")))) {
      assertEquals("every month from 1749-01 (Z)", timed.axis().toString());
      assertArrayEquals(new double[] {58, 62.6, NAN, 9}, x(timed));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "date,time; ; 2024-03-01,23:00:00; 2024-03-02,00:00:00; every hour",
        "date,time; ; 2024-03-01,23; 2024-03-01,24; every hour",
        "date,hour; ; 2024-03-01,0; 2024-03-01,1.0; every hour",
        "date,hour; ; 2024/3/1,22; 2024/3/1,23; every hour",
        "month,day; ; 2024-03,1; 2024-03,2; every day",
        "month,day,hour; ; 2024-03,1,8; 2024-03,1,9; every hour",
        "y,m,d,h,min; ; 2024,3,1,8,0; 2024,3,1,8,10; every 10 minutes",
        "date,time; yyyy-MM-dd HH:mm:ss; 2024-03-01,00:00:00; 2024-03-01,01:00:00; every hour",
        "date,time; dd.MM.yyyy HH:mm; 01.03.2024,23:00; 02.03.2024,00:00; every hour",
        "date,time; dd.MM.yyyy-HH:mm; 01.03.2024,23:00; 02.03.2024,00:00; every hour",
        "date,hour; dd.MM.yyyy H; 01.03.2024,0; 01.03.2024,1; every hour",
        "date,time; yyyyMMdd HHmm; 20240301,0000; 20240301,0100; every hour",
        "date,time; yyyyMMdd-HHmm; 20240301,0000; 20240301,0100; every hour",
        "date,time; d MMM yyyy HH:mm; 1 Mar 2024,00:00; 1 Mar 2024,01:00; every hour",
        "year,month; yyyy-MM; 2024,01; 2024,02; every month",
        "day,year,tod; d MMM-yyyy-HH:mm; 1 Mar,2024,00:00; 1 Mar,2024,01:00; every hour",
        "day,month,year; d-M-yyyy; 31,1,2024; 29,2,2024; every month",
      })
  void aDateAndATimeOfDayAreOneTime(
      String columns, String format, String first, String second, String step) throws IOException {
    write(columns + ",x\n" + first + ",0\n" + second + ",1\n");
    var time = TimeColumn.of(List.of(columns.split(","))).withFormat(format);
    try (TimedTable timed = read(time)) {
      assertEquals(step, timed.axis().describe());
      assertArrayEquals(new double[] {0, 1}, x(timed));
    }
  }

  @Test
  void aTimeOfWhichAPartIsEmptyIsNone() throws IOException {
    var time = TimeColumn.of(List.of("date", "hour"));
    write("date,hour,x\n2024-03-01,0,1\n2024-03-01,,2\n,,3\n2024-03-01,1,4\n");
    refused(time, 3, "time '2024-03-01 ': a part of it is empty, expected a time");
    try (TimedTable timed = file.skippingBadRows().readTimed(X, time)) {
      assertArrayEquals(new double[] {1, 4}, x(timed));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "date,time; ; 2024-03-01,00:00:00; 2024-03-01,01:00:00; 'time' has '00:00:00', a time of day; --time date,time",
        "date,hour; ; 2024-03-01,0; 2024-03-01,1; 'hour' has '0', a time of day; --time date,hour",
        "Tag,Uhr zeit; dd.MM.yyyy; 01.03.2024,00:00; 01.03.2024,00:15; 'Uhr zeit' has '00:00', a time of day; --time 'Tag,Uhr zeit' --time-format 'dd.MM.yyyy HH:mm'",
      })
  void aDateThatRepeatsAsksForItsTimeOfDay(
      String columns, String format, String first, String second, String found, String advice)
      throws IOException {
    write(columns + ",x\n" + first + ",0\n" + second + ",1\n");
    var time = TimeColumn.of(List.of(columns.split(",")[0])).withFormat(format);
    refused(time, 3, "occurs a second time, and %s: give both with %s".formatted(found, advice));
    for (String none : List.of("--duplicates", "--zone")) {
      assertFalse(
          String.valueOf(assertThrows(DataException.class, () -> read(time)).getMessage())
              .contains(none),
          none);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "date,level; 2024-03-01,0; 2024-03-01,1",
        "date,opens; 2024-03-01,08:00; 2024-03-01,08:00",
        "date,time; 2024-03-01 01:00,08:00; 2024-03-01 01:00,09:00",
      })
  void aTimeThatRepeatsMayHaveNoTimeOfDay(String columns, String first, String second)
      throws IOException {
    write(columns + ",x\n" + first + ",0\n" + second + ",1\n");
    refused(TimeColumn.of(List.of("date")), 3, "which row counts with --duplicates");
  }

  @Test
  void whatIsNotThereIsARowOfNothing() throws IOException {
    write(
        """
        t,y,x
        2024-03-01 00:00,1,1
        2024-03-01 01:00,,2
        2024-03-01 02:00,1,NA
        2024-03-01 05:00,1,6
        2024-03-01 06:00,1,7
        2024-03-01 08:00,1,9
        """);
    try (TimedTable timed = read(TIME)) {
      assertArrayEquals(new double[] {1, 2, NAN, NAN, NAN, 6, 7, NAN, 9}, x(timed));
      assertEquals(6, timed.found().rows());
      assertEquals(3, timed.found().missing());
      assertEquals(2, timed.found().gap());
      assertEquals(3, timed.found().gapAt());
      assertEquals(0, timed.found().moved());
      assertFalse(timed.found().sorted());
      assertTrue(timed.found().unclear());
    }
  }

  @Test
  void aBadRowIsAMissingOneInItsPlace() throws IOException {
    write(
        "t,x\n2024-01-01,1\n2024-01-02,oops\n2024-01-03,3\n,4\nsoon,5\n2024-01-04\n2024-01-05,5\n");
    refused(TIME, 3, "column 'x' is 'oops', expected a number");
    try (TimedTable timed = file.skippingBadRows().readTimed(X, TIME)) {
      assertArrayEquals(new double[] {1, NAN, 3, NAN, 5}, x(timed));
      assertEquals(4, timed.table().skippedRows());
    }
  }

  @Test
  void rowsOutOfOrderAreRefusedOrSorted() throws IOException {
    write(List.of("2024-01-01", "2024-01-02", "2024-01-05", "2024-01-04", "2024-01-03"));
    refused(TIME, 5, "time '2024-01-04' stands after '2024-01-05'");
    refused(TIME, 5, "use --sort ascending");
    try (TimedTable timed = read(TIME.withSort(true))) {
      assertArrayEquals(new double[] {0, 1, 4, 3, 2}, x(timed));
      assertTrue(timed.found().sorted());
    }
  }

  @Test
  void twoRowsOfOneTimeAreRefusedUnlessSomebodySaysWhichCounts() throws IOException {
    write("t,x\n2024-01-01,1\n2024-01-02,2\n2024-01-02,\n2024-01-02,6\n2024-01-03,3\n");
    refused(TIME, 4, "the time '2024-01-02' occurs a second time");
    for (var kind : TimeColumn.Duplicates.values()) {
      if (kind != TimeColumn.Duplicates.REFUSE) {
        try (TimedTable timed = read(TIME.withDuplicates(kind))) {
          double second =
              switch (kind) {
                case FIRST -> 2;
                case LAST -> 6;
                default -> 4;
              };
          assertArrayEquals(new double[] {1, second, 3}, x(timed));
          assertEquals(2, timed.found().duplicates());
          assertFalse(timed.found().sorted());
        }
      }
    }
    write(List.of("2024-01-03", "2024-01-02", "2024-01-01", "2024-01-02"));
    refused(TIME.withSort(true), 5, "the time '2024-01-02' is also that of line 3");
  }

  @Test
  void aJitterIsTakenToTheNearestStep() throws IOException {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var text = new StringBuilder("t,x\n");
    for (int i = 0; i < 500; i++) {
      if (i % 100 != 50) {
        long millis = 1_700_000_000_000L + 10_000L * i + random.nextInt(-400, 401);
        text.append(millis).append(',').append(i).append('\n');
      }
    }
    write(text.toString());
    try (TimedTable timed = read(TIME)) {
      assertEquals("every 10 seconds", timed.axis().describe(), "seed " + seed);
      assertEquals(1_700_000_000_000L, timed.axis().millis(0), "seed " + seed);
      for (int i = 0; i < 500; i++) {
        assertEquals(i % 100 == 50 ? NAN : i, timed.table().get(i, 0), "seed " + seed);
      }
      assertTrue(timed.found().moved() > 400);
      assertTrue(timed.found().farthest() <= 400);
    }
  }

  @Test
  void aFewRowsBesideTheirStepAreMoved() throws IOException {
    write(
        List.of(
            "2024-01-01 00:07",
            "2024-01-01 01:00",
            "2024-01-01 02:00",
            "2024-01-01 03:20",
            "2024-01-01 04:00",
            "2024-01-01 05:00"));
    try (TimedTable timed = read(TIME)) {
      assertEquals("2024-01-01 00:00", timed.axis().label(0));
      assertArrayEquals(new double[] {0, 1, 2, 3, 4, 5}, x(timed));
      assertEquals(2, timed.found().moved());
      assertEquals(20 * 60_000, timed.found().farthest());
    }
  }

  @Test
  void rowsBetweenStepsAreRefused() throws IOException {
    write(
        List.of(
            "2024-01-01 00:00",
            "2024-01-01 01:00",
            "2024-01-01 02:00",
            "2024-01-01 03:00",
            "2024-01-01 03:30",
            "2024-01-01 05:00"));
    refused(TIME, 6, "is in the middle between two rows of a series every hour");
    write(
        List.of(
            "2024-01-01 00:00",
            "2024-01-01 01:00",
            "2024-01-01 02:00",
            "2024-01-01 03:00",
            "2024-01-01 03:20",
            "2024-01-01 05:00"));
    refused(TIME, 6, "belongs to the same row as line 5");
    write(List.of("2024-01-01 00:00", "2024-01-01 01:07", "2024-01-03 02:00", "2024-01-08 03:00"));
    Refusal.containing(DataException.class, "at no equal steps", () -> read(TIME));
    write(
        List.of(
            "2024-01-01 00:00:00",
            "2024-01-01 00:00:01",
            "2024-01-01 00:00:02",
            "2034-01-08 03:00"));
    Refusal.containing(DataException.class, "would be ", () -> read(TIME));
    write(List.of("2024-01-01 00:00:00"));
    Refusal.containing(DataException.class, "there is only one time", () -> read(TIME));
  }

  @Test
  void hoursInLocalTimeGoThroughBothChangesOfClocks() throws IOException {
    var local = new ArrayList<String>();
    ZonedDateTime from = ZonedDateTime.of(2024, 1, 1, 0, 0, 0, 0, BERLIN);
    for (int hour = 0; hour < 366 * 24; hour++) {
      local.add(from.plusHours(hour).toLocalDateTime().toString().replace('T', ' '));
    }
    write(local);
    try (TimedTable timed = read(TIME.withZone(BERLIN))) {
      assertEquals(local.size(), timed.table().rows());
      assertEquals(0, timed.found().missing());
      assertEquals("every hour", timed.axis().describe());
      assertEquals("2024-03-31 03:00+02:00", timed.axis().label(90 * 24 + 2));
      assertFalse(timed.found().unclear());
    }
    refused(TIME, 7204, "say whose they are: --zone");
    write(local.subList(0, 5000));
    try (TimedTable timed = read(TIME)) { // one hour seems to be missing in March
      assertEquals(1, timed.found().missing());
      assertTrue(timed.found().unclear());
      assertEquals(new TimedTable.Forward(90 * 24 + 2, BERLIN), timed.found().forward());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2024-03-30, 30",
    "2024-03-30, 60",
    "2024-10-26, 15",
    "2024-10-26, 30",
    "2024-10-26, 60",
  })
  void bothOrdersGoThroughTheChangesOfClocks(LocalDate from, int minutes) throws IOException {
    var local = new ArrayList<String>();
    ZonedDateTime first = from.atStartOfDay(BERLIN);
    int rows = 3 * 24 * 60 / minutes;
    for (int i = 0; i < rows; i++) {
      ZonedDateTime time = first.plusMinutes((long) i * minutes);
      local.add(time.toLocalDateTime().toString().replace('T', ' '));
    }
    write(local);
    try (TimedTable timed = read(TIME.withZone(BERLIN))) {
      assertArrayEquals(IntStream.range(0, rows).asDoubleStream().toArray(), x(timed));
      assertEquals(first.toInstant(), timed.axis().origin());
    }
    write(local.reversed());
    refused(TIME.withZone(BERLIN), 3, "use --sort ascending");
    try (TimedTable timed = read(TIME.withZone(BERLIN).withSort(true))) {
      assertArrayEquals(
          IntStream.range(0, rows).mapToDouble(i -> rows - 1.0 - i).toArray(), x(timed));
      assertEquals(first.toInstant(), timed.axis().origin());
      assertEquals(0, timed.found().missing());
      assertEquals(0, timed.found().duplicates());
    }
  }

  @Test
  void newestFirstAnHourMayBeThereOnlyOnce() throws IOException {
    write(List.of("2024-10-27 04:00", "2024-10-27 03:00", "2024-10-27 02:00", "2024-10-27 01:00"));
    try (TimedTable timed = read(TIME.withZone(BERLIN).withSort(true))) {
      assertArrayEquals(new double[] {3, NAN, 2, 1, 0}, x(timed));
    }
    write(List.of("2024-10-27 03:00", "2024-10-27 02:00", "2024-10-27 02:00", "2024-10-27 02:00"));
    refused(
        TIME.withZone(BERLIN).withSort(true),
        5,
        "the time '2024-10-27 02:00+02:00' is also that of line 4");
  }

  @Test
  void timesWithAndWithoutAnOffsetAreNotOfOneTable() throws IOException {
    write(List.of("2024-03-31 01:00", "2024-03-31 02:00+01:00", "2024-03-31 03:00+01:00"));
    refused(TIME, 3, "time '2024-03-31 02:00+01:00' says its offset, unlike those before");
    write(List.of("2024-03-31 01:00Z", "2024-03-31 02:00"));
    refused(TIME, 3, "does not say its offset, unlike those before");
    write(List.of("2024-01-31 01:00+01:00", "2024-01-31 02:00", "2024-01-31 03:00+01:00"));
    try (TimedTable timed = read(TIME.withZone(BERLIN))) {
      assertEquals(3, timed.table().rows());
    }
  }

  @Test
  void aTimeThatNeverWasIsRefused() throws IOException {
    write(List.of("2024-03-31 01:00", "2024-03-31 02:00", "2024-03-31 03:00"));
    refused(
        TIME.withZone(BERLIN),
        3,
        "that time never was in --zone Europe/Berlin, whose clocks were put forward from 2024-03-31T02:00 to 2024-03-31T03:00");
  }

  @Test
  void offsetsThatChangeAreOneTime() throws IOException {
    write(List.of("2024-10-27 02:00+02:00", "2024-10-27 02:00+01:00", "2024-10-27 03:00+01:00"));
    try (TimedTable timed = read(TIME)) {
      assertEquals("every hour", timed.axis().describe());
      assertEquals("2024-10-27 00:00", timed.axis().label(0));
    }
    try (TimedTable timed = read(TIME.withZone(BERLIN))) {
      assertEquals("2024-10-27 02:00+01:00", timed.axis().label(1));
    }
  }

  @Test
  void daysInAZoneHave23Or25Hours() throws IOException {
    var days = new ArrayList<String>();
    for (int day = 0; day < 366; day++) {
      days.add(LocalDate.of(2024, 1, 1).plusDays(day).toString());
    }
    days.remove(100);
    write(days);
    try (TimedTable timed = read(TIME.withZone(BERLIN))) {
      assertEquals(366, timed.table().rows());
      assertEquals(1, timed.found().missing());
      assertEquals(TimeAxis.Unit.DAY, timed.axis().unit());
      assertEquals("2024-12-31", timed.axis().label(365));
      assertEquals(0, timed.found().moved());
    }
  }

  @Test
  void aLaterPartIsOnTheAxisOfTheFirst() throws IOException {
    TimeAxis axis =
        TimeAxis.every(Instant.parse("2024-01-01T00:00:00Z"), 3_600_000, ZoneOffset.UTC);
    write(List.of("2024-02-01 00:10"));
    try (TimedTable timed = read(TIME.on(axis))) {
      assertEquals("2024-02-01 00:00", timed.axis().label(0));
      assertEquals(axis.at(31 * 24), timed.axis().origin());
    }
    write(List.of("2024-02-01 00:00", "2024-02-01 00:15", "2024-02-01 00:45"));
    refused(TIME.on(axis), 3, "belongs to the same row as line 2");
  }

  @Test
  void aTableOnDiskIsTheSame() throws IOException {
    var text = new StringBuilder("t,x\n");
    for (int i = 0; i < 30_000; i++) {
      if (i % 7 != 3) {
        text.append(1_700_000_000L + 60L * i).append(',').append(i).append('\n');
      }
    }
    write(text.toString());
    try (TimedTable heap = read(TIME);
        TimedTable mapped = file.withHeapLimit(1 << 16).readTimed(X, TIME)) {
      assertTrue(heap.table().onHeap());
      assertFalse(mapped.table().onHeap());
      assertArrayEquals(x(heap), x(mapped));
      assertEquals(heap.found(), mapped.found());
    }
  }

  @Test
  void badTimesAreRefusedWithTheirLine() throws IOException {
    write(List.of("2024-01-01", "2024-01-32"));
    refused(TIME, 3, "time '2024-01-32': it is no time in the form of ISO 8601");
    write(List.of("2024-01-01", ""));
    refused(TIME, 3, "it is empty, expected a time");
    write(List.of("20240101", "20240102"));
    refused(TIME, 2, "--time-format yyyyMMdd");
    write(List.of("1717200000000000", "1717203600000000"));
    refused(TIME, 2, "time '1717200000000000': it looks like microseconds since 1970");
    write(List.of("01.02.2024"));
    refused(
        TIME.withFormat("yyyy-MM-dd"), 2, "it is not written as --time-format 'yyyy-MM-dd' says");
    write(List.of("28.02.2023", "30.02.2023", "01.03.2023")); // no second 28th
    refused(
        TIME.withFormat("dd.MM.yyyy").withDuplicates(TimeColumn.Duplicates.LAST),
        3,
        "time '30.02.2023': there is no such day; fix it");
    Refusal.containing(
        IllegalArgumentException.class, "no column 'z'", () -> read(TimeColumn.of(List.of("z"))));
    Refusal.containing(IllegalArgumentException.class, "", () -> TIME.withFormat("{"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "when,x|2024-01-01,1|2024-01-02,2|[[when]]",
        "n,x|1,1|2,2|[]",
        "n,x|1704067200,1|1704067260,2|[]",
        "timestamp,x|1704067200,1|1704067260,2|[[timestamp]]",
        "unix_ts,x|1704067200000,1|1704067260000,2|[[unix_ts]]",
        "begin,end,x|2024-01-01,2024-01-02,1|2024-01-02,2024-01-03,2|[[begin], [end]]",
        "date,end,x|2024-01-01,2024-01-02,1|2024-01-02,2024-01-03,2|[[date]]",
        "Year,Month,x|2024,1,1|2024,2,2|[[Year, Month]]",
        "year,x|2024,1|2025,2|[]",
        "made,x|2024-01-01,1|2024-01-01,2|[]",
        "when,x|2024-01-01,1|soon,2|[]",
        "y,x|-12.34,1|-11.25,2|[]",
        "y,x|12.5e10,1|12.5e11,2|[]",
        "year,month,day,hour,x|2024,1,1,0,1|2024,1,2,,2|[]",
      })
  void findsWhatSaysTheTime(String header, String first, String second, String found)
      throws IOException {
    write(header + "\n" + first + "\n" + second + "\n");
    assertEquals(found, file.timeColumns(X, null).toString());
  }

  @Test
  void aRowThatIsSkippedDoesNotDecideWhatATimeIs() throws IOException {
    write("when,x\n,MW\n2024-01-01,1\n2024-01-02,NA\nend of data\n2024-01-04,1\n");
    assertEquals(List.of(), file.timeColumns(X, null));
    assertEquals(List.of(List.of("when")), file.skippingBadRows().timeColumns(X, null));
    assertEquals(List.of(), file.skippingBadRows().unreadTimes(X, null));
    write("when,x\n2024-01-01,1\n,2\n2024-01-03,3\n");
    assertEquals(List.of(), file.skippingBadRows().timeColumns(X, null), "not skipped by itself");
  }
}
