// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times in forms that nobody has named. */
final class TimeGuessTest {
  @TempDir Path folder;

  private List<TimeGuess> guesses(String... times) throws IOException {
    Path file = folder.resolve("table.csv");
    Files.writeString(file, "t;x\n" + String.join(";1\n", times) + ";2\n");
    return CsvFile.of(file).withSeparator(';').unreadTimes(List.of("x"), null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "31.03.2024 02:00 | 1.4.2024 3:00 | d.M.yyyy H:mm",
        "31.03.2024 02:00 | 01.04.2024 03:00 | dd.MM.yyyy HH:mm",
        "31.03.24 | 01.04.24 | dd.MM.yy",
        "03/31/2024 11:00 PM | 04/01/2024 12:00 AM | MM/dd/yyyy hh:mm a",
        "3/31/2024 1:05 AM | 4/1/2024 12:05 PM | M/d/yyyy h:mm a",
        "31-Mar-2024 | 01-Apr-2024 | dd-MMM-yyyy",
        "1 March 2024 | 31 March 2024 | d MMMM yyyy",
        "Mar 31, 2024 | Apr 1, 2024 | MMM d, yyyy",
        "20240331 | 20240401 | yyyyMMdd",
        "2024.03.31 | 2024.04.01 | yyyy.MM.dd",
        "31.03.2024, 02:00:05 | 31.03.2024, 02:00:06 | dd.MM.yyyy, HH:mm:ss",
        "31/03/2024T02:00 | 31/03/2024T03:00 | dd/MM/yyyy'T'HH:mm",
      })
  void theirFormIsFound(String first, String second, String format) throws IOException {
    assertEquals(List.of(new TimeGuess("t", first, List.of(format))), guesses(first, second));
  }

  @Test
  void wherePeopleDifferBothAreNamed() throws IOException {
    assertEquals(
        List.of(new TimeGuess("t", "01/02/2024", List.of("dd/MM/yyyy", "MM/dd/yyyy"))),
        guesses("01/02/2024", "01/03/2024"));
    assertEquals(
        "'t' has '01/02/2024', which --time-format 'MM/dd/yyyy' reads",
        guesses("01/02/2024", "01/13/2024").getFirst().described());
  }

  @Test
  void aTimeThatIsNoneAmongOthersIsNamed() throws IOException {
    assertEquals(
        List.of(new TimeGuess("t", "2024-02-30", List.of())),
        guesses("2024-02-28", "2024-02-29", "2024-02-30", "2024-03-01"));
    assertEquals(
        "'t' has '', which is no time as the others are",
        guesses("2024-02-28", "", "2024-03-01").getFirst().described());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0.4", "degC", "n/a", "NA", "''", "-1.25e-5", "12,34"})
  void signedNumbersAreNoTimes(String first) throws IOException {
    String[] texts = new String[100];
    for (int i = 1; i < texts.length; i++) {
      texts[i] = (i % 2 == 0 ? "-" : "") + (i % 17 + 0.25);
    }
    texts[0] = first.replace("'", "");
    texts[50] = "";
    assertEquals(List.of(), guesses(texts));
  }

  @Test
  void numbersAreTimesUnderANameThatSaysSo() throws IOException {
    Path file = folder.resolve("seconds.csv");
    Files.writeString(file, "timestamp,x\n1704067200,1\n1704067260,1\nNA,1\n");
    assertEquals(
        List.of(new TimeGuess("timestamp", "NA", List.of())),
        CsvFile.of(file).unreadTimes(List.of("x"), null));
  }

  @ParameterizedTest
  @CsvSource({
    "2024-03-31,2024-04-01", // is read without help
    "1.5,2.5",
    "19991399,19991398",
    "1.2.3.4,1.2.3.5",
    "31.03.2024,31.03.2024",
    "40.03.2024,41.03.2024",
    "on,off",
    "12:00,13:00",
    "-2.55,-12.34",
    "1e5,-1.25e-5",
    "'-0,4','12,34'",
  })
  void whatIsNoTimeIsNone(String first, String second) throws IOException {
    assertEquals(List.of(), guesses(first, second));
  }
}
