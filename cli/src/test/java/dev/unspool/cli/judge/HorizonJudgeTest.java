// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.baseline.LinearAutoregression;
import dev.unspool.data.Range;
import dev.unspool.data.Split;
import dev.unspool.predict.Bands;
import dev.unspool.predict.Regressor;
import dev.unspool.predict.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HorizonJudgeTest {
  private static final int ROWS = 2400;
  private static final Split SPLIT =
      new Split(new Range(0, 1200), new Range(1200, 1600), new Range(1600, ROWS));

  /** A wave of 12 rows under noise that grows; every 50th row is missing. */
  private static final Rows TABLE = table();

  private static Rows table() {
    var random = new Random(8);
    double[] y = new double[ROWS];
    for (int t = 0; t < ROWS; t++) {
      double noise = (0.2 + 0.4 * t / ROWS) * random.nextGaussian();
      y[t] = t % 50 == 20 ? Double.NaN : 3 * Math.sin(2 * Math.PI * t / 12) + noise;
    }
    return (row, _) -> row < ROWS ? y[(int) row] : Double.NaN;
  }

  private static Question question(boolean known, List<Integer> seasons) {
    return new Question(
        "y",
        TABLE,
        0,
        known,
        0.5,
        SPLIT,
        seasons,
        horizon ->
            LinearAutoregression.places(2, seasons, horizon).stream()
                .map(p -> new Regressor(0, p))
                .toList());
  }

  /** Says the wave, and nothing of the noise. */
  private static Rolling wave(double deviation, List<Double> levels) {
    long[] origins = Rolling.evenly(1199, ROWS - 1, 5000);
    var rolling = new Rolling(origins, 1, List.of(1, 3), levels, false);
    for (int i = 0; i < origins.length; i++) {
      for (int h = 0; h < 2; h++) {
        double value = 3 * Math.sin(2 * Math.PI * (origins[i] + rolling.horizons().get(h)) / 12);
        rolling.set(
            i,
            0,
            h,
            value,
            deviation,
            levels.stream().mapToDouble(level -> value + 0.3 * (level - 0.5)).toArray());
      }
    }
    return rolling;
  }

  private static List<HorizonFigures> judged(Rolling rolling) {
    return new HorizonJudge(question(true, List.of(12)), rolling, 0, 0.9).figures();
  }

  @Test
  void figuresAreThoseOfTheTestPart() {
    List<HorizonFigures> figures = judged(wave(Double.NaN, List.of()));
    assertEquals(List.of(1, 3), figures.stream().map(HorizonFigures::horizon).toList());
    HorizonFigures third = figures.getLast();
    double squares = 0;
    double persistence = 0;
    double seasonal = 0;
    double unit = 0;
    int count = 0;
    for (int row = 1600; row < ROWS; row++) {
      double truth = TABLE.get(row, 0);
      if (!Double.isNaN(truth)) {
        double error = 3 * Math.sin(2 * Math.PI * row / 12) - truth;
        squares += error * error;
        double newest = TABLE.get(TABLE.known(row - 3, 0), 0);
        persistence += Math.abs(newest - truth);
        double before = TABLE.get(row - 12, 0);
        before = Double.isNaN(before) ? TABLE.get(row - 24, 0) : before;
        seasonal += (before - truth) * (before - truth);
        count++;
      }
    }
    int pairs = 0;
    for (int row = 12; row < 1200; row++) {
      double move = TABLE.get(row, 0) - TABLE.get(row - 12, 0);
      if (!Double.isNaN(move)) {
        unit += Math.abs(move);
        pairs++;
      }
    }
    assertEquals(count, third.rows());
    assertEquals(Math.sqrt(squares / count), there(third.rmse()), 1e-12);
    assertEquals(persistence / count, there(third.persistenceMae()), 1e-12);
    assertEquals(Math.sqrt(seasonal / count), there(third.seasonalRmse()), 1e-12);
    assertEquals(12, third.season());
    assertEquals(there(third.mae()) / (unit / pairs), there(third.mase()), 1e-12);
    assertTrue(
        there(third.linearRmse()) < there(third.persistenceRmse()), "a line follows the wave");
    assertNull(third.constantRmse());
    assertNull(third.crps());
    assertNull(third.pinball());
  }

  @Test
  void bandsCoverWhatTheyPromiseThoughTheNoiseGrows() {
    for (var rolling :
        List.of(
            wave(Double.NaN, List.of()),
            wave(0.01, List.of()),
            wave(Double.NaN, List.of(0.05, 0.5, 0.95)))) {
      for (HorizonFigures each : judged(rolling)) {
        assertEquals(0.9, there(each.coverage()), 0.025, each.toString());
        assertEquals(0.9, each.band());
      }
    }
    assertNotNull(judged(wave(0.01, List.of())).getFirst().crps());
    assertNotNull(judged(wave(Double.NaN, List.of(0.1, 0.9))).getFirst().pinball());
  }

  @Test
  void aModelAndALineAreCombinedAsTheValidationPartSays() {
    List<Question> questions = List.of(question(true, List.of(12)));
    Rolling rolling = wave(Double.NaN, List.of(0.05, 0.5, 0.95));
    for (int i = 0; i < rolling.count(); i++) {
      // wrong in its own way, and 3 rows ahead worthless
      double value = rolling.value(i, 0, 0) + (i % 2 == 0 ? 0.3 : -0.3);
      rolling.set(i, 0, 0, value, Double.NaN, new double[] {value - 1, value, value + 1});
      rolling.set(i, 0, 1, 50, Double.NaN, new double[] {49, 50, 51});
    }
    var judgement = new Judgement(questions, rolling, 0.9);
    List<HorizonFigures> figures = there(judgement.figures().get("y"));
    HorizonFigures first = figures.getFirst();
    assertEquals(0.5, there(first.combinedShare()), 0.35, "both are worth something");
    assertTrue(there(first.combinedRmse()) < there(first.rmse()), first.toString());
    assertTrue(there(first.combinedRmse()) < there(first.linearRmse()), first.toString());
    assertEquals(0.9, there(first.combinedCoverage()), 0.025);
    HorizonFigures third = figures.getLast();
    assertEquals(0, there(third.combinedShare()), 0.02);
    assertEquals(there(third.linearRmse()), there(third.combinedRmse()), 0.02);

    // least squares: any other share does worse on the validation part
    var rivals = new Rivals(questions.getFirst(), rolling.horizons());
    double share = there(first.combinedShare());
    double least = validationError(rolling, rivals, share);
    assertTrue(least < validationError(rolling, rivals, share + 0.01));
    assertTrue(least < validationError(rolling, rivals, share - 0.01));
    assertTrue(
        HorizonTable.describe("", figures).stream()
            .anyMatch(line -> line.contains("err up to 98.") && line.contains("3 rows ahead")),
        HorizonTable.describe("", figures).toString());
  }

  private static double validationError(Rolling rolling, Rivals rivals, double share) {
    double sum = 0;
    for (int i = 0; i < rolling.count(); i++) {
      long row = rolling.origin(i) + 1;
      double truth = TABLE.get(row, 0);
      if (row >= 1200 && row < 1600 && !Double.isNaN(truth)) {
        double line = rivals.linear(rolling.origin(i), 0);
        double error = share * rolling.value(i, 0, 0) + (1 - share) * line - truth;
        sum += error * error;
      }
    }
    return sum;
  }

  @Test
  void withoutAValidationPartNothingIsCombined(@TempDir Path folder) throws IOException {
    Question all = question(true, List.of(12));
    var split = new Split(new Range(0, 1600), new Range(1600, 1600), new Range(1600, ROWS));
    var question =
        new Question(all.name(), all.rows(), 0, true, 0, split, all.seasons(), all.regressors());
    var judgement = new Judgement(List.of(question), wave(Double.NaN, List.of()), 0.9);
    assertNull(there(judgement.figures().get("y")).getFirst().combinedRmse());
    Path old = Files.writeString(folder.resolve("combined.json"), "{}");
    judgement.writeCombination(old);
    assertTrue(Files.notExists(old), "what an earlier judgement left would be wrong");
  }

  private static <T> T there(@Nullable T value) {
    return Objects.requireNonNull(value);
  }

  @Test
  void bandsOfTheFutureAreThoseOfTheEnd() {
    Rolling rolling = wave(0.5, List.of());
    var judgement = new Judgement(List.of(question(true, List.of(12))), rolling, 0.7);
    Bands bands = judgement.bands();
    assertTrue(bands.scaled());
    assertEquals(
        List.of(0.5, 0.7, 0.8, 0.9, 0.95),
        bands.levels().stream().map(Bands.Level::level).toList());
    double before = 0;
    for (Bands.Level level : bands.levels()) {
      assertNull(level.lower());
      double offset = there(there(level.offsets().get("y")).getFirst());
      assertTrue(offset > before, "a wider band at " + level.level());
      before = offset;
    }
    // at the end the noise has a deviation of 0.6; the model says 0.5
    double ninety = there(there(bands.levels().get(3).offsets().get("y")).getFirst());
    assertEquals(1.645 * 0.6 / 0.5, ninety, 0.3);
  }

  @Test
  void aTargetThatIsNotKnownIsComparedWithAConstant() {
    var judge = new HorizonJudge(question(false, List.of(12)), wave(Double.NaN, List.of()), 0, 0.9);
    HorizonFigures first = judge.figures().getFirst();
    assertNull(first.persistenceRmse());
    assertNotNull(first.constantRmse());
    assertNull(first.season());
  }

  @Test
  void theTableSaysWhoWins() {
    List<HorizonFigures> figures = judged(wave(Double.NaN, List.of()));
    List<String> lines = HorizonTable.describe("", figures);
    assertEquals(4, lines.size(), lines.toString());
    assertTrue(lines.get(1).contains("persistence  season 12  linear"), lines.get(1));
    var bad = new Rolling(Rolling.evenly(1199, ROWS - 1, 5000), 1, List.of(1, 3), List.of(), false);
    for (int i = 0; i < bad.count(); i++) {
      bad.set(i, 0, 0, 100, Double.NaN, new double[0]);
      bad.set(i, 0, 1, 0, Double.NaN, new double[0]);
    }
    List<String> lost = HorizonTable.describe("y", judged(bad));
    assertTrue(
        lost.contains("Persistence is at least as good as the model, 1 row ahead"),
        lost.toString());
    assertTrue(
        lost.contains("A linear autoregression is at least as good as the model, at every horizon"),
        lost.toString());
  }
}
