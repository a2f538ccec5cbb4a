// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.unspool.model.Snapshot;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What single texts mean. */
final class TimeTextTest {
  private static String problem(String pattern, String text) {
    return String.valueOf(new TimeText(pattern, null).read(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "dd.MM.yyyy | 29.02.2024 | 2024-02-29T00:00:00Z",
        "d.M.y | 1.3.2024 | 2024-03-01T00:00:00Z",
        "yyyy-MM-dd HH:mm | 2024-03-31 02:30 | 2024-03-31T02:30:00Z",
        "MM/dd/yy | 03/31/24 | 2024-03-31T00:00:00Z",
        "MM/dd/yyyy hh:mm a | 03/31/2024 12:30 am | 2024-03-31T00:30:00Z",
        "MM/dd/yyyy hh:mm a | 03/31/2024 12:30 PM | 2024-03-31T12:30:00Z",
        "MM/dd/yyyy hh:mm a | 03/31/2024 00:30 AM | 2024-03-31T00:30:00Z",
        "dd.MM.yyyy HH:mm | 29.02.2024 24:00 | 2024-03-01T00:00:00Z",
        "dd.MM.yyyy kk:mm | 29.02.2024 00:30 | 2024-02-29T00:30:00Z",
        "dd.MM.yyyy HH:mm XXX | 31.03.2024 24:00 +02:00 | 2024-03-31T22:00:00Z",
        "dd.MM.yyyy HH:mm VV | 31.03.2024 12:00 Europe/Berlin | 2024-03-31T10:00:00Z",
        "dd.MM.yyyy[ HH:mm] | 31.03.2024 | 2024-03-31T00:00:00Z",
        "'day' dd''MM'y'yyyy | day 31'03y2024 | 2024-03-31T00:00:00Z",
        "dd.MM.yyyy G | 31.03.2024 AD | 2024-03-31T00:00:00Z",
        "'G' dd.MM.yyyy | G 31.03.2024 | 2024-03-31T00:00:00Z",
        "dd.MM.yyyy a | 31.03.2024 PM | 2024-03-31T18:00:00Z",
        "dd.MM.yyyy h B | 31.03.2024 7 in the evening | 2024-03-31T19:00:00Z",
        "MM/yyyy | 02/2024 | 2024-02-01T00:00:00Z",
        "yyyy-DDD | 2024-366 | 2024-12-31T00:00:00Z",
        "YYYY-'W'ww-e | 2024-W10-2 | 2024-03-04T00:00:00Z",
        "EEE d MMM uuuu H | Sun 31 Mar 2024 4 | 2024-03-31T04:00:00Z",
      })
  void readsNamedForms(String pattern, String text, String time) {
    var reader = new TimeText(pattern, null);
    assertNull(reader.read(text));
    assertEquals(Instant.parse(time), Instant.ofEpochMilli(reader.millis()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dd.MM.yyyy | 31.04.2023",
        "dd.MM.yyyy | 30.02.2024",
        "dd.MM.yyyy | 29.02.2023",
        "MM/dd/yy hh:mm a | 02/30/24 00:30 AM",
        "dd.MM.yyyy HH:mm | 31.04.2023 24:00",
        "dd.MM.yyyy G | 31.04.2023 AD",
      })
  void aDayThatIsNotInTheCalendarIsNotMoved(String pattern, String text) {
    assertEquals("there is no such day", problem(pattern, text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dd.MM.yyyy | 32.04.2023",
        "dd.MM.yyyy | 2023-04-30",
        "dd.MM.yyyy HH:mm | 30.04.2023 24:01",
        "yyyy-DDD | 2023-366",
        "YYYY-'W'ww-e | 2023-W53-2",
        "EEE dd.MM.yyyy | Mon 31.03.2024",
      })
  void whatIsWrittenOtherwiseIsRefused(String pattern, String text) {
    assertEquals(
        "it is not written as --time-format '" + pattern + "' says", problem(pattern, text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "dd.MM.yyyy hh:mm | hh is the hour of half a day: use HH, or add a",
        "'h' d.M.yyyy h:mm:ss | h is the hour of half a day: use H, or add a",
        "dd.MM.yyyy KK:mm | KK is the hour of half a day: use HH, or add a",
        "MM/yyyy hh | hh is the hour of half a day: use HH, or add a",
        "dd.mm.yyyy | HH is the hour, mm the minute (MM the month), ss the second",
        "dd.MM.yyyy HH:ss | HH is the hour, mm the minute (MM the month), ss the second",
      })
  void aFormThatLosesTheTimeOfDayIsRefused(String pattern, String message) {
    Refusal.containing(IllegalArgumentException.class, message, () -> new TimeText(pattern, null));
    Refusal.containing(
        IllegalArgumentException.class,
        message,
        () -> TimeColumn.of(List.of("t")).withFormat(pattern));
  }

  @Test
  void aTextThatLosesTheTimeOfDayIsRefused() {
    String pattern = "dd.MM.yyyy hh:mm[ a]";
    assertEquals("null", problem(pattern, "31.03.2024 11:00 PM"));
    assertEquals(
        "hh is the hour of half a day: use HH, or add a", problem(pattern, "31.03.2024 11:00"));
    // Nothing could be both, so that only the texts say what it is.
    pattern = "[dd.MM.yyyy hh:mm][yyyy-MM-dd HH:mm]";
    assertEquals("null", problem(pattern, "2024-03-31 11:00"));
    assertEquals(
        "hh is the hour of half a day: use HH, or add a", problem(pattern, "31.03.2024 11:00"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1717200000000000 | it looks like microseconds since 1970, and numbers are read as seconds or milliseconds; divide by 1000",
        "-1717200000000000 | it looks like microseconds since 1970, and numbers are read as seconds or milliseconds; divide by 1000",
        "1717200000000000000 | it looks like nanoseconds since 1970, and numbers are read as seconds or milliseconds; divide by 1000000",
        "100000000000000 | it looks like microseconds since 1970, and numbers are read as seconds or milliseconds; divide by 1000",
        "99999999999999 | null",
        "-99999999999999.5 | null",
        "1717200000 | null",
      })
  void numbersOfOtherUnitsAreRefused(String text, String problem) {
    assertEquals(problem, String.valueOf(new TimeText(null, null).read(text)));
  }

  @Test
  void aNumberThatIsRefusedDecidesNothing() {
    var reader = new TimeText(null, null);
    assertNotNull(reader.read("1717200000000000"));
    assertNull(reader.read("1717200000"));
    assertEquals(1_717_200_000_000L, reader.millis());
    // A counter of whatever unit may grow beyond any such bound.
    assertNull(reader.read("1717200000000000"));
    assertEquals(1_717_200_000_000_000_000L, reader.millis());
  }

  /** A text that could be read in several ways is read as those before it. */
  @Test
  void howColumnsAreJoinedIsStored() {
    String pattern = "[d M-yyyy H][d-M-yyyy]";
    String[] dated = {"1 3", "2024", "10"};
    var reader = new TimeText(pattern, null);
    assertNull(reader.read(new String[] {"1", "3", "2024"}));
    String problem = reader.read(dated);
    assertNotNull(problem);
    var stored = new Snapshot();
    reader.save(stored);
    var again = new TimeText(pattern, null);
    again.load(stored);
    assertEquals(problem, again.read(dated));

    var before = new Snapshot();
    before.put("kind", -1, -1);
    var older = new TimeText(pattern, null);
    older.load(before);
    assertNull(older.read(dated), "an older version did not store it");
  }
}
