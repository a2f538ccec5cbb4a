// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SpaceTest {
  private static Space space(String text) {
    return Space.parse(
        text,
        option ->
            switch (option) {
              case "--cell" -> Space.Kind.WORDS;
              case "--hidden", "--k2" -> Space.Kind.WHOLE;
              default -> Space.Kind.REAL;
            });
  }

  @Test
  void fewCombinationsAreAllTriedInTheirOrder() {
    Space space = space("  k2=24,168 --cell=gru,lstm ");
    assertTrue(space.isGrid(4));
    assertEquals(
        List.of(
            Map.of("--k2", "24", "--cell", "gru"),
            Map.of("--k2", "24", "--cell", "lstm"),
            Map.of("--k2", "168", "--cell", "gru"),
            Map.of("--k2", "168", "--cell", "lstm")),
        space.trials(20, 1));
  }

  @Test
  void ofManyCombinationsSomeAreDrawnAndNoneTwice() {
    Space space = space("k2=1,2,3,4,5 hidden=1,2,3,4,5");
    assertFalse(space.isGrid(24));
    List<Map<String, String>> drawn = space.trials(24, 3);
    assertEquals(24, drawn.size());
    assertEquals(24, new HashSet<>(drawn).size());
    assertEquals(drawn, space.trials(24, 3));
    assertNotEquals(drawn, space.trials(24, 4));
    assertEquals(drawn.subList(0, 7), space.trials(7, 3), "more trials begin alike");
  }

  @Test
  void aRangeAboveZeroIsDrawnFromByItsLogarithmAndOthersByThemselves() {
    List<Map<String, String>> drawn = space("lr=1e-4..1e-2 dropout=0..0.5").trials(2000, 5);
    assertEquals(0.5, below(drawn, "--lr", 1e-3), 0.05);
    assertEquals(0.25, below(drawn, "--lr", Math.pow(10, -3.5)), 0.05);
    assertEquals(0.5, below(drawn, "--dropout", 0.25), 0.05);
    ToDoubleFunction<Map<String, String>> rate = each -> number(each, "--lr");
    assertTrue(drawn.stream().mapToDouble(rate).allMatch(lr -> lr >= 1e-4 && lr <= 1e-2));
    assertTrue(drawn.stream().allMatch(each -> value(each, "--lr").matches("0\\.0+[1-9]\\d{0,2}")));
  }

  private static double below(List<Map<String, String>> drawn, String option, double limit) {
    long count = drawn.stream().filter(each -> number(each, option) < limit).count();
    return (double) count / drawn.size();
  }

  private static double number(Map<String, String> trial, String option) {
    return Double.parseDouble(value(trial, option));
  }

  private static String value(Map<String, String> trial, String option) {
    return Objects.requireNonNull(trial.get(option));
  }

  @Test
  void wholeNumbersStayWholeAndBothEndsAreDrawn() {
    List<Map<String, String>> drawn = space("hidden=2..4").trials(20, 1);
    assertEquals(3, drawn.size(), "there are no more");
  }

  @Test
  void barsSeparateValuesThatHaveCommas() {
    assertEquals(
        List.of(Map.of("--hidden", "64,32"), Map.of("--hidden", "64")),
        space("hidden=64,32|64").trials(20, 1));
  }

  /** As Hyperband's brackets are: 81 trials of 81 epochs, a third each time. */
  @ParameterizedTest
  @CsvSource({"81, 81, 3, 4", "20, 60, 3, 2", "20, 5, 3, 1", "2, 60, 3, 0", "64, 64, 1, 0"})
  void thereAreAsManyRungsAsTrialsAndEpochsAllow(int trials, int epochs, int halving, int rungs) {
    assertEquals(rungs, Search.rungs(trials, epochs, halving));
  }
}
