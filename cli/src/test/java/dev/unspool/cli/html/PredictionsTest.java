// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PredictionsTest {
  private static final long HOUR = 3_600_000;
  @TempDir Path folder;

  @Test
  void truthIsSharedByHorizonsAndWhatIsMissingIsAGap() throws IOException {
    Predictions.Target target =
        read(
                "row,target,horizon,truth,prediction,lower,upper",
                "7,load,1,1.5,1.4,1,2",
                "8,load,1,,1.6,1.2,2.2",
                "8,load,24,,NaN,,",
                "7,load,24,1.5,1.1,,")
            .targets()
            .getFirst();
    assertEquals("load", target.target());
    assertEquals(List.of(7L, 8L), target.x());
    assertEquals(Arrays.asList(1.5, null), target.truth());
    assertNull(target.labels());
    Predictions.Horizon near = target.horizons().getFirst();
    assertEquals(1, near.horizon());
    assertEquals(List.of(1.0, 1.2), near.lower());
    Predictions.Horizon far = target.horizons().getLast();
    assertEquals(Arrays.asList(1.1, null), far.prediction());
    assertNull(far.upper(), "no band");
  }

  @Test
  void whereRowsAreMissingIsAPointWithoutValues() throws IOException {
    Predictions.Target target =
        read("row,target,horizon,truth,prediction", "1,y,1,1,1", "2,y,1,2,2", "9,y,1,9,9")
            .targets()
            .getFirst();
    assertEquals(List.of(1L, 2L, 3L, 9L), target.x());
    assertEquals(Arrays.asList(1.0, 2.0, null, 9.0), target.truth());
    assertEquals(Arrays.asList(1.0, 2.0, null, 9.0), target.horizons().getFirst().prediction());
  }

  @Test
  void monthsOfUnequalLengthAreNoHoles() throws IOException {
    Predictions.Target target =
        read(
                "time,target,horizon,truth,prediction",
                "1749-01,y,1,1,1",
                "1749-02,y,1,1,1",
                "1749-03,y,1,1,1",
                "1749-04,y,1,1,1")
            .targets()
            .getFirst();
    assertEquals(4, target.x().size());
    assertEquals("1749-03", Objects.requireNonNull(target.labels()).get(2));
  }

  @Test
  void aClockThatIsSetBackDoesNotTurnTheAxisBack() throws IOException {
    Predictions.Target target =
        read(
                "time,target,horizon,truth,prediction",
                "2024-10-27 02:00+02:00,y,1,1,1",
                "2024-10-27 02:00+01:00,y,1,2,2",
                "2024-10-27 03:00+01:00,y,1,3,3")
            .targets()
            .getFirst();
    assertEquals(List.of(1.0, 2.0, 3.0), target.truth());
    assertEquals(HOUR, target.x().get(1) - target.x().get(0));
    assertEquals(HOUR, target.x().get(2) - target.x().get(1));
  }

  @ParameterizedTest
  @CsvSource({
    "1970, 0",
    "1970-01, 0",
    "1970-01-02, 86400000",
    "1970-01-01 00:30, 1800000",
    "1970-01-01T00:30:15, 1815000",
    "1970-01-01T00:00:00.25, 250",
    "1969-12-31 23:00, -3600000",
    "1970-01-01 01:00+01:00, 3600000",
    "1970-01-01T00:00Z, 0",
  })
  void timesAreReadAsTheFileSaysThem(String label, long expected) {
    TimeLabel time = TimeLabel.parse(label);
    assertNotNull(time, label);
    assertEquals(expected, time.milliseconds(time.offset()), label);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "1970-13", "1970-01-01 25:00", "12"})
  void whatIsNoTimeIsNone(String label) {
    assertNull(TimeLabel.parse(label));
  }

  @Test
  void aLineThatCannotBeReadIsLeftOutAndCounted() throws IOException {
    Predictions predictions =
        read("row,target,horizon,truth,prediction", "1,y,1,1,1", "2,y,one,2", "\"", "3,y,1,3,3");
    assertEquals(2, predictions.unread());
    assertEquals(
        "2 lines of predictions.csv could not be read and are left out", predictions.doubt());
    assertEquals(List.of(1L, 3L), predictions.targets().getFirst().x());
  }

  @Test
  void anotherTableIsRefusedInALine() {
    IOException e = assertThrows(IOException.class, () -> read("a,b", "1,2"));
    assertTrue(String.valueOf(e.getMessage()).contains("expected time or row"), e::getMessage);
  }

  private Predictions read(String... lines) throws IOException {
    return Predictions.read(Files.write(folder.resolve("predictions.csv"), List.of(lines)));
  }
}
