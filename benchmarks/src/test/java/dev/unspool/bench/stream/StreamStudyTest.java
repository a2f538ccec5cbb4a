// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.loss.Huber;
import dev.unspool.network.Cell;
import dev.unspool.online.Reference;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.score.Prequential.Over;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class StreamStudyTest {
  private static final int ROWS = 2000;

  private static StreamSetting setting(int rehearsals) {
    return new StreamSetting(
        new int[] {1, 3},
        new int[] {24, 48},
        500,
        Cell.LSTM,
        16,
        5,
        500,
        LearningRate.settling(5e-3, 100, 300, 1e-3),
        1e-2,
        new Huber(0.1),
        rehearsals,
        rehearsals == 0 ? Reference.NEWEST : Reference.BASELINES,
        3);
  }

  @Test
  void nobodyLooksAhead() {
    double[] values = ChangingStream.values(1, ROWS);
    double[] other = values.clone();
    int change = 900;
    Arrays.fill(other, change, ROWS, 7);
    var one = new StreamStudy(values, setting(2));
    var two = new StreamStudy(other, setting(2));
    double[][][] all = one.others();
    double[][][] same = two.others();
    double[][][] network = one.network(3);
    double[][][] again = two.network(3);
    for (int h = 0; h < 2; h++) {
      int until = change + (h == 0 ? 1 : 3);
      for (int i = 0; i < all.length; i++) {
        assertUpTo(until, all[i][h], same[i][h], StreamStudy.FORECASTERS.get(i + 1));
      }
      assertUpTo(until, network[0][h], again[0][h], "network");
      assertUpTo(until, network[1][h], again[1][h], "combined");
    }
  }

  private static void assertUpTo(int until, double[] one, double[] other, String who) {
    assertArrayEquals(Arrays.copyOf(one, until), Arrays.copyOf(other, until), who);
  }

  @Test
  void theNetworkLearnsMoreThanToRepeat() {
    double[] values = Arrays.copyOf(ChangingStream.values(2, 3 * ROWS), ROWS);
    var study = new StreamStudy(values, setting(0));
    double[][][] network = study.network(1);
    double[][][] others = study.others();
    for (int h = 0; h < 2; h++) {
      double ours = mae(values, network[0][h]);
      double repeated = mae(values, others[0][h]);
      assertTrue(ours < 0.9 * repeated, "%s, persistence %s".formatted(ours, repeated));
      double combined = mae(values, network[1][h]);
      assertTrue(combined < ours, "%s, the network %s".formatted(combined, ours));
    }
  }

  private static double mae(double[] values, double[] said) {
    return Errors.over(values, said, ROWS / 2, ROWS).mae(0, Over.EVERYTHING);
  }

  @Test
  void windowsThatAreAlikeGoOnAlike() {
    var nearest = new NearestWindows(4, 1);
    double[] path = {1, 5, 2, 8, 3, 9, 4};
    double[] said = new double[2];
    for (int t = 0; t < 40; t++) {
      nearest.add(path[t % 7] + 100 * (t / 14)); // the level says nothing
      nearest.predict(new int[] {1, 2}, said);
    }
    assertEquals(path[40 % 7] + 200, said[0], 1e-9);
    assertEquals(path[41 % 7] + 200, said[1], 1e-9);
  }

  @Test
  void recoveryIsCountedFromTheChange() {
    double[] truths = new double[1000];
    double[] said = new double[1000];
    for (int t = 0; t < 1000; t++) {
      said[t] = t >= 200 && t < 300 ? 10 : 1;
    }
    int recovered = Errors.recovery(truths, said, 200, 1000);
    assertTrue(recovered > 100 && recovered < 350, "after " + recovered);
    assertEquals(12, Errors.recovery(truths, said, 400, 1000));
  }
}
