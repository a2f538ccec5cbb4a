// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is the same wherever it is written, so that it can be read elsewhere. */
final class LocaleTest {
  private static final List<Locale> WITH_OWN_DIGITS =
      List.of(
          Locale.forLanguageTag("fa-IR"),
          Locale.forLanguageTag("ar-EG"),
          Locale.forLanguageTag("hi-IN-u-nu-deva"));
  private static final Locale TURKEY = Locale.forLanguageTag("tr-TR");

  private final Locale before = Locale.getDefault();
  @TempDir Path folder;

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @Test
  void aRunIsTheSameInEveryLocale() throws IOException {
    Path table = TinyData.table(folder);
    Locale.setDefault(Locale.ENGLISH);
    List<String> expected = results(table, folder.resolve("en"));
    for (Locale locale : WITH_OWN_DIGITS) {
      Locale.setDefault(locale);
      // Else this JDK lacks its module jdk.localedata, and the test would show nothing.
      assertNotEquals("1", NumberFormat.getInstance(locale).format(1), locale::toString);
      assertEquals(expected, results(table, folder.resolve(locale.toString())), locale::toString);
    }
    Locale.setDefault(TURKEY);
    assertEquals(expected, results(table, folder.resolve("tr")));
  }

  /** What a run leaves and what the commands say about it. */
  private List<String> results(Path table, Path run) throws IOException {
    CommandRun.succeeds(TinyData.quick("train", "--csv", table, "--target", "wave", "--out", run));
    CommandRun.succeeds("resume", run, "--max-updates", 100);
    String info = CommandRun.succeeds("info", run).out().replace(run.toString(), "RUN");
    String forecast = CommandRun.succeeds("forecast", run).out();
    try (Stream<Path> files = Files.walk(run)) {
      String names =
          files.map(file -> run.relativize(file).toString()).sorted().toList().toString();
      return List.of(names, info, forecast);
    }
  }
}
